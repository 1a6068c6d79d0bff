"""The pay of a year: persons' records and dated terms in, lines with receipts and findings out (rules §2).

Pure and exact.  The order in which records are given changes nothing.  A refusal is data (:attr:`YearResult.
refusals`); it is the command that turns it into an error.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, Final

from talent.core.errors import Finding, Level
from talent.core.periods import months_of
from talent.core.workdays import WorkCalendar, not_loaded
from talent.pay.conventions import CONVENTIONS, YearCount
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
from talent.pay.receipts import Basis, Line, PersonDays, Receipt
from talent.policy.book import Value

__all__ = [
    "CONVENTIONS",
    "NEEDS_ACKNOWLEDGEMENT",
    "VERSION",
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

# Kept in every snapshot. To be raised, and the rules so far kept beside the new, before the same facts and terms give
# another line or receipt: what was computed once is computed again from its snapshot, to the same bytes (rules §2.11).
VERSION: Final = 1
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
    return _compute(year, persons, schools, (terms,), calendar)[0]


def compare(
    year: int, persons: Persons, schools: Schools, terms: PayTerms, calendar: WorkCalendar | None = None
) -> dict[str, YearResult]:
    """The same people under each of the five conventions, by its code (rules §2.5).

    Whose days they are and which are missed is found once; only the counting differs.
    """
    offered = [terms.with_convention(code) for code in CONVENTIONS]
    return dict(zip(CONVENTIONS, _compute(year, persons, schools, offered, calendar), strict=True))


def _compute(
    year: int, persons: Persons, schools: Schools, offered: Sequence[PayTerms], calendar: WorkCalendar | None
) -> list[YearResult]:
    """A result for each of ``offered``, which differ in their convention alone."""
    refusals = [_refusals(year, terms) for terms in offered]
    if any(refusals):
        return [YearResult(year, terms, refusals=refused) for terms, refused in zip(offered, refusals, strict=True)]
    run = _Run(year, schools, offered[0], calendar)
    found = [days for staff_no in sorted(persons) if (days := run.days(staff_no, persons[staff_no])) is not None]
    if run.refusals:
        return [YearResult(year, terms, refusals=tuple(run.refusals)) for terms in offered]
    return [YearResult(year, terms, tuple(_lines(found, year, terms)), tuple(run.findings)) for terms in offered]


def _lines(found: Iterable[PersonDays], year: int, terms: PayTerms) -> Iterator[Line]:
    """The lines of people whose days are known, one per sending school that owns a day, by school code."""
    count, basis = YearCount(year, terms), Basis(year, terms)
    for days in found:
        person_year = count.person_year(days.spans, days.payable, days.absent)
        for slot, share in enumerate(person_year.shares):
            yield Line(
                days.staff_no,
                days.codes[slot],
                share.months,
                share.days,
                share.exact,
                share.amount_fen,
                Receipt(basis, person_year, slot, days),
            )


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
        self.succession = Succession(schools, year)
        self.in_scope = {code for code, school in schools.items() if school.kind in terms.school_kinds.value}
        self.discarded = frozenset(terms.discarded_appraisals.value)
        self.findings: list[Finding] = []
        self.refusals: list[Finding] = []
        self._months = [month.ordinals for month in months_of(year)]

    def days(self, staff_no: str, facts: PersonFacts) -> PersonDays | None:
        """Which school owns which of a person's days, and what was missed of them; None without a day on post."""
        before = len(self.findings)
        assignments = [item for item in _ordered(facts.assignments) if self._screen(staff_no, item)]
        stretches = own_days(assignments, self.succession)
        if not stretches:
            return None
        codes = _codes(stretches)
        payable = tuple([code in self.in_scope for code in codes])
        if not all(payable) or any([part.problem for part in stretches]):
            self._name_problems(staff_no, stretches)
        absent = self._absent_workdays(staff_no, facts.absences, stretches) if facts.absences else ()
        spans = tuple([(part.start, part.end, codes.index(part.school_code)) for part in stretches])
        found = tuple([finding.code for finding in self.findings[before:]])
        version = self._version if absent else None
        return PersonDays(staff_no, codes, tuple(stretches), spans, payable, absent, version, found)

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
        absent = [0] * 12
        touched = False
        for first, after in self._absence_union(staff_no, absences):
            for at, month in enumerate(self._months):
                if first < month.stop and month.start < after and _on_post(stretches, month):
                    touched = True
                    absent[at] += self._workdays(max(first, month.start), min(after, month.stop))
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

    @cached_property
    def _version(self) -> str | None:
        """The version of the year's calendar, for those whose working days were counted."""
        return self.calendar.table(self.year).version if self.calendar else None

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
