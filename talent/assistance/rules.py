"""Months of assistance: which calendar months somebody was on post elsewhere long enough for pay to count them."""

from collections import Counter
from collections.abc import Collection, Iterable
from datetime import date

from talent.core.periods import Period, add_months, month_range
from talent.core.workdays import WorkCalendar

Month = tuple[int, int]
"""A calendar month: year and 1..12."""


def days_needed(convention: str, least: int, length: int) -> int:
    """Days on post that make a month of ``length`` days count, for pay and wherever months are told.

    A month shorter than ``least`` counts when all of it was on post. The conventions that pay days or parts of a month
    say nothing of whole ones: then ``least`` holds too.
    """
    if convention == "month_any_day":
        return 1
    return length if convention == "month_full" else min(least, length)


def months_missed(absent: Collection[int], calendar: WorkCalendar, limit: int) -> set[Month]:
    """The months in which the days absent (ordinals) hold more than ``limit`` working days: they count for nothing.

    A year without a calendar has none.
    """
    worked = Counter((day.year, day.month) for day in map(date.fromordinal, absent)
                     if calendar.has(day.year) and calendar.is_workday(day))
    return {month for month, days in worked.items() if days > limit}


def months_on_post(
    spells: Iterable[Period], window: Period, convention: str, least: int, without: Collection[Month] = ()
) -> int:
    """Calendar months of ``window`` with enough days on post, a day of two spells counted once.

    ``without`` are months that count for nothing. Only days within the window count.
    """
    days: dict[Month, set[int]] = {}
    for spell in spells:
        within = spell.intersect(window)
        if within is not None:
            for month, served in _by_month(within):
                days.setdefault(month, set()).update(served)
    return sum(
        len(served) >= days_needed(convention, least, month_range(*month).days)
        for month, served in days.items()
        if month not in without
    )


def _by_month(period: Period) -> Iterable[tuple[Month, range]]:
    """The days of a bounded period as ordinals, month by month."""
    first = date.fromordinal(period.ordinals.start).replace(day=1)
    while first.toordinal() < period.ordinals.stop:
        month = month_range(first.year, first.month)
        served = month.intersect(period)
        if served is not None:
            yield (first.year, first.month), served.ordinals
        first = add_months(first, 1)
