"""Titles and their holders on any date, read in three statements whatever their number.

A :class:`Ledger` holds the titles that began by a day with their states, and where their holders were. The rules look
at nothing later than the date they are asked for, so one ledger answers for every earlier date too.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select, true
from sqlalchemy.orm import Session

from talent.core.access import Scope
from talent.core.overrides import book_in_force
from talent.core.periods import Period
from talent.core.terms import IN_SERVICE
from talent.core.work import Work
from talent.people.models import Employment, Person, School
from talent.people.queries import in_service_on, within
from talent.policy.book import Book
from talent.policy.tables import TierTable
from talent.tiers import rules
from talent.tiers.models import Title, TitleState
from talent.tiers.rules import Pyramid, StateFact, TitleFact

TABLE = "tiers.table"
#: Every tier of the tower together, as ``holders`` takes it.
TOWER = "tower"
FULL_TIME = "full_time_teacher"


@dataclass(frozen=True, slots=True)
class Holder:
    """A person of the ledger."""

    person_id: int
    staff_no: str
    name: str


@dataclass(frozen=True, slots=True)
class Place:
    """Where a person was during one period."""

    period: Period
    school_id: int
    school: str
    ownership: str
    stage: str
    subject: str
    category: str
    in_service: bool


@dataclass(frozen=True, slots=True)
class Held:
    """One title as recorded, and the fact the rules judge."""

    title_id: int
    holder: Holder
    round: str
    recognised_on: date
    document_no: str
    fact: TitleFact


@dataclass(frozen=True, slots=True)
class Chosen:
    """What a list of holders is narrowed to; "" leaves a side open. ``stage`` and ``subject`` are the post's."""

    stage: str = ""
    subject: str = ""
    ownership: str = ""

    def takes(self, place: Place | None) -> bool:
        """Whether somebody at ``place`` is meant."""
        if self == ANYBODY:
            return True
        return place is not None and all(
            not wanted or wanted == found
            for wanted, found in ((self.stage, place.stage), (self.subject, place.subject),
                                  (self.ownership, place.ownership))
        )


ANYBODY = Chosen()


@dataclass(frozen=True, slots=True)
class HolderRow:
    """A line of a list: the title that put the person there, and where they are on the date."""

    holder: Holder
    place: Place | None
    title: Held
    term_end: date | None


@dataclass(frozen=True)
class Ledger:
    """Titles, and the places of their holders by person id."""

    titles: Sequence[Held]
    places: dict[int, tuple[Place, ...]]

    def place(self, person_id: int, on: date) -> Place | None:
        """Where the person was on ``on``, None when no period holds it."""
        return next((place for place in self.places.get(person_id, ()) if place.period.contains(on)), None)

    def reaches(self, person_id: int, on: date, scope: Scope, chosen: Chosen = ANYBODY) -> bool:
        """Whether the person belongs to the scope on ``on`` and is one of the chosen."""
        if scope.everyone and chosen == ANYBODY:
            return True
        place = self.place(person_id, on)
        there = place is not None and place.school_id in scope.schools
        inside = scope.everyone or person_id in scope.persons or there
        return inside and chosen.takes(place)

    def within(self, on: date, scope: Scope, chosen: Chosen = ANYBODY) -> tuple[Held, ...]:
        """The titles of the persons the scope and the choice reach on ``on``."""
        people = {title.holder.person_id for title in self.titles}
        reached = {person for person in people if self.reaches(person, on, scope, chosen)}
        return tuple(title for title in self.titles if title.holder.person_id in reached)

    def in_force(self, on: date, table: TierTable, scope: Scope, chosen: Chosen = ANYBODY) -> tuple[Held, ...]:
        """The titles held on ``on`` by the persons reached; a tier the table no longer has is passed over."""
        known = frozenset(table.codes)
        held = (title for title in self.titles
                if title.fact.term_from <= on and title.fact.tier in known and rules.is_in_force(title.fact, on, table))
        return tuple(title for title in held if self.reaches(title.holder.person_id, on, scope, chosen))


def read_ledger(session: Session, until: date | None = None, person_ids: Collection[int] | None = None) -> Ledger:
    """The titles whose term began by ``until`` (None: all), of everybody or of the given persons."""
    wanted = _wanted(until, person_ids)
    places = _places(session, wanted)
    return Ledger(_titles(session, wanted, places), places)


def _wanted(until: date | None, person_ids: Collection[int] | None) -> ColumnElement[bool]:
    begun = true() if until is None else Title.term_from <= until
    return begun if person_ids is None else begun & Title.person_id.in_(person_ids)


def _places(session: Session, wanted: ColumnElement[bool]) -> dict[int, tuple[Place, ...]]:
    rows = session.execute(
        select(Employment.person_id, Employment.valid_from, Employment.valid_to, Employment.left_on, Employment.status,
               Employment.school_id, School.name, School.ownership, Employment.stage, Employment.subject,
               Employment.category)
        .join(School, School.id == Employment.school_id)
        .where(Employment.person_id.in_(select(Title.person_id).where(wanted)))
        .order_by(Employment.person_id, Employment.valid_from)
    )
    places: dict[int, list[Place]] = {}
    for row in rows:
        places.setdefault(row.person_id, []).extend(_places_of(row))
    return {person: tuple(found) for person, found in places.items()}


