"""Twelve small calendars: days on post, working days missed, what the month counts for."""

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

DayState = Literal["on", "absent", "off"]

PITCH = 13
TOP = 22


@dataclass(frozen=True, slots=True)
class Month:
    """A calendar month with one state per day. ``counted`` None: nothing to judge (not on post at all)."""

    year: int
    month: int
    days: Sequence[DayState]
    verdict: str = ""
    counted: bool | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Day:
    """One square, Monday in the first column."""

    day: int
    state: DayState
    x: int
    y: int


@dataclass(frozen=True, slots=True)
class DrawnMonth:
    """A month with its squares and how many days of each state it has."""

    month: Month
    days: tuple[Day, ...]
    on: int
    absent: int


def months(given: Sequence[Month]) -> tuple[DrawnMonth, ...]:
    """Place every day; a month whose list of days has another length than the month is refused by name."""
    return tuple(_draw(month) for month in given)


def _draw(month: Month) -> DrawnMonth:
    length = monthrange(month.year, month.month)[1]
    if len(month.days) != length:
        raise ValueError(f"{month.year}-{month.month:02d} has {length} days, {len(month.days)} states given")
    offset = date(month.year, month.month, 1).weekday()
    squares = tuple(
        Day(index + 1, state, (offset + index) % 7 * PITCH, TOP + (offset + index) // 7 * PITCH)
        for index, state in enumerate(month.days)
    )
    return DrawnMonth(month, squares, list(month.days).count("on"), list(month.days).count("absent"))
