"""Working days: the State Council's days off are not, its make-up weekends are; an unknown year is refused.

The ``holidays`` library knows the notices.  For a year without one it still answers, with the statutory
days and no make-up weekends, and does not say so; only :data:`SHIPPED_YEARS`, compared day by day with the
published notices in the tests, are taken from it.  Any other year is given as data, or it is *not loaded*.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache, cached_property
from hashlib import sha256
from importlib.metadata import version as installed_version
from typing import Any

from talent.core.errors import Finding, RuleViolation
from talent.core.periods import ONE_DAY, calendar_year

SHIPPED_YEARS = range(2007, 2027)
SATURDAY = 5


@dataclass(frozen=True)
class YearTable:
    """The published calendar of one year: ordinary weekdays that are off, and weekend days that are worked.

    Days off that fall on a weekend may be given or left out: they are off anyway.  A day of another year, or
    a day both off and worked, raises ``ValueError``.
    """

    year: int
    days_off: frozenset[date]
    makeup_days: frozenset[date]
    source: str = "given"

    def __post_init__(self) -> None:
        strangers = sorted(day for day in self.days_off | self.makeup_days if day.year != self.year)
        if strangers:
            raise ValueError(f"{strangers[0]} is no day of the calendar of {self.year}")
        if both := sorted(self.days_off & self.makeup_days):
            raise ValueError(f"{both[0]} is given both as a day off and as a make-up day")

    @cached_property
    def workdays(self) -> tuple[date, ...]:
        """Every working day of the year, in order."""
        return tuple(
            day
            for day in calendar_year(self.year)
            if day in self.makeup_days or (day.weekday() < SATURDAY and day not in self.days_off)
        )

    @cached_property
    def version(self) -> str:
        """Source and a digest of the working days, so that the same days have the same digest everywhere."""
        text = ",".join(day.isoformat() for day in self.workdays)
        return f"{self.source}:{sha256(text.encode()).hexdigest()[:12]}"

    def as_dict(self) -> dict[str, Any]:
        """The table as JSON keeps it, for a snapshot."""
        return {
            "year": self.year,
            "days_off": [day.isoformat() for day in sorted(self.days_off)],
            "makeup_days": [day.isoformat() for day in sorted(self.makeup_days)],
            "source": self.source,
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "YearTable":
        """The inverse of :meth:`as_dict`."""
        days_off, makeup_days = (
            frozenset(map(date.fromisoformat, data[name])) for name in ("days_off", "makeup_days")
        )
        return cls(data["year"], days_off, makeup_days, data.get("source", "given"))


@cache
def shipped_table(year: int) -> YearTable:
    """The table of one of :data:`SHIPPED_YEARS`, as the installed library has it."""
    from holidays.countries.china import China  # takes 0.4 s to load; most pages and commands never ask

    known = China(years=year)
    weekdays_off = frozenset(day for day in known if day.year == year and day.weekday() < SATURDAY)
    worked = frozenset(day for day in known.weekend_workdays if day.year == year)
    return YearTable(year, weekdays_off, worked, f"holidays-{installed_version('holidays')}")


class WorkCalendar:
    """Working days of the loaded years.  Immutable; a year outside them raises ``RuleViolation`` by name.

    ``extra`` holds years entered by an administrator, ``{year: (days_off, makeup_days)}`` or ready
    :class:`YearTable` objects; such a year wins over a shipped one.
    """

    def __init__(
        self,
        extra: Mapping[int, tuple[Iterable[date], Iterable[date]] | YearTable] | None = None,
        *,
        shipped: Iterable[int] = SHIPPED_YEARS,
    ) -> None:
        self._given = {
            year: item
            if isinstance(item, YearTable)
            else YearTable(year, frozenset(item[0]), frozenset(item[1]))
            for year, item in (extra or {}).items()
        }
        self._shipped = frozenset(shipped) & frozenset(SHIPPED_YEARS)

    @property
    def years(self) -> tuple[int, ...]:
        """The loaded years, in order."""
        return tuple(sorted(self._shipped | self._given.keys()))

    def has(self, year: int) -> bool:
        return year in self._given or year in self._shipped

    def table(self, year: int) -> YearTable:
        """The table of a loaded year; otherwise ``RuleViolation`` with ``workdays.not_loaded``."""
        if year in self._given:
            return self._given[year]
        if year in self._shipped:
            return shipped_table(year)
        raise RuleViolation(not_loaded(year, self.years))

    def versions(self, years: Iterable[int] | None = None) -> dict[int, str]:
        """Year → version of its table, to be kept with a notice or a batch; all loaded years by default."""
        return {year: self.table(year).version for year in (self.years if years is None else sorted(years))}

    def is_workday(self, day: date) -> bool:
        workdays = self.table(day.year).workdays
        at = bisect_left(workdays, day)
        return at < len(workdays) and workdays[at] == day

    def workdays_between(self, first: date, last: date) -> int:
        """The number of working days from ``first`` to ``last``, both in; 0 when ``last`` comes first."""
        total = 0
        for year in range(first.year, last.year + 1):
            workdays = self.table(year).workdays
            total += max(0, bisect_right(workdays, last) - bisect_left(workdays, first))
        return total

    def notice_end(self, published: date, workdays: int) -> date:
        """The last day of a public notice: the Nth working day after ``published``, which is not counted.

        ``workdays`` below one raises ``ValueError``.  A year on the way that is not loaded is refused.
        """
        if workdays < 1:
            raise ValueError(f"a notice runs at least one working day, not {workdays}")
        day, left = published + ONE_DAY, workdays
        while True:
            ahead = self.table(day.year).workdays
            at = bisect_left(ahead, day) + left - 1
            if at < len(ahead):
                return ahead[at]
            left = at - len(ahead) + 1
            day = date(day.year + 1, 1, 1)


def not_loaded(year: int, loaded: Iterable[int]) -> Finding:
    """The refusal of a year without a calendar; names the last year there is."""
    return Finding("workdays.not_loaded", params={"year": year, "last_loaded": max(loaded, default=None)})
