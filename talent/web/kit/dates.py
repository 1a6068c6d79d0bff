"""Dates as people type them, and the date everything on a page is told for."""

import re
from dataclasses import dataclass
from datetime import date, timedelta

from flask import request, session

_FULL_WIDTH = str.maketrans("０１２３４５６７８９／．－", "0123456789/.-")
_DATE_SHAPES = (
    re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})"),
    re.compile(r"(\d{4})(\d{2})(\d{2})"),
    re.compile(r"(\d{4})年(\d{1,2})月(\d{1,2})日?"),
)


def read_date(text: str) -> date | None:
    """A date typed by a person: 2020-09-01, 2020/9/1, 2020.9.1, 20200901, 2020年9月1日; full-width too."""
    plain = re.sub(r"\s", "", text).translate(_FULL_WIDTH)
    match = next((found for shape in _DATE_SHAPES if (found := shape.fullmatch(plain))), None)
    if match is None:
        return None
    try:
        return date(*(int(part) for part in match.groups()))
    except ValueError:
        return None


@dataclass(frozen=True, slots=True)
class AsOf:
    """The date everything on the page is told for. ``note`` names it, as in 统计日."""

    on: date
    today: date
    note: str = ""

    @property
    def past(self) -> bool:
        """True when the page shows history, so nothing should be edited by mistake."""
        return self.on < self.today


#: The policy book's defaults begin here; before it a page would have no rules to answer by.
EARLIEST = date(2010, 1, 1)


def as_of(today: date, earliest: date = EARLIEST) -> AsOf:
    """The date asked for by ``?on=`` (kept for the visit), else the one kept, else ``today``.

    ``?on=`` with today's date or nothing returns to today. A date out of reason is ignored.
    """
    if "on" in request.args:
        asked = read_date(request.args["on"]) or today
        if asked == today or not earliest <= asked <= today + timedelta(days=366):
            session.pop("on", None)
        else:
            session["on"] = asked.isoformat()
    return AsOf(read_date(session.get("on", "")) or today, today)
