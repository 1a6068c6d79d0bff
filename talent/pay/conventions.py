"""How days on post become money: the five conventions, the year's cap, one rounding (rules §2.5–2.9).

Everything here is exact.  A person-year is cut into so many equal parts that every month, day and remainder of it
is a whole number of them, so only integers are added up, and a ``Fraction`` stands at the end alone.  A person's
year depends only on which days which of their schools owns and on their absences, so equal years are counted once
and shared (:class:`YearCount`).
"""

from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from itertools import pairwise
from math import floor, lcm
from typing import Final, Literal, NamedTuple

from talent.assistance.rules import days_needed
from talent.core.money import largest_remainder, round_half_up
from talent.core.periods import days_in_month, days_in_year, months_of
from talent.pay.facts import PayTerms

WHOLE_MONTHS: Final = ("month_min_days", "month_any_day", "month_full")
CONVENTIONS: Final = (*WHOLE_MONTHS, "month_partial", "day")

Verdict = Literal["counted", "by_days", "too_few_days", "absent", "outside_scope"]

# Days in a row owned by one school of a person: ordinals [start, end) and the school's slot. Slots number a
# person's schools in the order of their codes, so a lower slot is a lower code.
Span = tuple[int, int, int]


class Unit(NamedTuple):
    """A month, or under ``day`` the part of a month with one rate; ordinals ``[start, end)``.

    ``needed`` are the days on post that make it count, ``worth`` is its part of a person-year when it counts;
    where days are counted one by one, ``needed`` is 0 and ``worth`` that of a day.
    """

    month: int
    start: int
    end: int
    rate_fen: int
    needed: int
    worth: int


class MonthCount(NamedTuple):
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
        self.whole_months = self.convention in WHOLE_MONTHS
        self.absence_limit: int = self.terms.absence_limit.value
        limit, share = Fraction(self.terms.year_limit.value), Fraction(self.terms.month_share.value)
        # A month and its days divide the first factor; what the cap leaves of one, the second among its days.
        self.parts = lcm(
            limit.denominator, share.denominator * lcm(*_lengths(self.year)), days_in_year(self.year)
        ) * lcm(*range(1, 32))
        self.limit = limit.numerator * (self.parts // limit.denominator)
        self.month_parts = share.numerator * (self.parts // share.denominator)
        self.units = self._units()

    def _units(self) -> tuple[Unit, ...]:
        """The months with the rate of their first day; under ``day`` cut where the rate changes within one."""
        units: list[Unit] = []
        changes = [rate.since.toordinal() for rate in self.terms.rates] if self.convention == "day" else []
        for month, period in enumerate(months_of(self.year), start=1):
            days = period.ordinals
            edges = [days.start, *(day for day in changes if days.start < day < days.stop), days.stop]
            for start, end in pairwise(edges):
                rate = self.terms.rate(date.fromordinal(start))
                units.append(Unit(month, start, end, rate.value if rate else 0, *self._measure(len(days))))
        return tuple(units)

    def _measure(self, length: int) -> tuple[int, int]:
        """Days needed and worth of a unit in a month of so many days."""
        match self.convention:
            case code if code in WHOLE_MONTHS:
                return days_needed(code, self.terms.month_min_days.value, length), self.month_parts
            case "month_partial":
                return 0, self.month_parts // length
            case _:
                return 0, self.parts // days_in_year(self.year)

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
        parts = [0] * len(payable)  # of a person-year, times fen per person-year
        left = self.limit
        for unit in self.units:
            owned = _days_owned(unit, spans)
            if owned:
                month = self._judge(unit, owned, payable, absent[unit.month - 1] if absent else 0)
                months.append(month)
                left -= self._earn(unit, month, left, payable, parts)
        return self._rounded(tuple(months), spans, parts)

    def _judge(self, unit: Unit, owned: dict[int, int], payable: tuple[bool, ...], absent: int) -> MonthCount:
        on_post = sum(owned.values())
        owner = max(owned, key=owned.__getitem__)  # the first of equals, and days stand in order
        per_slot = tuple([owned.get(slot, 0) for slot in range(len(payable))])
        verdict = self._verdict(unit, on_post, absent, in_scope=payable[owner])
        return MonthCount(unit.month, unit.rate_fen, on_post, per_slot, absent, verdict, owner)

    def _verdict(self, unit: Unit, on_post: int, absent: int, *, in_scope: bool) -> Verdict:
        if absent > self.absence_limit:
            return "absent"
        if not self.whole_months:
            return "by_days"
        if on_post < unit.needed:
            return "too_few_days"
        return "counted" if in_scope else "outside_scope"

    def _earn(
        self, unit: Unit, month: MonthCount, left: int, payable: tuple[bool, ...], parts: list[int]
    ) -> int:
        """Adds a unit to its schools, as far as the year's cap leaves room; the parts of a person-year it took.

        A counted month goes whole to its owner; under the day-wise conventions each day to its own.
        """
        if month.verdict == "counted":
            worth = min(left, unit.worth)
            parts[month.owner] += worth * unit.rate_fen
            return worth
        if month.verdict != "by_days":
            return 0
        worth = min(left, unit.worth * month.on_post)
        for slot, days in enumerate(month.owned):
            if days and payable[slot]:
                parts[slot] += worth * days // month.on_post * unit.rate_fen
        return worth

    def _rounded(self, months: tuple[MonthCount, ...], spans: tuple[Span, ...], parts: list[int]) -> PersonYear:
        """Half-up once for the person; each school's floor, and the missing fen to the largest fractions."""
        whole = Fraction(sum(parts), self.parts)
        total = round_half_up(whole)
        exact = [Fraction(part, self.parts) for part in parts] if len(parts) > 1 else [whole]
        amounts = largest_remainder(exact, total, range(len(exact))) if len(parts) > 1 else [total]
        days = [0] * len(parts)
        for start, end, slot in spans:
            days[slot] += end - start
        shares = tuple([
            Share(
                tuple([month.month for month in months if month.verdict == "counted" and month.owner == slot]),
                days[slot],
                exact[slot],
                amounts[slot],
            )
            for slot in range(len(exact))
        ])
        return PersonYear(months, shares, whole, total)


def _lengths(year: int) -> set[int]:
    return {days_in_month(year, month) for month in range(1, 13)}


def _days_owned(unit: Unit, spans: tuple[Span, ...]) -> dict[int, int]:
    """Days of the unit per slot, in the order of each slot's first day; empty when nobody owns one."""
    first, after = unit.start, unit.end
    owned: dict[int, int] = {}
    for start, end, slot in spans:
        if start < after and first < end:
            days = (end if end < after else after) - (start if start > first else first)
            owned[slot] = owned.get(slot, 0) + days
    return owned
