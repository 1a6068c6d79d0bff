"""A batch's content as bytes that stay: the facts that went in, frozen, and the hash of what came out.

Everything is canonical JSON, so that the same facts and terms give the same text on every machine, and a batch
computed again from its own snapshot can be compared byte by byte (rules §2.11).
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Any

from talent.core.errors import Finding
from talent.core.workdays import WorkCalendar, YearTable
from talent.pay.facts import TERM_KEYS, Absence, Assignment, PayTerms, PersonFacts, Persons, SchoolFact, Schools
from talent.pay.rules import YearResult, compute_year
from talent.policy.book import Source, Value
from talent.policy.registry import read_value

_encoder = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def canonical(content: Any) -> str:
    """JSON with sorted keys and no spaces; Chinese as it is. Floats have no place in it."""
    return _encoder.encode(content)


@dataclass(frozen=True, slots=True)
class LineText:
    """A line as the table keeps it: ``months`` and ``receipt`` are canonical JSON."""

    staff_no: str
    school_code: str
    months: str
    month_count: int
    days: int
    amount_fen: int
    receipt: str


@dataclass(frozen=True, slots=True)
class Facts:
    """What one computation is given. ``calendar`` only where somebody has a recorded absence."""

    year: int
    persons: Persons
    schools: Schools
    terms: PayTerms
    calendar: WorkCalendar | None = None

    def result(self, convention: str | None = None) -> YearResult:
        """The lines of the year, under another convention where one is named."""
        terms = self.terms if convention is None else self.terms.with_convention(convention)
        return compute_year(self.year, self.persons, self.schools, terms, self.calendar)

    def of_person(self, staff_no: str) -> "Facts":
        """The same for one person alone."""
        return Facts(self.year, {staff_no: self.persons[staff_no]}, self.schools, self.terms, self.calendar)


# ── the snapshot ─────────────────────────────────────────────────────────────────────────────────────────────


def freeze(facts: Facts) -> str:
    """The snapshot of a computation: every fact, parameter and calendar it rests on."""
    return canonical({
        "year": facts.year,
        "terms": _terms_as_dict(facts.terms),
        "calendar": _table(facts),
        "schools": [[school.code, school.kind, _iso(school.closed_on), school.merged_into]
                    for _, school in sorted(facts.schools.items())],
        "persons": {staff_no: _person_as_list(person) for staff_no, person in facts.persons.items()},
    })


def thaw(snapshot: str) -> Facts:
    """The inverse of :func:`freeze`."""
    content = json.loads(snapshot)
    table = content["calendar"]
    calendar = WorkCalendar({content["year"]: YearTable.from_dict(table)}, shipped=()) if table else None
    schools = {code: SchoolFact(code, kind, _day(closed_on), merged_into)
               for code, kind, closed_on, merged_into in content["schools"]}
    persons = {staff_no: _person(staff_no, *parts) for staff_no, parts in content["persons"].items()}
    return Facts(content["year"], persons, schools, _terms(content["terms"]), calendar)


def _table(facts: Facts) -> dict[str, Any] | None:
    absences = any(person.absences for person in facts.persons.values())
    if not absences or facts.calendar is None or not facts.calendar.has(facts.year):
        return None
    return facts.calendar.table(facts.year).as_dict()


def _person_as_list(person: PersonFacts) -> list[list[list[str | None]]]:
    assignments = [[item.sending_code, item.host, item.start.isoformat(), _iso(item.end), item.appraisal,
                    item.post_school_code] for item in person.assignments]
    absences: list[list[str | None]] = [[item.start.isoformat(), item.end.isoformat()] for item in person.absences]
    return [assignments, absences]


def _person(staff_no: str, assignments: Sequence[Sequence[Any]], absences: Sequence[Sequence[str]]) -> PersonFacts:
    return PersonFacts(
        tuple(Assignment(staff_no, sending, host, date.fromisoformat(start), _day(end), appraisal, post)
              for sending, host, start, end, appraisal, post in assignments),
        tuple(Absence(date.fromisoformat(start), date.fromisoformat(end)) for start, end in absences),
    )


def _terms_as_dict(terms: PayTerms) -> dict[str, Any]:
    fields = {field: _value_as_dict(getattr(terms, field)) for field in TERM_KEYS}
    return {"rates": [_value_as_dict(value) for value in terms.rates], **fields}


def _terms(content: dict[str, Any]) -> PayTerms:
    return PayTerms(tuple(map(_value, content["rates"])), **{field: _value(content[field]) for field in TERM_KEYS})


def _value_as_dict(value: Value) -> dict[str, Any]:
    return {**value.as_dict(), "until": _iso(value.until), "overridden": value.overridden}


def _value(content: dict[str, Any]) -> Value:
    since = date.fromisoformat(content["since"])
    typed = read_value(content["key"], content["value"], file="snapshot", on=since)
    return Value(content["key"], content["label"], content["unit"], typed, content["basis"],
                 Source(**content["source"]), since, _day(content["until"]), content["overridden"])


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


# ── what came out ────────────────────────────────────────────────────────────────────────────────────────────


def line_texts(result: YearResult) -> list[LineText]:
    """The lines as they are stored; the parameters of their receipts stand once, on the batch."""
    return [
        LineText(line.staff_no, line.school_code, canonical(line.months), len(line.months), line.days,
                 line.amount_fen, canonical(line.receipt.as_dict(parameters=False)))
        for line in result.lines
    ]


def parameters_text(result: YearResult) -> str:
    """Every parameter of the result with basis and source."""
    return canonical(result.terms.as_list(result.year))


def content_hash(snapshot: str, parameters: str, lines: Iterable[LineText], findings: Iterable[Finding]) -> str:
    """SHA-256 over facts, parameters, lines in the order of (staff number, school code), and findings."""
    digest = sha256()
    for text in (snapshot, parameters, *(_line_as_text(line) for line in lines),
                 *(canonical(finding.as_dict()) for finding in findings)):
        digest.update(text.encode())
        digest.update(b"\n")
    return digest.hexdigest()


def _line_as_text(line: LineText) -> str:
    return canonical([line.staff_no, line.school_code, line.months, line.days, line.amount_fen, line.receipt])