def _places_of(row: Any) -> Iterable[Place]:
    """A period that ends in leaving is two: in service up to 离岗日期, out of it from then on."""
    rest = (row.school_id, row.name, row.ownership, row.stage, row.subject, row.category)
    if row.status in IN_SERVICE:
        yield Place(Period(row.valid_from, row.valid_to), *rest, in_service=True)
        return
    left_on = row.left_on or row.valid_from
    if left_on is not None and row.valid_to is not None and left_on >= row.valid_to:
        yield Place(Period(row.valid_from, row.valid_to), *rest, in_service=True)
        return
    if left_on is not None and (row.valid_from is None or row.valid_from < left_on):
        yield Place(Period(row.valid_from, left_on), *rest, in_service=True)
    yield Place(Period(left_on, row.valid_to), *rest, in_service=False)


def _titles(session: Session, wanted: ColumnElement[bool], places: dict[int, tuple[Place, ...]]) -> list[Held]:
    states = _states(session, wanted)
    away = {person: tuple(place.period for place in found if not place.in_service) for person, found in places.items()}
    rows = session.execute(
        select(Title.id, Title.person_id, Person.staff_no, Person.name, Title.tier, Title.round, Title.subject,
               Title.stage, Title.recognised_on, Title.term_from, Title.term_to, Title.document_no)
        .join(Person, Person.id == Title.person_id).where(wanted).order_by(Person.staff_no, Title.term_from, Title.id)
    )
    return [
        Held(row.id, Holder(row.person_id, row.staff_no, row.name), row.round, row.recognised_on, row.document_no,
             TitleFact(row.staff_no, row.tier, row.term_from, row.term_to, states.get(row.id, ()),
                       away.get(row.person_id, ()), row.subject, row.stage))
        for row in rows
    ]


def _states(session: Session, wanted: ColumnElement[bool]) -> dict[int, tuple[StateFact, ...]]:
    rows = session.execute(
        select(TitleState.title_id, TitleState.state, TitleState.changed_on)
        .join(Title, Title.id == TitleState.title_id).where(wanted).order_by(TitleState.id)
    )
    states: dict[int, tuple[StateFact, ...]] = {}
    for row in rows:
        states[row.title_id] = (*states.get(row.title_id, ()), StateFact(row.state, row.changed_on))
    return states


def table_on(book: Book, on: date) -> TierTable:
    """The table of tiers of a day."""
    table: TierTable = book.at(TABLE, on).value
    return table


def title_facts(session: Session, on: date, scope: Scope) -> list[TitleFact]:
    """The titles that began by ``on`` of everybody the scope reaches on it; three statements."""
    return [title.fact for title in read_ledger(session, on).within(on, scope)]


def backbone_on(session: Session, on: date, table: TierTable) -> frozenset[int]:
    """县级以上骨干 on ``on`` by person id; three statements over the titles of those tiers whose term is not over."""
    running = or_(Title.term_to.is_(None), Title.term_to >= on)
    wanted = and_(Title.tier.in_(sorted(table.backbone)), Title.term_from <= on, running)
    places = _places(session, wanted)
    held = Ledger(_titles(session, wanted, places), places).in_force(on, table, Scope(everyone=True))
    return frozenset(title.holder.person_id for title in held)


def pyramid(work: Work, on: date) -> Pyramid:
    """The tower on ``on`` of everybody the actor may see."""
    scope = work.require("title:read")
    return tower_of(read_ledger(work.session, on).in_force(on, table_on(work.book, on), scope), on,
                    table_on(work.book, on))


def tower_of(held: Iterable[Held], on: date, table: TierTable) -> Pyramid:
    """The tower that titles form."""
    return rules.pyramid((title.fact for title in held), on, table)


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
        known = best.get(title.holder.person_id)
        if table.rank(title.fact.tier) and (known is None or _worth(title, table) > _worth(known, table)):
            best[title.holder.person_id] = title
    return best


def _worth(title: Held, table: TierTable) -> tuple[int, date]:
    return table.rank(title.fact.tier), rules.term_end(title.fact, table) or date.max


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
    scope, table, ledger = work.require("title:read"), table_on(work.book, on), read_ledger(work.session, on)
    rows = holders_in(ledger, on, table, ledger.in_force(on, table, scope, chosen), tier)
    return rows[offset:offset + limit], len(rows)


def highest_titles(
    session: Session, person_ids: Collection[int], on: date, table: TierTable | None = None
) -> dict[int, str]:
    """Person id → the highest tower tier held on ``on``; who holds none is absent. For lists a page long."""
    table = table or table_on(book_in_force(session), on)
    held = read_ledger(session, on, person_ids).in_force(on, table, Scope(everyone=True))
    return {person: title.fact.tier for person, title in best_titles(held, on, table).items()}


def titles_of_person(session: Session, person_id: int) -> list[Held]:
    """Every title of one person, the latest term first."""
    return sorted(read_ledger(session, person_ids=(person_id,)).titles, key=lambda title: title.fact.term_from,
                  reverse=True)


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
