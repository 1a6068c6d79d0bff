"""A year of assistance as a calendar, pure: days of two spells, days between spells, who was away in each month."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from talent.core.periods import add_months

MONTHS = range(1, 13)
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Days:
    """Days in a row, both ends in."""

    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Spell:
    """One assignment as the calendar knows it. ``ended_on`` None: no end is written, it runs on."""

    id: int
    person_id: int
    school: str
    host: str
    kind: str
    started_on: date
    ended_on: date | None

    @property
    def last(self) -> date:
        """The last day, of an open end the last there is."""
        return self.ended_on or date.max


def year_of(year: int) -> Days:
    """The days of a calendar year."""
    return Days(date(year, 1, 1), date(year, 12, 31))


def clipped(spells: Iterable[Spell], window: Days) -> list[Days]:
    """The days of the window that each spell covers, in order."""
    found = [Days(max(each.started_on, window.first), min(each.last, window.last)) for each in spells]
    return sorted((days for days in found if days.first <= days.last), key=lambda days: (days.first, days.last))


def overlaps(covered: Sequence[Days]) -> list[Days]:
    """The days on which two or more of them stand; ``covered`` are in order."""
    found: list[Days] = []
    reach = date.min
    for days in covered:
        if days.first <= reach:
            twice = Days(days.first, min(days.last, reach))
            if found and twice.first <= found[-1].last + _DAY:
                found[-1] = Days(found[-1].first, max(found[-1].last, twice.last))
            else:
                found.append(twice)
        reach = max(reach, days.last)
    return found


def gaps(covered: Sequence[Days]) -> list[Days]:
    """The days between them on which none stands; before the first and after the last there is no gap."""
    found: list[Days] = []
    reach: date | None = None
    for days in covered:
        if reach is not None and days.first > reach + _DAY:
            found.append(Days(reach + _DAY, days.first - _DAY))
        reach = days.last if reach is None else max(reach, days.last)
    return found


def in_month(spells: Iterable[Spell], year: int, month: int) -> list[Spell]:
    """The spells with a day in the month."""
    first = date(year, month, 1)
    days = Days(first, add_months(first, 1) - _DAY)
    return [each for each in spells if each.started_on <= days.last and each.last >= days.first]


def on_day(spells: Iterable[Spell], on: date) -> list[Spell]:
    """The spells that hold a day."""
    return [each for each in spells if each.started_on <= on <= each.last]


def people_by_month(spells: Iterable[Spell], year: int) -> Sequence[frozenset[int]]:
    """Who was away in each month of the year, by a day at least; a person once."""
    spells = list(spells)
    return [frozenset(each.person_id for each in in_month(spells, year, month)) for month in MONTHS]


@dataclass(frozen=True, slots=True)
class OfPerson:
    """One person's year."""

    person_id: int
    spells: Sequence[Spell]
    overlaps: Sequence[Days]
    gaps: Sequence[Days]


@dataclass(frozen=True, slots=True)
class OfPlace:
    """The year of a school that sends, or of a host. ``gaps``: nobody was there, though before and after somebody."""

    name: str
    months: Sequence[frozenset[int]]
    people: frozenset[int]
    gaps: Sequence[Days]


def by_person(spells: Iterable[Spell], year: int) -> list[OfPerson]:
    """Everybody's year, in the order in which people first come."""
    found: dict[int, list[Spell]] = {}
    for each in spells:
        found.setdefault(each.person_id, []).append(each)
    window = year_of(year)
    return [OfPerson(person_id, own, overlaps(covered), gaps(covered)) for person_id, own in found.items()
            for covered in [clipped(own, window)]]


def by_place(spells: Iterable[Spell], year: int, place_of: Callable[[Spell], str]) -> list[OfPlace]:
    """The year of each place that ``place_of`` tells of the spells, by name."""
    found: dict[str, list[Spell]] = {}
    for each in spells:
        found.setdefault(place_of(each), []).append(each)
    window = year_of(year)
    return [OfPlace(name, people_by_month(own, year), frozenset(each.person_id for each in own),
                    gaps(clipped(own, window)))
            for name, own in sorted(found.items())]
