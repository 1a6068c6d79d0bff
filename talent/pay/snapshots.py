"""The facts a batch was computed from, frozen once: the same lines and receipts come out of them for ever.

A snapshot is a head and parts. The head holds the year, the terms, the calendar, the schools, and the digest of each
part; a part holds the records of some people. So the head's digest covers everything, and the receipt of one person
needs the head and one part, however large the district is.
"""

import json
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from talent.core.workdays import WorkCalendar, YearTable
from talent.pay.content import canonical, digest
from talent.pay.facts import TERM_KEYS, Absence, Assignment, PayTerms, PersonFacts, Persons, SchoolFact, Schools
from talent.pay.rules import VERSION, YearResult, compare, compute_year
from talent.policy.book import Source, Value
from talent.policy.registry import read_value

PART_SIZE: Final = 200


@dataclass(frozen=True, slots=True)
class Facts:
    """What one computation is given. ``calendar`` only where somebody has a recorded absence."""

    year: int
    persons: Persons
    schools: Schools
    terms: PayTerms
    calendar: WorkCalendar | None = None

    def result(self) -> YearResult:
        """The lines of the year."""
        return compute_year(self.year, self.persons, self.schools, self.terms, self.calendar)

    def compared(self) -> dict[str, YearResult]:
        """The lines of the year under each convention."""
        return compare(self.year, self.persons, self.schools, self.terms, self.calendar)

    def of_person(self, staff_no: str) -> "Facts":
        """The same for one person alone."""
        return Facts(self.year, {staff_no: self.persons[staff_no]}, self.schools, self.terms, self.calendar)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Canonical JSON: the ``head``, and the ``parts`` it has the digests of, in order of staff numbers."""

    head: str
    parts: Sequence[str]

    @property
    def intact(self) -> bool:
        """Whether the parts are those the head was made for."""
        return [digest(part) for part in self.parts] == [kept for _, kept in json.loads(self.head)["parts"]]


def freeze(facts: Facts, book_digest: str) -> Snapshot:
    """The snapshot of a computation: every fact, parameter and calendar it rests on."""
    numbers = sorted(facts.persons)
    groups = [numbers[at:at + PART_SIZE] for at in range(0, len(numbers), PART_SIZE)]
    parts = [canonical([_person_as_list(staff_no, facts.persons[staff_no]) for staff_no in group]) for group in groups]
    head = canonical({
        "rules": VERSION,
        "year": facts.year,
        "book": book_digest,
        "terms": _terms_as_dict(facts.terms),
        "calendar": _table(facts),
        "schools": [[school.code, school.kind, _iso(school.closed_on), school.merged_into]
                    for _, school in sorted(facts.schools.items())],
        "parts": [[group[0], digest(part)] for group, part in zip(groups, parts, strict=True)],
    })
    return Snapshot(head, parts)


def thaw(head: str, parts: Iterable[str]) -> Facts:
    """The inverse of :func:`freeze`; from some of the parts alone, the facts of the people in them."""
    content = json.loads(head)
    table = content["calendar"]
    calendar = WorkCalendar({content["year"]: YearTable.from_dict(table)}, shipped=()) if table else None
    schools = {code: SchoolFact(code, kind, _day(closed_on), merged_into)
               for code, kind, closed_on, merged_into in content["schools"]}
    persons = {staff_no: _person(staff_no, assignments, absences)
               for part in parts for staff_no, assignments, absences in json.loads(part)}
    return Facts(content["year"], persons, schools, _terms(content["terms"]), calendar)


def part_of(head: str, staff_no: str) -> int:
    """The number of the part that holds a person, the first being 0."""
    return bisect_right([first for first, _ in json.loads(head)["parts"]], staff_no) - 1


def _table(facts: Facts) -> dict[str, Any] | None:
    absences = any(person.absences for person in facts.persons.values())
    if not absences or facts.calendar is None or not facts.calendar.has(facts.year):
        return None
    return facts.calendar.table(facts.year).as_dict()


def _person_as_list(staff_no: str, person: PersonFacts) -> list[Any]:
    return [
        staff_no,
        [[item.sending_code, item.host, item.start.isoformat(), _iso(item.end), item.appraisal, item.post_school_code]
         for item in person.assignments],
        [[item.start.isoformat(), item.end.isoformat()] for item in person.absences],
    ]


def _person(staff_no: str, assignments: Sequence[Sequence[Any]], absences: Sequence[Sequence[str]]) -> PersonFacts:
    return PersonFacts(
        tuple([Assignment(staff_no, sending, host, date.fromisoformat(start), _day(end), appraisal, post)
               for sending, host, start, end, appraisal, post in assignments]),
        tuple([Absence(date.fromisoformat(start), date.fromisoformat(end)) for start, end in absences]),
    )


def _terms_as_dict(terms: PayTerms) -> dict[str, Any]:
    fields = {field: _value_as_dict(getattr(terms, field)) for field in TERM_KEYS}
    return {"rates": [_value_as_dict(value) for value in terms.rates], **fields}


def _terms(content: Mapping[str, Any]) -> PayTerms:
    return PayTerms(tuple(map(_value, content["rates"])), **{field: _value(content[field]) for field in TERM_KEYS})


def _value_as_dict(value: Value) -> dict[str, Any]:
    return {**value.as_dict(), "until": _iso(value.until), "overridden": value.overridden}


def _value(content: Mapping[str, Any]) -> Value:
    since = date.fromisoformat(content["since"])
    typed = read_value(content["key"], content["value"], file="snapshot", on=since)
    return Value(content["key"], content["label"], content["unit"], typed, content["basis"],
                 Source(**content["source"]), since, _day(content["until"]), content["overridden"])


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
