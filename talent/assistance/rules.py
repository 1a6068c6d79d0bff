"""Months of assistance: which calendar months somebody was on post elsewhere long enough for pay to count them."""

from collections.abc import Collection, Iterable
from datetime import date

from talent.core.periods import Period, add_months, month_range

Month = tuple[int, int]
"""A calendar month: year and 1..12."""


def months_on_post(
    spells: Iterable[Period], window: Period, min_days: int, without: Collection[Month] = ()
) -> int:
    """Calendar months of ``window`` with at least ``min_days`` days on post, a day of two spells counted once.

    A month shorter than ``min_days`` counts when all of it was on post, so 31 asks for whole months. ``without``
    are months that count for nothing, such as those with too many absences. Only days within the window count.
    """
    days: dict[Month, set[int]] = {}
    for spell in spells:
        within = spell.intersect(window)
        if within is not None:
            for month, served in _by_month(within):
                days.setdefault(month, set()).update(served)
    return sum(
        len(served) >= min(min_days, month_range(*month).days)
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
