"""Proposals to look at: the queue of school and bureau, a teacher's own, one with all that was said."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, false, func, or_, select, true

from talent.accounts.models import User
from talent.core.batches import ImportBatch
from talent.core.errors import NotFound
from talent.core.work import Work
from talent.exchange.ledgers import BY_KIND
from talent.exchange.models import Proposal
from talent.exchange.proposal_rules import OPEN, Case
from talent.exchange.proposals import DECIDE, READ, VERIFY, WRITE, is_oneself, own_person
from talent.people.models import Employment, Person, School
from talent.people.queries import current_on, school_name_on, within
from talent.people.search import matching

#: What people ask of their own records; schools' nominations have lists of their own.
OF_PERSONS = Proposal.asks == ""


@dataclass(frozen=True, slots=True)
class Narrowed:
    """What the queue is narrowed by; "" leaves it open. ``waiting``: only what the actor may answer now."""

    words: str = ""
    state: str = ""
    kind: str = ""
    school_code: str = ""
    overdue: bool = False
    waiting: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """A proposal in a list. ``title`` is the first thing its record says, ``school`` that of today.

    ``values``: what the record would say.
    """

    id: int
    person_id: int
    staff_no: str
    name: str
    school: str
    kind: str
    action: str
    title: str
    record_id: int | None
    state: str
    proposed_on: date
    answer: str
    case: Case
    asks: str = ""
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Said:
    """One step: who did what when, with what words; ``asks`` is that of the proposal."""

    act: str
    by: str
    at: datetime
    words: str
    asks: str = ""


@dataclass(frozen=True, slots=True)
class Detail:
    """One proposal: its line, what it asks, what the record said then, and every step. ``oneself``: the reader's own.

    ``undone``: what it wrote was taken back since.
    """

    line: Line
    version: int
    record_version: int | None
    cells: Mapping[str, str]
    seen: Mapping[str, str]
    reason: str
    said: Sequence[Said]
    oneself: bool
    undone: bool
    entry_id: int | None
    document_no: str = ""


def queue(work: Work, narrowed: Narrowed, *, offset: int = 0, limit: int = 50) -> tuple[list[Line], int]:
    """One page of the proposals within the actor's reach, what is due first in front; two statements."""
    found = and_(within(work.require(READ)), OF_PERSONS, narrowed_by(work, narrowed))
    order = [case((Proposal.state.in_(OPEN), 0), else_=1), Proposal.due_on, Proposal.id]
    return page_of(work, found, order, offset, limit)


def own(work: Work, *, offset: int = 0, limit: int = 50) -> tuple[list[Line], int]:
    """The actor's own, the latest first; two statements."""
    return page_of(work, and_(Proposal.person_id == own_person(work), OF_PERSONS), [Proposal.id.desc()], offset, limit)


def page_of(
    work: Work, found: ColumnElement[bool], order: Sequence[Any], offset: int, limit: int
) -> tuple[list[Line], int]:
    total = work.session.scalar(joined(work, select(func.count())).where(found)) or 0
    rows = work.session.execute(_lines(work).where(found).order_by(*order).offset(offset).limit(limit))
    return [_line(row) for row in rows], total


def waiting(work: Work) -> ColumnElement[bool]:
    """Proposals the actor may answer now: the school what nobody verified, the bureau what the rules let it decide."""
    parts: list[ColumnElement[bool]] = []
    if work.actor.may(VERIFY):
        parts.append(and_(Proposal.state == "submitted", within(work.actor.scope(VERIFY))))
    if work.actor.may(DECIDE):
        no_word = or_(Proposal.school_due_on < work.today, Employment.id.is_(None))
        parts.append(or_(Proposal.state == "verified", and_(Proposal.state == "submitted", no_word)))
    mine = [grant.person_id for grant in work.actor.grants if grant.person_id is not None]
    return and_(or_(*parts) if parts else false(), Proposal.person_id.not_in(mine))


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many proposals wait for the actor, how many of them past the actor's last day, and the first last day."""

    count: int
    overdue: int
    due_on: date | None


def waiting_for(work: Work) -> Waiting:
    """What :func:`waiting` finds, counted; one statement."""
    last = Proposal.due_on if work.actor.may(DECIDE) else Proposal.school_due_on
    late = func.sum(case((last < work.today, 1), else_=0))
    row = work.session.execute(
        joined(work, select(func.count(), late, func.min(last))).where(
            within(work.require(READ)), OF_PERSONS, waiting(work))).one()
    return Waiting(row[0], row[1] or 0, row[2])


