"""Training hours (rules §3): which records count, the two views, the target of a cycle. Hours are hundredths.

*Evaluation view*: a rolling window of five years up to and including the count date, no caps.
*Cycle view*: from the start of the fixed five-year cycle to the date, some levels capped.
A level may be in neither view (新任教师): its hours are kept apart.

*Months served* are exact: a span of days is worth, in each calendar month it touches, its days in that month
over the days of the month.  Somebody who starts on a month's first day serves from that month on.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from math import floor
from typing import Final, Literal, Self

from talent.core.errors import Finding
from talent.core.periods import (
    ONE_DAY,
    Period,
    add_months,
    add_years,
    days_in_month,
    years_before,
)
from talent.policy.book import Book, Value
from talent.policy.tables import HoursLevelTable

View = Literal["evaluation", "cycle"]

# Field of the policy below → key of the book.
KEYS: Final = {
    "levels": "hours.levels",
    "evaluation_minimum": "hours.evaluation_minimum",
    "evaluation_years": "hours.evaluation_years",
    "cycle_start": "hours.cycle_start",
    "cycle_years": "hours.cycle_years",
    "cycle_target": "hours.cycle_target",
    "cycle_target_step": "hours.cycle_target_step",
    "cycle_caps": "hours.cycle_caps",
    "daily_maximum": "hours.daily_maximum",
    "induction_minimum": "hours.induction_minimum",
    "induction_months": "hours.induction_months",
    "discarded_results": "hours.discarded_results",
}


@dataclass(frozen=True)
class HoursPolicy:
    """The parameters of training hours on one date; ``values`` keeps each with its basis and source."""

    levels: HoursLevelTable
    evaluation_minimum: int
    evaluation_years: int
    cycle_start: date
    cycle_years: int
    cycle_target: int
    cycle_target_step: int
    cycle_caps: Mapping[str, int]
    daily_maximum: int
    induction_minimum: int
    induction_months: int
    discarded_results: tuple[str, ...]
    values: tuple[Value, ...]

    @classmethod
    def in_force(cls, book: Book, on: date) -> Self:
        """The parameters on ``on``; ``NotInForce`` when one has no value yet."""
        found = {field: book.at(key, on) for field, key in KEYS.items()}
        return cls(values=tuple(found.values()), **{field: value.value for field, value in found.items()})

    @property
    def assumed(self) -> tuple[Value, ...]:
        """The parameters nobody decided, to be named beside the figures."""
        return tuple(value for value in self.values if value.assumed)

    def value(self, key: str) -> Value:
        """One parameter with its basis and source."""
        return next(value for value in self.values if value.key == key)


@dataclass(frozen=True, slots=True)
class HoursRecord:
    """One person's part in one activity: ``start`` None = a single day, ``result`` None = not stated."""

    level: str
    end: date
    hours: int
    start: date | None = None
    result: str | None = None
    state: str = "recognised"


@dataclass(frozen=True, slots=True)
class LevelHours:
    """Hours of one level in a view: all of them, and those that count under its cap."""

    level: str
    recorded: int
    counted: int

    @property
    def over(self) -> int:
        """Hours beyond the cap: there, but not counted."""
        return self.recorded - self.counted


@dataclass(frozen=True, slots=True)
class HoursView:
    """One person's hours in one view, level by level in display order; ``apart`` are levels in no view."""

    levels: tuple[LevelHours, ...]
    apart: int

    @property
    def hours(self) -> int:
        """The hours that count."""
        return sum(row.counted for row in self.levels)

    @property
    def recorded(self) -> int:
        """The hours of the view before any cap."""
        return sum(row.recorded for row in self.levels)


def rolling_window(on: date, years: int) -> Period:
    """The evaluation window of ``years`` that ends with ``on``: 2022-08-31, 5 → from 2017-09-01."""
    return Period(years_before(on + ONE_DAY, years), on + ONE_DAY)


def cycle_of(on: date, policy: HoursPolicy) -> Period:
    """The whole fixed cycle that holds ``on``."""
    anchor, years = policy.cycle_start, policy.cycle_years
    turns = (on.year - anchor.year) // years
    if add_years(anchor, turns * years) > on:
        turns -= 1
    return Period(add_years(anchor, turns * years), add_years(anchor, (turns + 1) * years))


