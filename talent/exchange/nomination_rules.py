"""What a school may ask of its people's assistance: pure, one spell against what is asked of it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from talent.core.errors import Finding

HOST, FIRST_DAY = "host", "started_on"


@dataclass(frozen=True, slots=True)
class Spell:
    """Days at a host, both in; an open end runs on."""

    host: str
    started_on: date
    ended_on: date | None = None

    @property
    def last(self) -> date:
        """The last day, of an open end the last there is."""
        return self.ended_on or date.max

    def meets(self, other: "Spell") -> bool:
        """Whether the two share a day."""
        return self.started_on <= other.last and other.started_on <= self.last


def judge_move(now: Spell, host: str, on: date | None) -> list[Finding]:
    """What stands against going to ``host`` from ``on``: the spell goes on there, so it has begun and runs."""
    found = []
    if host.strip() == now.host:
        found.append(Finding("nomination.same_host", params={"host": now.host, "field": HOST}))
    if on is None:
        found.append(Finding("nomination.no_day", params={"field": FIRST_DAY}))
    elif not now.started_on < on <= now.last:
        found.append(Finding("nomination.move_outside", params={
            "start": now.started_on, "end": now.ended_on or "—", "field": FIRST_DAY}))
    return found


def day_before(on: date) -> date:
    """The last day at the host before."""
    return on - timedelta(days=1)


def overlapping(asked: Spell, others: Iterable[Spell]) -> list[Spell]:
    """The spells that share a day with the one asked for; a day of two counts once, to the one that began first."""
    return sorted((other for other in others if asked.meets(other)), key=lambda other: other.started_on)


def years_touched(now: Spell | None, then: Spell) -> range:
    """The calendar years in which days on post would come or go. Another host for the same days changes none."""
    if now is None:
        return range(then.started_on.year, then.last.year + 1)
    if now.last == then.last:
        return range(0)
    first, last = sorted((now.last, then.last))
    return range((first + timedelta(days=1)).year, last.year + 1)


def in_years(years: range, locked: Sequence[int]) -> list[int]:
    """Which of the locked years are touched."""
    return [year for year in locked if year in years]
