"""The ten school years the sample tells of, and small helpers over their dates."""

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from talent.core.periods import SCHOOL_YEAR_STARTS_IN, add_years

SCHOOL_YEARS = 10


@dataclass(frozen=True, slots=True)
class History:
    """`today` and what follows from it: the current school year and the ten before."""

    today: date

    @property
    def current(self) -> int:
        """The year in which the current school year began."""
        return self.today.year - (self.today.month < SCHOOL_YEAR_STARTS_IN)

    @property
    def start(self) -> date:
        """The 1 September on which the first roster was taken."""
        return date(self.current - SCHOOL_YEARS, SCHOOL_YEAR_STARTS_IN, 1)

    @property
    def school_years(self) -> range:
        """First calendar years of the ten past school years and of the current one."""
        return range(self.start.year, self.current + 1)

    @property
    def merger(self) -> date:
        """The day on which the closed school's staff went over to another."""
        return date(self.current - 4, SCHOOL_YEAR_STARTS_IN, 1)


def day_between(rng: Random, first: date, last: date) -> date:
    """Any day from `first` to `last`, both in; `first` when the two are crossed."""
    return first + timedelta(days=rng.randrange(max((last - first).days, 0) + 1))


def term_end(start: date, years: int) -> date:
    """The last day of a term of whole years that begins on `start`."""
    return add_years(start, years) - timedelta(days=1)


def workday(on: date) -> date:
    """`on`, or the Friday before when it is a weekend."""
    return on - timedelta(days=max(on.weekday() - 4, 0))
