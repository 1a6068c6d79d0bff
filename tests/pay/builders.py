"""Pay terms and people for tests, in a few words each."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import Any

from talent.pay.facts import TERM_KEYS, YEARLY_AMOUNT, Assignment, PayTerms, PersonFacts, SchoolFact
from talent.policy.book import Basis, Source, Value

PLAN = Source("三年行动方案(2020—2022年)", "三(四)")
STANDARD = ((date(2020, 1, 1), 2_400_000),)
DEFAULTS: dict[str, Any] = {
    "accrual_year": "calendar_year",
    "convention": "month_min_days",
    "month_min_days": 15,
    "month_share": Fraction(1, 12),
    "year_limit": Fraction(1),
    "absence_limit": 10,
    "school_kinds": (
        "primary",
        "junior",
        "nine_year",
        "complete_secondary",
        "senior",
        "twelve_year",
        "special",
    ),
    "discarded_appraisals": ("unqualified",),
    "participants_minimum_share": Fraction(1, 2),
}


def stated(key: str, value: Any, since: date = date(2020, 1, 1), until: date | None = None) -> Value:
    """A parameter as the book states it."""
    basis: Basis = "enacted" if key == YEARLY_AMOUNT else "assumed"
    return Value(key, key, "", value, basis, PLAN, since, until)


def pay_terms(rates: Iterable[tuple[date, int]] = STANDARD, **changed: Any) -> PayTerms:
    """The shipped defaults, with other rates ``(since, fen)`` or other parameters by field name."""
    starts = sorted(rates)
    ends = [since for since, _ in starts[1:]] + [None]
    values = tuple(
        stated(YEARLY_AMOUNT, fen, since, until) for (since, fen), until in zip(starts, ends, strict=True)
    )
    fields = {**DEFAULTS, **changed}
    return PayTerms(values, **{field: stated(key, fields[field]) for field, key in TERM_KEYS.items()})


def person(*assignments: Assignment, absences: Iterable[Any] = ()) -> PersonFacts:
    return PersonFacts(tuple(assignments), tuple(absences))


def sent(
    sending: str, start: date, end: date | None = None, *, host: str = "受援学校", **more: Any
) -> Assignment:
    """A qualified assignment of staff number ``T1``; keyword arguments change what they name."""
    return replace(Assignment("T1", sending, host, start, end, "qualified"), **more)


def school(code: str, kind: str = "primary", **more: Any) -> SchoolFact:
    return SchoolFact(code, kind, **more)
