"""The pay of a year: persons' records and dated terms in, lines with receipts and findings out (rules §2).

Pure and exact.  The order in which records are given changes nothing.  A refusal is data (:attr:`YearResult.
refusals`); it is the command that turns it into an error.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, Final

from talent.core.errors import Finding, Level
from talent.core.periods import months_of
from talent.core.workdays import WorkCalendar, not_loaded
from talent.pay.conventions import CONVENTIONS, Span, YearCount
from talent.pay.facts import (
    YEARLY_AMOUNT,
    Absence,
    Assignment,
    PayTerms,
    PersonFacts,
    Persons,
    SchoolFact,
    Schools,
    cited,
)
from talent.pay.ownership import Stretch, Succession, own_days, sort_key
from talent.pay.receipts import Basis, Line, Receipt
from talent.policy.book import Value

__all__ = [
    "CONVENTIONS",
    "NEEDS_ACKNOWLEDGEMENT",
    "YEARLY_AMOUNT",
    "Absence",
    "Assignment",
    "Line",
    "PayTerms",
    "PersonFacts",
    "Receipt",
    "SchoolFact",
    "YearResult",
    "compare",
    "compute_year",
]

# Findings a named person must acknowledge before a batch is locked (rules §2.4).
NEEDS_ACKNOWLEDGEMENT: Final = frozenset({"pay.appraisal_missing"})


@dataclass(frozen=True)
class YearResult:
    """The lines of a year, sorted by staff number and school; findings carry ``staff_no`` in their params.

    With ``refusals`` the year is refused as a whole and there are no lines.
    """

    year: int
    terms: PayTerms
    lines: tuple[Line, ...] = ()
    findings: tuple[Finding, ...] = ()
    refusals: tuple[Finding, ...] = ()

    @property
    def total_fen(self) -> int:
        return sum(line.amount_fen for line in self.lines)

    @cached_property
    def allotments(self) -> Mapping[str, int]:
        """School code → fen its 奖励性绩效工资总额 grows by: the sum of its persons' lines (rules §2.10)."""
        totals: dict[str, int] = {}
        for line in self.lines:
            totals[line.school_code] = totals.get(line.school_code, 0) + line.amount_fen
        return dict(sorted(totals.items()))


def compute_year(
    year: int, persons: Persons, schools: Schools, terms: PayTerms, calendar: WorkCalendar | None = None
) -> YearResult:
    """Everybody's lines for a calendar year.

    ``persons`` by staff number, ``schools`` by code.  ``calendar`` is asked only when somebody on post has a
    recorded absence; a year it has not loaded (or no calendar) refuses the computation, as does a year before
    the standard's first day.
    """
    refusals = _refusals(year, terms)
    if not refusals:
        run = _Run(year, schools, terms, calendar)
        lines = [line for staff_no in sorted(persons) for line in run.lines(staff_no, persons[staff_no])]
        refusals = tuple(run.refusals)
    if refusals:
        return YearResult(year, terms, refusals=refusals)
    return YearResult(year, terms, tuple(lines), tuple(run.findings))


def compare(
    year: int, persons: Persons, schools: Schools, terms: PayTerms, calendar: WorkCalendar | None = None
) -> dict[str, YearResult]:
    """The same people under each of the five conventions, by its code (rules §2.5)."""
    return {
        code: compute_year(year, persons, schools, terms.with_convention(code), calendar)
        for code in CONVENTIONS
    }


def _refusals(year: int, terms: PayTerms) -> tuple[Finding, ...]:
    first = terms.rates[0]
    if terms.rate(date(year, 1, 1)) is None:
        return (cited("pay.year_before_plan", first, year=year, first=first.since.isoformat()),)
    if terms.convention.value not in CONVENTIONS:
        return (cited("pay.convention_unknown", terms.convention, convention=terms.convention.value),)
    return ()