def answered(work: Work, since: datetime) -> dict[str, tuple[int, datetime]]:
    """Of the actor's own answered since: recognised or returned → how many, the first when; one statement."""
    rows = work.session.execute(
        select(Proposal.state, func.count(), func.min(Proposal.decided_at)).where(
            Proposal.person_id == own_person(work), OF_PERSONS, Proposal.state.in_(("recognised", "returned")),
            Proposal.decided_at >= since).group_by(Proposal.state))
    return {state: (count, first) for state, count, first in rows if first is not None}


def own_cells(work: Work, proposal_id: int) -> dict[str, str]:
    """What a proposal of the actor's own asked for, to be asked for again; NotFound for anybody else's."""
    cells = work.session.scalar(
        select(Proposal.cells).where(Proposal.id == proposal_id, Proposal.person_id == own_person(work), OF_PERSONS))
    if cells is None:
        raise NotFound("proposal", proposal_id)
    found: dict[str, str] = json.loads(cells)
    return found


def schools(work: Work) -> list[tuple[str, str]]:
    """Code and name of every school, for who may propose: a record may point at any."""
    work.require(WRITE)
    rows = work.session.execute(select(School.code, school_name_on(work.today)).order_by(School.code))
    return [(code, name) for code, name in rows]


def detail(work: Work, proposal_id: int, kind: ColumnElement[bool] = OF_PERSONS) -> Detail:
    """One proposal, of its person or of the ``kind`` given, for who may see the person today; NotFound otherwise."""
    scope = work.require(READ)
    found = work.session.execute(_lines(work).where(Proposal.id == proposal_id, kind, within(scope))).one_or_none()
    if found is None:
        raise NotFound("proposal", proposal_id)
    row: Proposal = found[0]
    undone = row.entry_id is not None and work.session.scalar(
        select(ImportBatch.state).where(ImportBatch.id == row.entry_id)) == "undone"
    return Detail(
        _line(found), row.version, row.record_version, json.loads(row.cells), json.loads(row.seen), row.reason,
        steps_of(work.session, [row]), is_oneself(work, row), undone, row.entry_id,
        row.document_no)


def steps_of(session: Any, rows: Sequence[Proposal]) -> list[Said]:
    """Every step of the proposals in the order they were taken; one statement for the names."""
    accounts = {by for row in rows for by in (row.proposed_by, row.verified_by, row.decided_by)} - {None}
    names: dict[int | None, str] = {}
    if accounts:
        users = select(User.id, User.name, User.display_name).where(User.id.in_(accounts))
        names = {id_: display or name for id_, name, display in session.execute(users)}
    said = []
    for row in rows:
        ends = {"recognised": "recognise", "returned": "return", "withdrawn": "withdraw"}
        steps = [("submit", row.proposed_by, row.proposed_at, row.reason),
                 ("verify", row.verified_by, None if row.asks else row.verified_at, row.note),
                 (ends.get(row.state, ""), row.decided_by, row.decided_at, row.answer)]
        said += [Said(act, names.get(by, ""), at, words, row.asks) for act, by, at, words in steps if at is not None]
    return said


# ── the statement ────────────────────────────────────────────────────────────────────────────────────────────


def joined(work: Work, query: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    """Proposals with their people and the school of today, where there is one."""
    return (query.select_from(Proposal).join(Person, Person.id == Proposal.person_id)
            .outerjoin(Employment, and_(Employment.person_id == Person.id, current_on(Employment, work.today)))
            .outerjoin(School, School.id == Employment.school_id))


def _lines(work: Work) -> Select[*tuple[Any, ...]]:
    return joined(work, select(Proposal, Person.staff_no, Person.name, school_name_on(work.today).label("school"),
                                Employment.id.is_not(None).label("has_school")))


def narrowed_by(work: Work, narrowed: Narrowed) -> ColumnElement[bool]:
    parts: list[ColumnElement[bool]] = [matching(work, narrowed.words)]
    wanted = ((Proposal.state, narrowed.state), (Proposal.kind, narrowed.kind), (School.code, narrowed.school_code))
    parts += [column == value for column, value in wanted if value]
    if narrowed.overdue:
        parts.append(and_(Proposal.state.in_(OPEN), Proposal.due_on < work.today))
    return and_(*parts, waiting(work) if narrowed.waiting else true())


def _line(row: Any) -> Line:
    asked: Proposal = row[0]
    said = {**json.loads(asked.seen), **json.loads(asked.cells)}
    return Line(
        asked.id, asked.person_id, row.staff_no, row.name, row.school or "", asked.kind, asked.action,
        said.get(BY_KIND[asked.kind].shown[0], ""), asked.record_id, asked.state, asked.proposed_on, asked.answer,
        Case(asked.state, asked.school_due_on, asked.due_on, bool(row.has_school), bool(asked.asks)),
        asked.asks, said)
