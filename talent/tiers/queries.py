"""Titles in force, the tower they form and its lists, for whoever asks on a date."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from talent.core.access import Scope
from talent.core.overrides import book_in_force
from talent.core.periods import Period
from talent.core.work import Work
from talent.people.models import Employment, Person, School
from talent.people.queries import in_service_on, within
from talent.people.service import Spell
from talent.policy.book import Book
from talent.policy.tables import TierTable
from talent.tiers import rules
from talent.tiers.ledger import ANYBODY, Chosen, Held, Holder, Ledger, Place, Terms, read_ledger, titles_of
from talent.tiers.rules import Pyramid, TitleFact

TABLE = "tiers.table"
#: Every tier of the tower together, as ``holders`` takes it.
TOWER = "tower"
FULL_TIME = "full_time_teacher"


@dataclass(frozen=True, slots=True)
class HolderRow:
    """A line of a list: the title that put the person there, and where they are on the date."""

    holder: Holder
    place: Place | None
    title: Held
    term_end: date | None


def tables_of(book: Book) -> tuple[TierTable, ...]:
    """The tables of tiers of all times."""
    return tuple(dated.value for dated in book.entry(TABLE).values)


def table_on(book: Book, on: date) -> TierTable:
    """The table of tiers of a day."""
    table: TierTable = book.at(TABLE, on).value
    return table


def title_facts(session: Session, on: date, scope: Scope) -> list[TitleFact]:
    """The titles that began by ``on`` of everybody the scope reaches on it; two statements."""
    return [title.fact for title in read_ledger(session, on).within(on, scope)]


def pyramid(work: Work, on: date) -> Pyramid:
    """The tower on ``on`` of everybody the actor may see."""
    scope, table = work.require("title:read"), table_on(work.book, on)
    return tower_of(_ledger_on(work, on).in_force(on, table, scope), table)


def tower_of(held: Iterable[Held], table: TierTable) -> Pyramid:
    """The tower that titles in force form."""
    return rules.tower_of([title.fact for title in held], table)


def _ledger_on(work: Work, on: date) -> Ledger:
    """The titles that may be held on one day."""
    return read_ledger(work.session, on, terms=Terms(on, since=on, tables=tables_of(work.book)))


def document(work: Work, on: date) -> dict[str, Any]:
    """The tower as JSON: ``{"on", "tiers": [{"tier", "holders"}], "people"}``, tiers in table order."""
    tower = pyramid(work, on)
    counts = {**tower.tower, **tower.beside}
    return {"on": on.isoformat(), "tiers": [{"tier": code, "holders": count} for code, count in counts.items()],
            "people": tower.people}


def best_titles(held: Iterable[Held], on: date, table: TierTable) -> dict[int, Held]:
    """Person id → the title that places the person in the tower: the highest, of equal ones the longest running."""
    best: dict[int, Held] = {}
    for title in held:
        rank = table.rank(title.fact.tier)
        known = best.get(title.holder.person_id) if rank else None
        if rank and (known is None or _is_above(title, known, table)):
            best[title.holder.person_id] = title
    return best


def _is_above(title: Held, other: Held, table: TierTable) -> bool:
    step = table.rank(title.fact.tier) - table.rank(other.fact.tier)
    if step:
        return step > 0
    return (rules.term_end(title.fact, table) or date.max) > (rules.term_end(other.fact, table) or date.max)


def rows_of(ledger: Ledger, on: date, table: TierTable, titles: Iterable[Held]) -> list[HolderRow]:
    """Titles as lines of a list, by staff number."""
    rows = [HolderRow(title.holder, ledger.place(title.holder.person_id, on), title, rules.term_end(title.fact, table))
            for title in titles]
    return sorted(rows, key=lambda row: row.holder.staff_no)


def holders_in(ledger: Ledger, on: date, table: TierTable, held: Iterable[Held], tier: str) -> list[HolderRow]:
    """The holders of one tier as the tower counts them (highest only), of ``TOWER``, or of an honour beside it."""
    if tier == TOWER or table.rank(tier):
        best = best_titles(held, on, table).values()
        return rows_of(ledger, on, table, (title for title in best if tier in (TOWER, title.fact.tier)))
    once = {title.holder.person_id: title for title in held if title.fact.tier == tier}
    return rows_of(ledger, on, table, once.values())


def holders(
    work: Work, on: date, tier: str, *, offset: int = 0, limit: int = 50, chosen: Chosen = ANYBODY
) -> tuple[list[HolderRow], int]:
    """A page of the holders of ``tier`` on ``on``, and how many there are."""
    scope, table, ledger = work.require("title:read"), table_on(work.book, on), _ledger_on(work, on)
    rows = holders_in(ledger, on, table, ledger.in_force(on, table, scope, chosen), tier)
    return rows[offset:offset + limit], len(rows)


def highest_titles(
    session: Session, person_ids: Collection[int], on: date, table: TierTable | None = None
) -> dict[int, str]:
    """Person id → the highest tower tier held on ``on``; who holds none is absent. For lists a page long."""
    table = table or table_on(book_in_force(session), on)
    terms = Terms(on, since=on, tables=(table,))
    held = read_ledger(session, on, person_ids, terms).in_force(on, table, Scope(everyone=True))
    return {person: title.fact.tier for person, title in best_titles(held, on, table).items()}


def titles_of_person(session: Session, person_id: int, spells: Iterable[Spell] | None = None) -> list[Held]:
    """Every title of one person, the latest term first; one statement where the employments are known already."""
    titles: Sequence[Held]
    if spells is None:
        titles = read_ledger(session, person_ids=(person_id,)).titles
    else:
        titles = titles_of(session, person_id, spells)
    return sorted(titles, key=lambda title: title.fact.term_from, reverse=True)


def titles_ending(
    session: Session, period: Period, book: Book, scope: Scope
) -> tuple[list[HolderRow], TierTable]:
    """The titles in force on the period's first day whose term ends within it, by staff number; and the table."""
    on, by = period.start or date.min, period.last
    table, tables = table_on(book, on), tables_of(book)
    persons = None if scope.everyone or scope.schools else scope.persons
    ledger = read_ledger(session, on, persons, Terms(on, since=on, ending_by=by, tables=tables))
    rows = rows_of(ledger, on, table, ledger.in_force(on, table, scope))
    return [row for row in rows if row.term_end is not None and by is not None and row.term_end <= by], table


def full_time_teachers(session: Session, on: date, scope: Scope, chosen: Chosen = ANYBODY) -> int:
    """在职专任教师 on ``on`` among those reached: what the tower's people are a share of."""
    query = (
        select(func.count(Employment.person_id.distinct()))
        .join(Person, Person.id == Employment.person_id).join(School, School.id == Employment.school_id)
        .where(in_service_on(on), within(scope), Employment.category == FULL_TIME)
    )
    for column, wanted in ((Employment.stage, chosen.stage), (Employment.subject, chosen.subject),
                           (School.ownership, chosen.ownership)):
        if wanted:
            query = query.where(column == wanted)
    return session.scalar(query) or 0