class _Run:
    """One computation: what all persons share, and the findings gathered on the way."""

    def __init__(self, year: int, schools: Schools, terms: PayTerms, calendar: WorkCalendar | None) -> None:
        self.year = year
        self.terms = terms
        self.calendar = calendar if calendar is not None and calendar.has(year) else None
        self.loaded_years = calendar.years if calendar is not None else ()
        self.count = YearCount(year, terms)
        self.succession = Succession(schools, year)
        self.in_scope = {code for code, school in schools.items() if school.kind in terms.school_kinds.value}
        self.discarded = frozenset(terms.discarded_appraisals.value)
        self.findings: list[Finding] = []
        self.refusals: list[Finding] = []
        self._basis: dict[bool, Basis] = {}

    def lines(self, staff_no: str, facts: PersonFacts) -> list[Line]:
        """A person's lines, one per sending school that owns a day, by school code."""
        before = len(self.findings)
        assignments = [item for item in _ordered(facts.assignments) if self._screen(staff_no, item)]
        stretches = own_days(assignments, self.succession)
        if not stretches:
            return []
        codes = _codes(stretches)
        self._name_problems(staff_no, stretches)
        absent = self._absent_workdays(staff_no, facts.absences, stretches) if facts.absences else ()
        person_year = self.count.person_year(
            tuple([Span(part.start, part.end, codes.index(part.school_code)) for part in stretches]),
            tuple([code in self.in_scope for code in codes]),
            absent,
        )
        found = tuple([finding.code for finding in self.findings[before:]])
        basis, parts = self._basis_of(bool(absent)), tuple(stretches)
        return [
            Line(
                staff_no,
                code,
                share.months,
                share.days,
                share.exact,
                share.amount_fen,
                Receipt(basis, person_year, slot, codes, parts, found),
            )
            for slot, (code, share) in enumerate(zip(codes, person_year.shares, strict=True))
        ]

    def _screen(self, staff_no: str, item: Assignment) -> bool:
        """Whether an assignment may own days of the year; says what is wrong with one that touches it."""
        first, last = self.succession.first_day, self.succession.last_day
        if item.end is not None and item.end < item.start:
            self._note("pay.dates_reversed", staff_no, item)
            return False
        if item.start > last or (item.end is not None and item.end < first):
            return False
        if item.appraisal in self.discarded:
            ground = self.terms.discarded_appraisals
            self._note("pay.appraisal_unqualified", staff_no, item, ground, level="warning")
            return False
        if not item.appraisal:
            self._note("pay.appraisal_missing", staff_no, item, level="warning")
        post = item.post_school_code
        if post and post != item.sending_code and post not in self.succession.heirs(item.sending_code):
            self._note("pay.post_elsewhere", staff_no, item, level="warning", post_school_code=post)
        return True

    def _name_problems(self, staff_no: str, stretches: Sequence[Stretch]) -> None:
        """Findings about the schools that own days: out of scope, unknown, closed, merged in a circle."""
        named: set[tuple[str, str]] = set()
        for part in stretches:
            outside = part.school_code not in self.in_scope and part.problem != "school_unknown"
            for problem in (part.problem, "outside_scope" if outside else ""):
                if problem and (problem, part.school_code) not in named:
                    named.add((problem, part.school_code))
                    self._note(
                        f"pay.{problem}",
                        staff_no,
                        part.assignment,
                        self.terms.school_kinds,
                        school_code=part.school_code,
                        school_kind=self._kind(part.school_code),
                    )

    def _absent_workdays(
        self, staff_no: str, absences: Iterable[Absence], stretches: Sequence[Stretch]
    ) -> tuple[int, ...]:
        """Working days absent per month with days on post, records united; empty when there are none."""
        months = [month.ordinals for month in months_of(self.year)]
        absent = [0] * 12
        touched = False
        for first, after in self._absence_union(staff_no, absences):
            for at, month in enumerate(months):
                start, end = max(first, month.start), min(after, month.stop)
                if start < end and _on_post(stretches, month):
                    touched = True
                    absent[at] += self._workdays(start, end)
        return tuple(absent) if touched else ()

    def _absence_union(self, staff_no: str, absences: Iterable[Absence]) -> list[tuple[int, int]]:
        """The days of the absences as disjoint ordinals ``[first, after)``, in order."""
        union: list[tuple[int, int]] = []
        for item in sorted(absences, key=lambda absence: (absence.start, absence.end)):
            first, after = item.start.toordinal(), item.end.toordinal() + 1
            if first >= after:
                self.findings.append(
                    cited(
                        "pay.absence_reversed",
                        self.terms.absence_limit,
                        staff_no=staff_no,
                        start=item.start.isoformat(),
                        end=item.end.isoformat(),
                    )
                )
            elif union and first <= union[-1][1]:
                union[-1] = (union[-1][0], max(after, union[-1][1]))
            else:
                union.append((first, after))
        return union

    def _workdays(self, start: int, end: int) -> int:
        """Working days in ``[start, end)``; 0 after noting that the year's calendar is not loaded."""
        if self.calendar is not None:
            return self.calendar.workdays_between(date.fromordinal(start), date.fromordinal(end - 1))
        if not self.refusals:
            self.refusals.append(not_loaded(self.year, self.loaded_years))
        return 0

    def _basis_of(self, absent: bool) -> Basis:
        """The shared head of receipts; the calendar's version only where working days were counted."""
        if absent not in self._basis:
            version = self.calendar.table(self.year).version if absent and self.calendar else None
            self._basis[absent] = Basis(self.year, self.terms, version)
        return self._basis[absent]

    def _note(
        self,
        code: str,
        staff_no: str,
        item: Assignment,
        ground: Value | None = None,
        *,
        level: Level = "error",
        **more: Any,
    ) -> None:
        """Records a finding about an assignment; its ground is the plan's clause unless another is given."""
        facts: dict[str, Any] = {
            "staff_no": staff_no,
            "sending_code": item.sending_code,
            "host": item.host,
            "start": item.start.isoformat(),
            "end": item.end.isoformat() if item.end else None,
        }
        self.findings.append(cited(code, ground or self.terms.rates[0], level=level, **facts, **more))

    def _kind(self, school_code: str) -> str | None:
        school = self.succession.schools.get(school_code)
        return school.kind if school else None


def _ordered(assignments: Sequence[Assignment]) -> Sequence[Assignment]:
    return assignments if len(assignments) == 1 else sorted(assignments, key=sort_key)


def _codes(stretches: Sequence[Stretch]) -> tuple[str, ...]:
    if len(stretches) == 1:
        return (stretches[0].school_code,)
    return tuple(sorted({part.school_code for part in stretches}))


def _on_post(stretches: Iterable[Stretch], month: range) -> bool:
    return any(part.start < month.stop and month.start < part.end for part in stretches)