def window_of(view: View, on: date, policy: HoursPolicy) -> Period:
    """The days whose records a view counts on ``on``, that day included."""
    if view == "evaluation":
        return rolling_window(on, policy.evaluation_years)
    return Period(cycle_of(on, policy).start, on + ONE_DAY)


def is_recognised(record: HoursRecord, policy: HoursPolicy) -> bool:
    """Whether a record counts anywhere: recognised, and its result not one that is discarded."""
    return record.state == "recognised" and record.result not in policy.discarded_results


def sums_by_level(records: Iterable[HoursRecord], window: Period, policy: HoursPolicy) -> dict[str, int]:
    """Recognised hours of the records that end within ``window``, by level."""
    sums: dict[str, int] = {}
    for record in records:
        if is_recognised(record, policy) and window.contains(record.end):
            sums[record.level] = sums.get(record.level, 0) + record.hours
    return sums


def hours_view(view: View, sums: Mapping[str, int], policy: HoursPolicy) -> HoursView:
    """A view over sums by level of *its own* window; a level the policy does not know counts nowhere."""
    counted_in = policy.levels.counted_in(view)
    caps = policy.cycle_caps if view == "cycle" else {}
    rows = (
        LevelHours(code, sums.get(code, 0), min(sums.get(code, 0), caps.get(code, sums.get(code, 0))))
        for code in policy.levels.codes
        if code in counted_in
    )
    return HoursView(tuple(rows), sum(hours for code, hours in sums.items() if code not in counted_in))


def months_in(period: Period) -> Fraction:
    """A bounded period in months: each day is worth one over the days of its month."""
    if period.start is None or period.end is None:
        raise ValueError("an open period has no number of months")
    return _month_position(period.end) - _month_position(period.start)


def _month_position(day: date) -> Fraction:
    return day.year * 12 + day.month - 1 + Fraction(day.day - 1, days_in_month(day.year, day.month))


def months_served(served: Iterable[Period], on: date, policy: HoursPolicy) -> Fraction:
    """Months of the whole cycle of ``on`` that a person serves: 0 … 12 × its years.

    ``served`` are the days in service and not on long leave, as known on ``on``; overlapping periods count
    once, what they say of later days is ignored: the rest of the cycle counts as served.
    """
    cycle, after = cycle_of(on, policy), on + ONE_DAY
    known = Period(cycle.start, after)
    spans = [span for period in served if (span := period.intersect(known)) is not None]
    if cycle.end is not None and after < cycle.end:
        spans.append(Period(after, cycle.end))
    return sum((months_in(span) for span in _merged(spans)), Fraction(0))


def _merged(spans: Iterable[Period]) -> list[Period]:
    """Bounded spans in order, joined where they touch or overlap."""
    merged: list[Period] = []
    for span in sorted(spans, key=lambda span: (span.start or date.min, span.end or date.max)):
        last = merged[-1] if merged else None
        if last is not None and last.end is not None and span.start is not None and span.start <= last.end:
            merged[-1] = Period(last.start, max(last.end, span.end or date.max))
        else:
            merged.append(span)
    return merged


def cycle_target(months: Fraction | int, policy: HoursPolicy) -> int:
    """Hours owed in a cycle by somebody who serves ``months`` of it, half-up to the policy's step."""
    exact = Fraction(policy.cycle_target) * months / (12 * policy.cycle_years)
    step = policy.cycle_target_step
    return floor(exact / step + Fraction(1, 2)) * step if step else floor(exact + Fraction(1, 2))


def meets_evaluation(hours: int, policy: HoursPolicy) -> bool:
    """Whether the evaluation view reaches the minimum."""
    return hours >= policy.evaluation_minimum


def induction_window(teaching_since: date, policy: HoursPolicy) -> Period:
    """A new teacher's first year, in which the induction hours are due."""
    return Period(teaching_since, add_months(teaching_since, policy.induction_months))


def daily_finding(record: HoursRecord, policy: HoursPolicy) -> Finding | None:
    """More hours than a day holds, on average over the days of the activity, both ends in."""
    days = (record.end - (record.start or record.end)).days + 1
    if days < 1 or record.hours <= days * policy.daily_maximum:
        return None
    source = policy.value(KEYS["daily_maximum"]).source
    clause = f"{source.document} {source.clause}".strip()
    params = {
        "hours_hundredths": record.hours,
        "days": days,
        "maximum_hundredths": policy.daily_maximum,
        "clause": clause,
    }
    return Finding("training.over_daily_maximum", clause, params, "warning")
