"""How days on post become money: the five conventions, the year's cap, one rounding (rules §2.5–2.9).

Everything here is exact: integers and ``Fraction``.  A person's year depends only on which days which of
their schools owns and on their absences, so equal years are counted once and shared (:class:`YearCount`).
"""

from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from itertools import pairwise
from math import floor
from typing import Final, Literal, NamedTuple

from talent.core.money import largest_remainder, round_half_up
from talent.core.periods import days_in_month, days_in_year, months_of
from talent.pay.facts import PayTerms

WHOLE_MONTHS: Final = ("month_min_days", "month_any_day", "month_full")
CONVENTIONS: Final = (*WHOLE_MONTHS, "month_partial", "day")

Verdict = Literal["counted", "by_days", "too_few_days", "absent", "outside_scope"]


class Span(NamedTuple):
    """Days in a row owned by one school of a person: ordinals ``[start, end)`` and the school's slot.

    Slots number a person's schools in the order of their codes, so a lower slot is a lower code.
    """

    start: int
    end: int
    slot: int


class Unit(NamedTuple):
    """A month, or under ``day`` the part of a month with one rate; ordinals ``[start, end)``."""

    month: int
    start: int
    end: int
    rate_fen: int


@dataclass(frozen=True, slots=True)
class MonthCount:
    """One unit of a person's year: days on post, days per slot, working days absent, and what came of it.

    ``owner`` is the slot that owns most of the days (of equals the one that owns the earliest of them).
    """

    month: int
    rate_fen: int
    on_post: int
    owned: tuple[int, ...]
    absent_workdays: int
    verdict: Verdict
    owner: int


@dataclass(frozen=True, slots=True)
class Share:
    """What one school of a person gets; ``amount_fen`` is the floor of ``exact`` or one fen more."""

    months: tuple[int, ...]
    days: int
    exact: Fraction
    amount_fen: int

    @property
    def floor_fen(self) -> int:
        return floor(self.exact)


@dataclass(frozen=True, slots=True)
class PersonYear:
    """A person's year: the units with days on post, and one share per slot."""

    months: tuple[MonthCount, ...]
    shares: tuple[Share, ...]
    exact: Fraction
    total_fen: int


@dataclass
class YearCount:
    """Counts person-years of one year under one set of terms, remembering those already counted."""

    year: int
    terms: PayTerms
    _known: dict[tuple[object, ...], PersonYear] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        self.convention: str = self.terms.convention.value
        self.limit: Fraction = Fraction(self.terms.year_limit.value)
        self.month_share: Fraction = Fraction(self.terms.month_share.value)
        self.units = _units(self.year, self.terms, cut_at_rates=self.convention == "day")

    def person_year(
        self, spans: tuple[Span, ...], payable: tuple[bool, ...], absent: tuple[int, ...] = ()
    ) -> PersonYear:
        """The year of a person whose days are ``spans`` (in day order, disjoint).

        ``payable`` says per slot whether the school is in scope; ``absent`` gives the working days absent per
        month, January first, or nothing when there is no absence.
        """
        key = (spans, payable, absent)
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = self._count(spans, payable, absent)
        return known

    def _count(
        self, spans: tuple[Span, ...], payable: tuple[bool, ...], absent: tuple[int, ...]
    ) -> PersonYear:
        months: list[MonthCount] = []
        exact = [Fraction(0)] * len(payable)
        left = self.limit
        for unit in self.units:
            owned = _days_owned(unit, spans)
            if not owned:
                continue
            month = self._judge(unit, owned, payable, absent[unit.month - 1] if absent else 0)
            months.append(month)
            worth = min(left, self._worth(month))
            left -= worth
            for slot, part in self._divide(month, worth):
                exact[slot] += part * unit.rate_fen if payable[slot] else 0
        return _rounded(tuple(months), spans, exact)

    def _judge(self, unit: Unit, owned: dict[int, int], payable: tuple[bool, ...], absent: int) -> MonthCount:
        on_post = sum(owned.values())
        owner = max(owned, key=owned.__getitem__)  # the first of equals, and days stand in order
        per_slot = tuple(owned.get(slot, 0) for slot in range(len(payable)))
        verdict = self._verdict(unit, on_post, absent, in_scope=payable[owner])
        return MonthCount(unit.month, unit.rate_fen, on_post, per_slot, absent, verdict, owner)

    def _verdict(self, unit: Unit, on_post: int, absent: int, *, in_scope: bool) -> Verdict:
        if absent > self.terms.absence_limit.value:
            return "absent"
        if self.convention not in WHOLE_MONTHS:
            return "by_days"
        needed = {
            "month_min_days": self.terms.month_min_days.value,
            "month_any_day": 1,
            "month_full": unit.end - unit.start,
        }[self.convention]
        if on_post < needed:
            return "too_few_days"
        return "counted" if in_scope else "outside_scope"

    def _worth(self, month: MonthCount) -> Fraction:
        """Person-years of one unit, before the year's cap."""
        if month.verdict == "counted":
            return self.month_share
        if month.verdict != "by_days":
            return Fraction(0)
        if self.convention == "day":
            return Fraction(month.on_post, days_in_year(self.year))
        return self.month_share * Fraction(month.on_post, days_in_month(self.year, month.month))

    def _divide(self, month: MonthCount, worth: Fraction) -> list[tuple[int, Fraction]]:
        """A counted month goes whole to its owner; under the day-wise conventions each day to its own."""
        if self.convention in WHOLE_MONTHS:
            return [(month.owner, worth)]
        return [
            (slot, worth * Fraction(days, month.on_post)) for slot, days in enumerate(month.owned) if days
        ]


def _units(year: int, terms: PayTerms, *, cut_at_rates: bool) -> tuple[Unit, ...]:
    """The months with the rate of their first day; under ``day`` cut where the rate changes within one."""
    units: list[Unit] = []
    changes = [rate.since.toordinal() for rate in terms.rates] if cut_at_rates else []
    for month, period in enumerate(months_of(year), start=1):
        days = period.ordinals
        edges = [days.start, *(day for day in changes if days.start < day < days.stop), days.stop]
        for start, end in pairwise(edges):
            rate = terms.rate(date.fromordinal(start))
            units.append(Unit(month, start, end, rate.value if rate else 0))
    return tuple(units)


def _days_owned(unit: Unit, spans: tuple[Span, ...]) -> dict[int, int]:
    """Days of the unit per slot, in the order of each slot's first day; empty when nobody owns one."""
    owned: dict[int, int] = {}
    for start, end, slot in spans:
        days = min(end, unit.end) - max(start, unit.start)
        if days > 0:
            owned[slot] = owned.get(slot, 0) + days
    return owned


def _rounded(months: tuple[MonthCount, ...], spans: tuple[Span, ...], exact: list[Fraction]) -> PersonYear:
    """Half-up once for the person; each school's floor, and the missing fen to the largest fractions."""
    whole = sum(exact, Fraction(0))
    total = round_half_up(whole)
    days = [0] * len(exact)
    for start, end, slot in spans:
        days[slot] += end - start
    amounts = largest_remainder(exact, total, range(len(exact)))
    shares = tuple(
        Share(
            tuple(month.month for month in months if month.verdict == "counted" and month.owner == slot),
            days[slot],
            exact[slot],
            amounts[slot],
        )
        for slot in range(len(exact))
    )
    return PersonYear(months, shares, whole, total)
