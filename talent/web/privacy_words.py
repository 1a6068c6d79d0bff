"""The inventory of personal information in the reader's words: values, readers, how long something is kept."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import gettext

from talent.core import terms
from talent.core.language import translated
from talent.core.work import Work
from talent.policy.book import Value
from talent.privacy.inventory import Field, Keep, readers_of
from talent.web.templating import DASH
from talent.words.say import shown

MONTHS_OF_YEAR = 12


def class_names() -> dict[str, str]:
    """The classes of personal information."""
    return {"general": gettext("一般"), "sensitive": gettext("敏感"), "impersonal": gettext("非个人信息")}


def value_told(field: Field, value: Any, zone: ZoneInfo) -> str:
    """A stored value as people read it."""
    if value is None or value == "":
        return DASH
    if field.vocabulary:
        words: Mapping[str, str] = getattr(terms, field.vocabulary)
        return translated(next((word for word, code in words.items() if code == value), str(value)))
    if isinstance(value, bool):
        return gettext("是") if value else gettext("否")
    if isinstance(value, datetime):
        return value.astimezone(zone).strftime("%Y-%m-%d %H:%M")
    return shown(field.column, value)


def readers_told(field: Field) -> str:
    """Who reads a column: roles with their reach."""
    reached = readers_of(field)
    said = []
    for reach, roles in reached.items():
        names = gettext("、").join(translated(terms.chinese(terms.ROLE_NAME, role)) for role in roles)
        if reach == "all":
            said.append(names)
        elif reach == "school":
            said.append(gettext("%(roles)s（本校）", roles=names))
        else:
            said.append(gettext("本人"))
    return gettext("；").join(said) or gettext("谁也看不到，只供程序比对")


def kept_value(work: Work, keep: Keep) -> Value | None:
    """The policy value a class of keeping rests on; None where nothing ends it."""
    return work.book.at(keep.key, work.today) if keep.key else None


def kept_told(keep: Keep, value: Value | None) -> str:
    """How long something is kept, as a phrase."""
    words = translated(keep.label)
    return f"{words} {period_told(value.value)}" if value is not None else words


def period_told(months: int) -> str:
    """A number of months; whole years as years."""
    years, rest = divmod(months, MONTHS_OF_YEAR)
    if rest or not years:
        return gettext("%(n)s 个月", n=months)
    return gettext("%(n)s 年", n=years)
