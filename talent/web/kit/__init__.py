"""What every page is made of, one room per activity: forms, lists, dates and the frame around the page."""

from talent.web.kit.dates import EARLIEST, AsOf, as_of, read_date
from talent.web.kit.forms import WORDING, BaseForm, DayField, Worded, not_before, offered, submit
from talent.web.kit.frame import Frame, Language, NavItem
from talent.web.kit.ids import install as install_numbers
from talent.web.kit.lists import Asked, Chip, Filter, Filters, Page, asked_page, url_with
from talent.web.kit.steps import chain

__all__ = [
    "EARLIEST", "WORDING", "AsOf", "Asked", "BaseForm", "Chip", "DayField", "Filter", "Filters", "Frame", "Language",
    "NavItem", "Page", "Worded", "as_of", "asked_page", "chain", "install_numbers", "not_before", "offered",
    "read_date", "submit", "url_with",
]
