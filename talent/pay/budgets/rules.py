"""A year of assistance in money before it is over: pure and exact, by the very rules that pay it.

Two sums stand beside each other and are never mixed: what the records say, and what would come or go if every open
nomination were approved as it is asked. Nobody is guessed; an end that is not written runs on.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from typing import NamedTuple

from talent.core.errors import Finding
from talent.core.workdays import WorkCalendar
from talent.pay.facts import Assignment, PayTerms, PersonFacts, Persons, Schools
from talent.pay.receipts import Line
from talent.pay.rules import YearResult, compute_year


class SpellKey(NamedTuple):
    """What tells one spell of a person from the others."""

    sending_code: str
    host: str
    start: date


@dataclass(frozen=True, slots=True)
class Asked:
    """What an open nomination would do: the spell it is about goes (``replaces``), ``spells`` come."""

    staff_no: str
    replaces: SpellKey | None
    spells: tuple[Assignment, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """One person at one sending school. None: no day there, by the records or after the nominations."""

    staff_no: str
    school_code: str
    known: Line | None
    then: Line | None

    @property
    def fen(self) -> int:
        """What the records come to."""
        return self.known.amount_fen if self.known else 0

    @property
    def more_fen(self) -> int:
        """What the nominations add, or take."""
        return (self.then.amount_fen if self.then else 0) - self.fen

    @property
    def is_changed(self) -> bool:
        """Whether a nomination changes days or money here."""
        return (self.known and self.known[2:6]) != (self.then and self.then[2:6])


@dataclass(frozen=True, slots=True)
class OfSchool:
    """A sending school: ``people`` by the records, ``changed`` those a nomination brings or changes."""

    code: str
    people: int
    fen: int
    changed: int
    more_fen: int

    @property
    def total_fen(self) -> int:
        """Both together."""
        return self.fen + self.more_fen


@dataclass(frozen=True, slots=True)
class Forecast:
    """Everybody's places, by school and staff number. ``uncounted`` have absences in a year whose calendar is not
    loaded: nothing could be taken off for them. ``known`` and ``then`` are the records it rests on, the latter of
    those a nomination is about."""

    year: int
    terms: PayTerms
    places: tuple[Place, ...]
    findings: tuple[Finding, ...]
    uncounted: tuple[str, ...]
    known: Persons
    then: Persons

    def schools(self) -> list[OfSchool]:
        """The sending schools, by code."""
        found: dict[str, list[Place]] = {}
        for place in self.places:
            found.setdefault(place.school_code, []).append(place)
        return [summed(code, places) for code, places in sorted(found.items())]

    def months(self) -> list[tuple[int, int]]:
        """(people by the records, people who come or go by nominations) whose month counts, January first."""
        known, then = _by_month(place.known for place in self.places), _by_month(place.then for place in self.places)
        return [(now, later - now) for now, later in zip(known, then, strict=True)]


def summed(code: str, places: Sequence[Place]) -> OfSchool:
    """What some places of one school, or of all, come to."""
    return OfSchool(code, len({place.staff_no for place in places if place.known}), sum(place.fen for place in places),
                    len({place.staff_no for place in places if place.is_changed}),
                    sum(place.more_fen for place in places))


def known_on(persons: Persons, on: date) -> Persons:
    """The records as far as their days had begun by a day; who was on no post by then is left out."""
    found = {staff_no: PersonFacts(tuple(item for item in facts.assignments if item.start <= on),
                                   tuple(item for item in facts.absences if item.start <= on))
             for staff_no, facts in persons.items()}
    return {staff_no: facts for staff_no, facts in found.items() if facts.assignments}


def with_asked(persons: Persons, asked: Iterable[Asked]) -> dict[str, PersonFacts]:
    """Of the people a nomination is about: their records as they would be."""
    found: dict[str, PersonFacts] = {}
    for each in asked:
        facts = found.get(each.staff_no) or persons.get(each.staff_no) or PersonFacts(())
        stay = tuple(item for item in facts.assignments
                     if (item.sending_code, item.host, item.start) != each.replaces)
        found[each.staff_no] = replace(facts, assignments=stay + each.spells)
    return found


def forecast(
    year: int, persons: Persons, schools: Schools, terms: PayTerms, calendar: WorkCalendar, asked: Iterable[Asked]
) -> Forecast:
    """The year by the records, and beside it as the nominations would have it. The year is one that has a standard."""
    changed = with_asked(persons, asked)
    uncounted = tuple[str, ...]()
    if not calendar.has(year):
        uncounted = tuple(sorted(staff_no for staff_no, facts in {**persons, **changed}.items() if facts.absences))
        persons, changed = _without_absences(persons), _without_absences(changed)
    known = compute_year(year, persons, schools, terms, calendar)
    then = compute_year(year, changed, schools, terms, calendar)
    more = tuple(each for each in then.findings if each not in known.findings)
    places = tuple(_places(known, then, changed))
    return Forecast(year, terms, places, known.findings + more, uncounted, persons, changed)


def _without_absences(persons: Persons) -> dict[str, PersonFacts]:
    return {staff_no: replace(facts, absences=()) for staff_no, facts in persons.items()}


def _places(known: YearResult, then: YearResult, changed: Mapping[str, PersonFacts]) -> list[Place]:
    """Both results by school and staff number; whom no nomination is about stays as the records have it."""
    before = {(line.school_code, line.staff_no): line for line in known.lines}
    after = {key: line for key, line in before.items() if line.staff_no not in changed}
    after |= {(line.school_code, line.staff_no): line for line in then.lines}
    return [Place(staff_no, code, before.get((code, staff_no)), after.get((code, staff_no)))
            for code, staff_no in sorted(before.keys() | after.keys())]


def _by_month(lines: Iterable[Line | None]) -> list[int]:
    """In how many people's lines each month counts, whole or by days."""
    counts = [0] * 12
    for line in lines:
        for month in counted_months(line) if line else ():
            counts[month - 1] += 1
    return counts


def counted_months(line: Line) -> set[int]:
    """The months of a line that count for its school, whole or by days."""
    receipt = line.receipt
    return {row.month for row in receipt.person_year.months
            if (row.verdict == "counted" and row.owner == receipt.slot)
            or (row.verdict == "by_days" and row.owned[receipt.slot])}


# ── what is set aside, and what was booked ───────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Balance:
    """A school's budget of a year beside what was booked by accounting month. ``budget_fen`` None: none was set."""

    code: str
    budget_fen: int | None
    booked: Mapping[str, int]

    @property
    def booked_fen(self) -> int:
        """Everything booked."""
        return sum(self.booked.values())

    @property
    def left_fen(self) -> int | None:
        """What is left of the budget, below zero where more was booked; None without one."""
        return None if self.budget_fen is None else self.budget_fen - self.booked_fen

    @property
    def rate(self) -> Fraction | None:
        """The share of the budget that is booked (预算执行率), above 1 where it is exceeded; None without a budget."""
        return Fraction(self.booked_fen, self.budget_fen) if self.budget_fen else None
