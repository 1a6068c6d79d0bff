"""A line and its receipt: every figure of the result with what it came from, ready for JSON (rules §2.12)."""

from datetime import date
from fractions import Fraction
from typing import Any, NamedTuple

from talent.pay.conventions import PersonYear, Share, Span
from talent.pay.facts import PayTerms
from talent.pay.ownership import Stretch


class Basis(NamedTuple):
    """What all receipts of one computation share."""

    year: int
    terms: PayTerms


class PersonDays(NamedTuple):
    """A person's days on post, whatever the convention makes of them.

    ``codes`` are the sending schools that own a day, in order; ``payable`` says of each whether it is in scope.
    ``absent`` are the working days missed per month, with the calendar they were counted by, or empty.
    """

    staff_no: str
    codes: tuple[str, ...]
    stretches: tuple[Stretch, ...]
    spans: tuple[Span, ...]
    payable: tuple[bool, ...]
    absent: tuple[int, ...]
    calendar_version: str | None
    findings: tuple[str, ...]


class Receipt(NamedTuple):
    """How one line came about.  Light until asked: the figures of equal years are shared between people."""

    basis: Basis
    person_year: PersonYear
    slot: int
    person: PersonDays

    @property
    def share(self) -> Share:
        return self.person_year.shares[self.slot]

    def days(self) -> tuple[tuple[date, date, str], ...]:
        """The days this school owns, as (first, last, host) with both ends in."""
        code = self.person.codes[self.slot]
        return tuple(
            (date.fromordinal(part.start), date.fromordinal(part.end - 1), part.assignment.host)
            for part in self.person.stretches
            if part.school_code == code
        )

    def months(self) -> list[dict[str, Any]]:
        """One row per month with days on post (two when the rate changes within it, under ``day``).

        ``on_post`` are the person's days at all schools, ``owned`` this school's; ``verdict`` says whether
        the month counts or why not; ``owner`` is the school it goes to; ``rate_fen`` is per person-year.
        """
        return [
            {
                "month": row.month,
                "on_post": row.on_post,
                "owned": row.owned[self.slot],
                "absent_workdays": row.absent_workdays,
                "verdict": row.verdict,
                "owner": self.person.codes[row.owner],
                "rate_fen": row.rate_fen,
            }
            for row in self.person_year.months
        ]

    def rounding(self) -> dict[str, Any]:
        """The person's exact sum and its half-up, this school's floor and the fen added to it (§2.7)."""
        share = self.share
        return {
            "rule": "half_up_per_person_then_largest_fraction",
            "person_exact_fen": str(self.person_year.exact),
            "person_fen": self.person_year.total_fen,
            "exact_fen": str(share.exact),
            "floor_fen": share.floor_fen,
            "added_fen": share.amount_fen - share.floor_fen,
        }

    def as_dict(self, *, parameters: bool = True) -> dict[str, Any]:
        """The receipt as JSON keeps it; without ``parameters`` if the batch keeps them once for all."""
        receipt = {
            "year": self.basis.year,
            "convention": self.basis.terms.convention.value,
            "school_code": self.person.codes[self.slot],
            "days": [[first.isoformat(), last.isoformat(), host] for first, last, host in self.days()],
            "months": self.months(),
            "rounding": self.rounding(),
            "findings": list(self.person.findings),
            "calendar": self.person.calendar_version,
        }
        if parameters:
            receipt["parameters"] = self.basis.terms.as_list(self.basis.year)
        return receipt


class Line(NamedTuple):
    """One person at one sending school in one year; ``months`` are the counted ones, ``days`` all owned."""

    staff_no: str
    school_code: str
    months: tuple[int, ...]
    days: int
    exact: Fraction
    amount_fen: int
    receipt: Receipt
