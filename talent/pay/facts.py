"""What the pay rules are given: a person's records, the schools, and the dated terms with their sources."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

from talent.core.errors import Finding, Level
from talent.policy.book import Book, Value

YEARLY_AMOUNT: Final = "paired_assistance.yearly_amount"
# Field of PayTerms → key of the policy book.
TERM_KEYS: Final = {
    "accrual_year": "paired_assistance.accrual_year",
    "convention": "paired_assistance.convention",
    "month_min_days": "paired_assistance.month_min_days",
    "month_share": "paired_assistance.month_share",
    "year_limit": "paired_assistance.year_limit",
    "absence_limit": "paired_assistance.absence_limit",
    "school_kinds": "paired_assistance.school_kinds",
    "discarded_appraisals": "paired_assistance.discarded_appraisals",
    "participants_minimum_share": "paired_assistance.participants_minimum_share",
}


@dataclass(frozen=True, slots=True)
class Assignment:
    """One 帮扶支教 record: both days included, an open ``end`` runs on; ``appraisal`` is a code or None.

    ``post_school_code`` is the school of the person's post when the assignment starts, None when unknown.
    """

    staff_no: str
    sending_code: str
    host: str
    start: date
    end: date | None = None
    appraisal: str | None = None
    post_school_code: str | None = None


@dataclass(frozen=True, slots=True)
class Absence:
    """One 缺勤 record of any kind, both days included."""

    start: date
    end: date


@dataclass(frozen=True, slots=True)
class SchoolFact:
    """A sending unit: its kind, the first day it is closed, and the school it merged into then."""

    code: str
    kind: str
    closed_on: date | None = None
    merged_into: str | None = None


@dataclass(frozen=True, slots=True)
class PersonFacts:
    """Everything recorded of one person that pay looks at, in any order."""

    assignments: tuple[Assignment, ...]
    absences: tuple[Absence, ...] = ()


@dataclass(frozen=True)
class PayTerms:
    """The dated parameters of one accrual year, each with basis and source.

    ``rates`` holds every value of the standard, earliest first (fen per person-year); the other values are
    those in force on the first day of the year.  Shares are ``Fraction``, days ``int``, the rest codes.
    """

    rates: tuple[Value, ...]
    accrual_year: Value
    convention: Value
    month_min_days: Value
    month_share: Value
    year_limit: Value
    absence_limit: Value
    school_kinds: Value
    discarded_appraisals: Value
    participants_minimum_share: Value

    @classmethod
    def from_book(cls, book: Book, year: int, convention: str | None = None) -> "PayTerms":
        """The terms of ``year``; ``convention`` puts another convention in the place of the one in force.

        A year before the first rate gets the terms of that first day: it is for
        :func:`talent.pay.rules.compute_year` to refuse it by name.
        """
        dated = book.entry(YEARLY_AMOUNT).values
        rates = tuple(book.at(YEARLY_AMOUNT, value.since) for value in dated)
        on = max(date(year, 1, 1), rates[0].since)
        terms = cls(rates, **{field: book.at(key, on) for field, key in TERM_KEYS.items()})
        return terms if convention is None else terms.with_convention(convention)

    def rate(self, on: date) -> Value | None:
        """The standard in force on a day, None before the first."""
        return next((value for value in reversed(self.rates) if value.since <= on), None)

    def with_convention(self, code: str) -> "PayTerms":
        """The same terms under another convention, which nobody decided: its basis is ``assumed``."""
        if code == self.convention.value:
            return self
        return replace(self, convention=replace(self.convention, value=code, basis="assumed"))

    def values(self, year: int) -> tuple[Value, ...]:
        """Every parameter that a line of ``year`` rests on: the rates that touch it, then the rest."""
        first, after = date(year, 1, 1), date(year + 1, 1, 1)
        rates = (rate for rate in self.rates if rate.since < after)
        touching = (rate for rate in rates if rate.until is None or rate.until > first)
        return (*touching, *(getattr(self, field) for field in TERM_KEYS))

    def as_list(self, year: int) -> list[dict[str, Any]]:
        """:meth:`values` as JSON keeps them."""
        return [value.as_dict() for value in self.values(year)]

    def assumed(self, year: int) -> tuple[Value, ...]:
        """The parameters nobody decided: a batch is locked only once a named person confirms them."""
        return tuple(value for value in self.values(year) if value.assumed)


def cited(code: str, value: Value, *, level: Level = "error", **params: Any) -> Finding:
    """A finding that rests on a parameter: its document and clause stand beside the facts, to be worded."""
    clause = f"{value.source.document} {value.source.clause}".strip()
    return Finding(code, clause, {"clause": clause, **params}, level)


Persons = Mapping[str, PersonFacts]
Schools = Mapping[str, SchoolFact]
