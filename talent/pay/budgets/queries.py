"""The forecast and the budget as they are read: by scope, as they were known on a day."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import select

from talent.core.errors import Finding, NotFound
from talent.core.work import Work
from talent.core.workdays import WorkCalendar
from talent.pay import queries as pay
from talent.pay.budgets import rules
from talent.pay.budgets.rules import Asked, Forecast, Place
from talent.pay.facts import Absence, PayTerms, PersonFacts
from talent.pay.receipts import Line
from talent.pay.records import YearFacts, facts_of_year
from talent.pay.snapshots import Facts
from talent.people.models import Absence as AbsenceRow
from talent.people.models import Person
from talent.people.schools import names_on, spoken_for

READ = "budget:read"


@dataclass(frozen=True, slots=True)
class Seen:
    """A forecast as far as its reader sees it. ``names`` is code → name of the schools in it, ``facts`` are all that
    was known of any."""

    forecast: Forecast
    names: Mapping[str, str]
    facts: YearFacts
    calendar: WorkCalendar

    @property
    def parameters(self) -> Sequence[Mapping[str, Any]]:
        """What it was computed with."""
        return self.forecast.terms.as_list(self.forecast.year)


def forecast(work: Work, year: int, on: date, asked: Iterable[Asked]) -> Seen:
    """The year as it was known on ``on``: today all that is entered, of a past day what had begun by then.

    ``asked`` are the nominations open on that day that the actor may see. RuleViolation for a year without a standard.
    """
    scope, asked = spoken_for(work, work.require(READ)), list(asked)
    pay.check_year(work, year)
    known = facts_of_year(work.session, year)
    persons = known.persons if on >= work.today else rules.known_on(known.persons, on)
    last = date(year, 12, 31) if on >= work.today else min(date(year, 12, 31), on)
    persons = {**_nominees(work, {each.staff_no for each in asked} - persons.keys(), date(year, 1, 1), last), **persons}
    calendar, terms = WorkCalendar(work.book.calendars()), PayTerms.from_book(work.book, year)
    made = rules.forecast(year, persons, known.schools, terms, calendar, asked)
    reached = {code for code, school_id in known.school_ids.items() if scope.everyone or school_id in scope.schools}
    places = tuple(place for place in made.places if place.school_code in reached)
    seen = {place.staff_no for place in places}
    made = replace(made, places=places, uncounted=tuple(each for each in made.uncounted if each in seen),
                   findings=tuple(each for each in made.findings if each.params.get("sending_code") in reached))
    codes = {known.school_ids[place.school_code]: place.school_code for place in places}
    names = {codes[school_id]: name for school_id, name in names_on(work.session, codes, on).items()}
    return Seen(made, names, known, calendar)


def _nominees(work: Work, staff_nos: Collection[str], first: date, last: date) -> dict[str, PersonFacts]:
    """People with nominations who are on no post in the year so far: their absences, which count all the same.

    ``last``: those that began later are not known yet.
    """
    if not staff_nos:
        return {}
    found: dict[str, list[Absence]] = defaultdict(list)
    rows = work.session.execute(
        select(Person.staff_no, AbsenceRow.started_on, AbsenceRow.ended_on)
        .join(Person, Person.id == AbsenceRow.person_id)
        .where(Person.staff_no.in_(staff_nos), AbsenceRow.started_on <= last, AbsenceRow.ended_on >= first))
    for staff_no, start, end in rows:
        found[staff_no].append(Absence(start, end))
    return {staff_no: PersonFacts((), tuple(absences)) for staff_no, absences in found.items()}


# ── people ───────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Who:
    """A person of a forecast."""

    id: int
    staff_no: str
    name: str


def people(work: Work, seen: Seen, places: Iterable[Place]) -> dict[str, Who]:
    """Who the places of a forecast belong to, by staff number; one statement. The forecast holds whom one may see."""
    known = {place.staff_no for place in seen.forecast.places}
    wanted = {place.staff_no for place in places} & known
    rows = work.session.execute(select(Person.id, Person.staff_no, Person.name).where(Person.staff_no.in_(wanted)))
    return {staff_no: Who(person_id, staff_no, name) for person_id, staff_no, name in rows}


@dataclass(frozen=True, slots=True)
class ForecastReceipt:
    """One person at one school, with all it comes from. ``other_fen``: what it would be without the nominations, or
    with them; None where they change nothing."""

    who: Who
    staff_no: str
    school_code: str
    school: str
    year: int
    convention: str
    months: tuple[int, ...]
    days: int
    fen: int
    receipt: Mapping[str, Any]
    parameters: Sequence[Mapping[str, Any]]
    findings: Sequence[Finding]
    facts: Facts
    with_asked: bool
    other_fen: int | None
    uncounted: bool


def receipt(work: Work, seen: Seen, staff_no: str, code: str, *, with_asked: bool) -> ForecastReceipt:
    """How a sum of the forecast comes about; NotFound for nobody in it. Where there is but one of the two, that one."""
    place = next((each for each in seen.forecast.places if (each.staff_no, each.school_code) == (staff_no, code)), None)
    if place is None:
        raise NotFound("person", staff_no)
    with_asked = place.known is None or (with_asked and place.is_changed and place.then is not None)
    line: Line | None = place.then if with_asked else place.known
    assert line is not None, "a place has one of the two"
    persons = seen.forecast.then if with_asked else seen.forecast.known
    facts = Facts(seen.forecast.year, persons, seen.facts.schools, seen.forecast.terms, seen.calendar)
    other = place.fen if with_asked else place.fen + place.more_fen
    return ForecastReceipt(
        people(work, seen, [place])[staff_no], staff_no, code, seen.names[code], seen.forecast.year,
        seen.forecast.terms.convention.value, line.months, line.days, line.amount_fen,
        line.receipt.as_dict(parameters=False), seen.parameters,
        [each for each in seen.forecast.findings if each.params.get("staff_no") == staff_no],
        facts.of_person(staff_no), with_asked, other if place.is_changed else None,
        staff_no in seen.forecast.uncounted)
