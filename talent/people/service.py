"""What dated employments say of somebody's service. Pure."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from talent.core.periods import ONE_DAY, Period
from talent.core.terms import IN_SERVICE

LONG_LEAVE = "long_leave"


@dataclass(frozen=True, slots=True)
class Spell:
    """One employment, half-open. ``left_on`` is the first day out of service."""

    valid_from: date | None
    valid_to: date | None
    status: str
    left_on: date | None = None


def status_on(status: str, left_on: date | None, on: date) -> str:
    """The status as it stood on a day: who leaves later is still on post."""
    return "on_post" if status not in IN_SERVICE and left_on is not None and left_on > on else status


def presence(spell: Spell) -> list[tuple[Period, bool]]:
    """The spell as periods, each with whether the person was in service: one that ends in leaving is two."""
    whole = Period(spell.valid_from, spell.valid_to)
    if spell.status in IN_SERVICE:
        return [(whole, True)]
    left_on = spell.left_on or spell.valid_from
    if left_on is not None and spell.valid_to is not None and left_on >= spell.valid_to:
        return [(whole, True)]
    before = left_on is not None and (spell.valid_from is None or spell.valid_from < left_on)
    stayed = [(Period(spell.valid_from, left_on), True)] if before else []
    return [*stayed, (Period(left_on, spell.valid_to), False)]


def away(spells: Iterable[Spell]) -> tuple[Period, ...]:
    """The periods out of service, each from a 离岗日期 on, in the order given."""
    return tuple(period for spell in spells for period, there in presence(spell) if not there)


def last_day(spells: Iterable[Spell], on: date) -> date | None:
    """The last day of service of somebody who had left by ``on``; None for who serves then, or never did before."""
    periods = served(spells)
    ended = [period.end for period in periods if period.end is not None and period.end <= on]
    return max(ended) - ONE_DAY if ended and not any(period.contains(on) for period in periods) else None


def served(spells: Iterable[Spell], without: Collection[str] = ()) -> list[Period]:
    """The periods in service, in order; ``without`` leaves out statuses such as long leave."""
    periods = [
        period for spell in spells if spell.status not in without and (period := _in_service(spell)) is not None
    ]
    return sorted(periods, key=lambda period: period.start or date.min)


def _in_service(spell: Spell) -> Period | None:
    ends = [spell.valid_to]
    if spell.status not in IN_SERVICE:
        if spell.left_on is None:
            return None
        ends.append(spell.left_on)
    end = min((day for day in ends if day is not None), default=None)
    if spell.valid_from is not None and end is not None and end <= spell.valid_from:
        return None
    return Period(spell.valid_from, end)
