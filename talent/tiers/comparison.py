"""Two dates of the tower against each other: who came, rose, fell, whose term ran out, who left."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from talent.core.access import Scope
from talent.policy.tables import TierTable
from talent.tiers import rules
from talent.tiers.ledger import ANYBODY, Chosen, Held, Ledger
from talent.tiers.queries import HolderRow, best_titles, rows_of

Change = Literal["new", "joined", "rose", "fell", "expired", "gone", "moved"]
CHANGES: tuple[Change, ...] = ("new", "joined", "rose", "fell", "expired", "gone", "moved")
#: Those that make the tower larger, and smaller: what came less what went is the difference of the two totals.
CAME: tuple[Change, ...] = ("new", "joined")
WENT: tuple[Change, ...] = ("expired", "gone", "moved")


@dataclass(frozen=True, slots=True)
class Side:
    """One date: the title that places each person, district-wide and among those looked at."""

    on: date
    table: TierTable
    all: Mapping[int, Held]
    seen: Mapping[int, Held]


def side(ledger: Ledger, on: date, table: TierTable, scope: Scope, chosen: Chosen = ANYBODY) -> Side:
    """The tower of ``on``; somebody outside the scope or the choice stands only in ``all``."""
    everybody = best_titles(ledger.in_force(on, table, Scope(everyone=True)), on, table)
    seen = everybody
    if not scope.everyone or chosen != ANYBODY:
        seen = {person: title for person, title in everybody.items() if ledger.reaches(person, on, scope, chosen)}
    return Side(on, table, everybody, seen)


def changes(ledger: Ledger, before: Side, after: Side) -> dict[Change, list[HolderRow]]:
    """Who changed between the two dates, each person in one list; those who fell out as they stood before.

    ``joined`` and ``moved`` are people who kept a title and came into, or went out of, what is looked at.
    """
    came: dict[Change, list[Held]] = {change: [] for change in CHANGES}
    went: dict[Change, list[Held]] = {change: [] for change in WENT}
    for person, title in after.seen.items():
        found = _arrival(person, title, before, after)
        if found:
            came[found].append(title)
    for person, title in before.seen.items():
        if person not in after.seen:
            went[_departure(person, title, before, after)].append(title)
    rows = {change: rows_of(ledger, after.on, after.table, titles) for change, titles in came.items()}
    return rows | {change: rows_of(ledger, before.on, before.table, titles) for change, titles in went.items()}


def _arrival(person: int, title: Held, before: Side, after: Side) -> Change | None:
    if person not in before.seen:
        return "joined" if person in before.all else "new"
    was = after.table.rank(before.seen[person].fact.tier)
    now = after.table.rank(title.fact.tier)
    return "rose" if now > was else "fell" if now < was else None


def _departure(person: int, title: Held, before: Side, after: Side) -> Change:
    if person in after.all:
        return "moved"
    end = rules.term_end(title.fact, before.table)
    ran_out = (end is not None and end < after.on and rules.state_on(title.fact, end) == rules.IN_OFFICE
               and not rules.ended_by_leaving(title.fact, end))
    return "expired" if ran_out else "gone"
