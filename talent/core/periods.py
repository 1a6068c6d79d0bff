"""Periods and calendar arithmetic: the one place that knows months, years and 29 February.

Dated facts are half-open, ``[start, end)``; a missing bound is open.  Records that a workbook gives with an
inclusive last day enter by :meth:`Period.inclusive`.

One rule covers every day a target month lacks: it becomes the first day of the next month, so somebody born
on 29 February completes a year on 1 March of a common year (rules §1), and a window that would begin on
29 February of a common year begins on 1 March (rules §3).
"""

from calendar import isleap, monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

ONE_DAY = timedelta(days=1)
#: The days anybody may ask for: farther out, windows and school years leave the calendar.
FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2199, 12, 31)
SCHOOL_YEAR_STARTS_IN = 9


@dataclass(frozen=True, slots=True)
class Period:
    """The days from ``start`` up to, not including, ``end``; None leaves that side open.

    A period holds at least one day: ``start >= end`` raises ``ValueError``.
    """

    start: date | None = None
    end: date | None = None

    def __post_init__(self) -> None:
        if self.start is not None and self.end is not None and self.start >= self.end:
            raise ValueError(f"a period needs at least one day: [{self.start}, {self.end})")

    @classmethod
    def inclusive(cls, first: date | None, last: date | None) -> "Period":
        """The period of a record whose last day is part of it; None leaves that side open."""
        return cls(first, None if last is None or last == date.max else last + ONE_DAY)

    @property
    def last(self) -> date | None:
        """The last day inside, None when the period is open at its end."""
        return None if self.end is None else self.end - ONE_DAY

    @property
    def ordinals(self) -> range:
        """The days as proleptic ordinals, for exact arithmetic; an open period raises ``ValueError``."""
        if self.start is None or self.end is None:
            raise ValueError("the days of an open period cannot be numbered")
        return range(self.start.toordinal(), self.end.toordinal())

    @property
    def days(self) -> int:
        """Number of days; an open period has none and raises ``ValueError``."""
        return len(self.ordinals)

    def contains(self, on: date) -> bool:
        return (self.start is None or self.start <= on) and (self.end is None or on < self.end)

    def overlaps(self, other: "Period") -> bool:
        return self.intersect(other) is not None

    def intersect(self, other: "Period") -> "Period | None":
        """The days both periods hold, None when there are none."""
        start = max((bound for bound in (self.start, other.start) if bound is not None), default=None)
        end = min((bound for bound in (self.end, other.end) if bound is not None), default=None)
        if start is not None and end is not None and start >= end:
            return None
        return Period(start, end)

    def __iter__(self) -> Iterator[date]:
        """Every day in order; an open period cannot be walked and raises ``ValueError``."""
        return map(date.fromordinal, self.ordinals)


def add_months(on: date, months: int) -> date:
    """The same day of the month ``months`` later (or earlier); a missing day becomes the next month's 1st."""
    year, month0 = divmod(on.year * 12 + on.month - 1 + months, 12)
    if on.day <= monthrange(year, month0 + 1)[1]:
        return date(year, month0 + 1, on.day)
    return add_months(date(year, month0 + 1, 1), 1)


def add_years(on: date, years: int) -> date:
    """The same day ``years`` later; 29 February becomes 1 March of a common year."""
    return add_months(on, 12 * years)


def years_before(on: date, years: int) -> date:
    """The same day ``years`` earlier; 29 February becomes 1 March of a common year."""
    return add_years(on, -years)


def whole_years(since: date, on: date) -> int:
    """Whole years completed from ``since`` to ``on``: an age or a length of service; 0 before ``since``."""
    years = on.year - since.year
    return max(0, years if add_years(since, years) <= on else years - 1)


def month_range(year: int, month: int) -> Period:
    """One calendar month, ``month`` 1..12."""
    first = date(year, month, 1)
    return Period(first, add_months(first, 1))


def months_of(year: int) -> tuple[Period, ...]:
    """The twelve months of a calendar year, January first."""
    return tuple(month_range(year, month) for month in range(1, 13))


def calendar_year(year: int) -> Period:
    return Period(date(year, 1, 1), date(year + 1, 1, 1))


def days_in_month(year: int, month: int) -> int:
    return monthrange(year, month)[1]


def days_in_year(year: int) -> int:
    return 366 if isleap(year) else 365


def school_year(on: date) -> Period:
    """The school year holding ``on``: 1 September to 31 August (rules §3)."""
    first = on.year if on.month >= SCHOOL_YEAR_STARTS_IN else on.year - 1
    return Period(date(first, SCHOOL_YEAR_STARTS_IN, 1), date(first + 1, SCHOOL_YEAR_STARTS_IN, 1))
