"""The chain of a batch as its pages show it: how far it is, what is missing, who did what, what an adjustment moves."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, case, func, or_, select
from sqlalchemy.orm import Session

from talent.core.access import Actor
from talent.core.errors import Finding, NotFound
from talent.core.files import StoredFile
from talent.core.views import copied
from talent.core.work import Work
from talent.pay import stored
from talent.pay.acts import Acts, acts_of, lines_hash
from talent.pay.book import answering_schools, planned, standing_of, to_acknowledge
from talent.pay.chain import CAPACITIES, EDGES, OPEN, Standing, missing
from talent.pay.chain_models import PayStep
from talent.pay.ledger import MONEY
from talent.pay.ledger_models import PayEntry, PayPeriod, PayPeriodAct
from talent.pay.models import SUPERSEDED, PayBatch, PayFinding, PayLine
from talent.pay.queries import BatchHead, LineRow, assumed_in, head_of, line_rows, read_lines, readable
from talent.people.models import Person, School
from talent.people.queries import school_name_in, school_name_on
from talent.people.schools import names_on, spoken_for

#: Acts on a whole batch that have a page of their own.
DISTRICT = ("review", "approve", "lock", "return")


@dataclass(frozen=True, slots=True)
class StepShown:
    """An act on a batch as the log tells it."""

    id: int
    act: str
    capacity: str
    user_name: str
    entered_by_name: str
    carried_from: int | None
    at: datetime
    comment: str
    document: str
    sheet_id: int | None
    school_id: int | None


def shown(step: PayStep) -> StepShown:
    """An act for a page."""
    return copied(step, StepShown)


@dataclass(frozen=True, slots=True)
class ChainShown:
    """The way of a batch for its page. ``answers`` by code of the schools asked, "" before one answers; ``steps`` are
    the log, the latest first, with the ``schools`` they name; ``aside_fen`` is what stays out of the books."""

    standing: Standing
    answers: Mapping[str, str]
    steps: Sequence[StepShown]
    schools: Mapping[int, str]
    aside_fen: int


@dataclass(frozen=True, slots=True)
class ChainView:
    """A batch on its way; ``offered`` are the acts this reader's roles can do now."""

    acts: Acts
    standing: Standing
    missing: Sequence[Finding]
    answers: dict[str, str]
    offered: Sequence[str]
    schools: Mapping[int, str]
    aside_fen: int

    @property
    def shown(self) -> ChainShown:
        """What the page shows of it."""
        steps = [shown(step) for step in self.acts.steps[::-1]]
        return ChainShown(self.standing, self.answers, steps, self.schools, self.aside_fen)


def chain_view(work: Work, batch: PayBatch) -> ChainView:
    """How far the batch is. For those who see all of it."""
    work.require("pay:read")
    acts = acts_of(work.session, batch)
    codes = answering_schools(work.session, acts) if batch.state in OPEN else _schools_of(work.session, acts)
    standing = standing_of(work.session, acts, assumed=assumed_in(batch), asked=codes)
    answers = {code: acts.answers[key].act if key in acts.answers else "" for key, (code, _) in codes.items()}
    schools = {key: name for key, (_, name) in codes.items()}
    return ChainView(acts, standing, missing(standing), answers, offered(work.actor, acts), schools,
                     _aside(work.session, acts))


def _aside(session: Session, acts: Acts) -> int:
    """What the lock leaves out of a first run: held lines, and those of schools that dispute them."""
    if acts.batch.adjusts_id is not None or not (acts.held or acts.disputed):
        return 0
    left_out = or_(PayLine.id.in_(acts.held), PayLine.school_id.in_(acts.disputed))
    return int(session.scalar(select(func.coalesce(func.sum(PayLine.amount_fen), 0)).where(
        PayLine.batch_id == acts.batch.id, left_out)) or 0)


def _schools_of(session: Session, acts: Acts) -> dict[int, tuple[str, str]]:
    called = school_name_on(date(acts.batch.year, 12, 31))
    rows = session.execute(select(School.id, School.code, called).where(School.id.in_(list(acts.answers))))
    return {school_id: (code, name) for school_id, code, name in rows}


def offered(actor: Actor, acts: Acts) -> list[str]:
    """The acts on the whole batch that the actor's roles allow in its state."""
    return [act for act in DISTRICT if acts.batch.state in EDGES[act].start and actor.may(EDGES[act].right)]


@dataclass(frozen=True, slots=True)
class SchoolPart:
    """One school's lines with what it said of them, for the page on which it answers."""

    batch: BatchHead
    school_id: int
    code: str
    name: str
    seal: str
    answer: StepShown | None
    lines: Sequence[LineRow]
    held: frozenset[int]


def school_part(work: Work, batch_id: int, code: str) -> SchoolPart:
    """What a school is asked to confirm; not found outside the actor's reach."""
    batch, school = find_batch(work, batch_id), _school(work, code)
    scopes = [spoken_for(work, work.actor.scope(right)) for right in ("pay:confirm", "pay:sheet")]
    if not any(scope.everyone or school.id in scope.schools for scope in scopes):
        raise NotFound("pay_batch", batch_id)
    acts = acts_of(work.session, batch)
    asked = answering_schools(work.session, acts)
    if school.id not in asked:
        raise NotFound("school", code)
    seal = lines_hash(stored.lines_of_school(work.session, batch_id, school.id))
    rows = read_lines(work.session, line_rows(readable(work)).where(
        PayLine.batch_id == batch_id, PayLine.school_id == school.id).order_by(PayLine.staff_no))
    said = acts.answers.get(school.id)
    return SchoolPart(head_of(batch), school.id, code, asked[school.id][1], seal,
                      shown(said) if said is not None else None, rows, frozenset(acts.held))


def _school(work: Work, code: str) -> School:
    school = work.session.scalars(select(School).where(School.code == code)).one_or_none()
    if school is None:
        raise NotFound("school", code)
    return school


def find_batch(work: Work, batch_id: int) -> PayBatch:
    """A batch by its id."""
    batch = work.session.get(PayBatch, batch_id)
    if batch is None:
        raise NotFound("pay_batch", batch_id)
    return batch


def sheet_of(work: Work, step_id: int) -> tuple[str, str]:
    """(name, where it is kept) of the scan behind an act signed on paper, for those who see all of the pay."""
    scope, step = work.require("pay:read"), work.session.get(PayStep, step_id)
    if step is None or step.sheet_id is None or not scope.everyone:
        raise NotFound("sheet", step_id)
    kept = work.session.get_one(StoredFile, step.sheet_id)
    return kept.name, kept.stored_as


def unacknowledged(work: Work, batch: PayBatch) -> list[tuple[int, Finding, str]]:
    """(id, finding, name) of what somebody has to answer for by name."""
    work.require("pay:review")
    wanted = to_acknowledge(work.session, acts_of(work.session, batch))
    rows = work.session.execute(
        select(PayFinding.id, PayFinding.code, PayFinding.clause, PayFinding.params, PayFinding.level, Person.name)
        .outerjoin(Person, Person.id == PayFinding.person_id).where(PayFinding.id.in_(wanted)).order_by(PayFinding.id))
    return [(row.id, stored.finding(row), row.name or "") for row in rows]


# ── adjustments and the ledger ───────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Difference:
    """What an adjustment makes of one person at one school."""

    staff_no: str
    name: str
    school: str
    before: int
    after: int
    line_id: int | None


def differences(work: Work, acts: Acts) -> list[Difference]:
    """What locking the batch would put right, by school and person."""
    work.require("ledger:read")
    sums: dict[tuple[int, int], list[int | None]] = {}
    for move in planned(work.session, acts):
        both = sums.setdefault((move.person_id, move.school_id), [0, 0, None])
        both[0 if move.kind == "reversal" else 1] = move.fen
        both[2] = move.line_id
    people = {row.id: (row.staff_no, row.name) for row in work.session.execute(
        select(Person.id, Person.staff_no, Person.name).where(Person.id.in_({person for person, _ in sums})))}
    schools = names_on(work.session, {school for _, school in sums}, date(acts.batch.year, 12, 31))
    return sorted((Difference(*people[person], schools[school], before or 0, after or 0, line)
                   for (person, school), (before, after, line) in sums.items()),
                  key=lambda row: (row.school, row.staff_no))


@dataclass(frozen=True, slots=True)
class EntryRow:
    """An entry of the ledger in a list."""

    id: int
    period: str
    kind: str
    year: int
    sequence: int
    staff_no: str
    name: str
    school: str
    debit: str
    credit: str
    fen: int
    reverses_id: int | None
    line_id: int | None
    posted_at: datetime
    posted_by: str
    memo: str


def entries(work: Work, *, period: str = "", kind: str = "", school: str = "", offset: int = 0,
            limit: int = 50) -> tuple[list[EntryRow], int, int]:
    """One page of the ledger, the latest first; how many entries there are, and what they come to: reversals off,
    and what was paid left out unless payments alone are asked for, since it takes off what stands already."""
    work.require("ledger:read")
    where: list[ColumnElement[bool]] = []
    if period:
        where.append(PayPeriod.code == period)
    if kind:
        where.append(PayEntry.kind == kind)
    if school:
        where.append(School.code == school)
    joined = (select(PayEntry.id).join(PayPeriod, PayPeriod.id == PayEntry.period_id)
              .join(School, School.id == PayEntry.school_id).where(*where))
    sign = case((PayEntry.kind == "reversal", -1), (PayEntry.kind.in_(MONEY), int(kind in MONEY)), else_=1)
    count, fen = work.session.execute(joined.with_only_columns(
        func.count(), func.coalesce(func.sum(PayEntry.fen * sign), 0))).one()
    rows: Sequence[Any] = work.session.execute(
        joined.join(Person, Person.id == PayEntry.person_id).join(PayBatch, PayBatch.id == PayEntry.batch_id)
        .with_only_columns(
            PayEntry.id, PayPeriod.code, PayEntry.kind, PayEntry.year, PayBatch.sequence, Person.staff_no, Person.name,
            school_name_in(PayEntry.year), PayEntry.debit, PayEntry.credit, PayEntry.fen, PayEntry.reverses_id,
            PayEntry.line_id, PayEntry.posted_at, PayEntry.posted_by_name, PayEntry.memo)
        .order_by(PayEntry.id.desc()).offset(offset).limit(limit)).all()
    return [EntryRow(*row) for row in rows], count, int(fen)


# ── what waits ───────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Waiting:
    """A batch that waits for somebody; ``school_code`` where it waits for one school."""

    batch_id: int
    year: int
    sequence: int
    since: datetime
    school_code: str = ""


def waiting_for_school(work: Work) -> list[Waiting]:
    """Runs whose lines the actor's schools, or those that went into them, have not answered yet."""
    schools = spoken_for(work, work.actor.scope("pay:confirm")).schools
    batches = work.session.scalars(select(PayBatch).where(PayBatch.state == "computed")).all() if schools else []
    found = []
    for batch in batches:
        acts = acts_of(work.session, batch)
        asked = answering_schools(work.session, acts)
        found += [Waiting(batch.id, batch.year, batch.sequence, batch.computed_at, asked[key][0])
                  for key in sorted(schools & asked.keys()) if key not in acts.answers]
    return found


def waiting_for_office(work: Work) -> dict[str, list[Waiting]]:
    """Act → the runs at which the actor's role has its turn."""
    turns = {act: EDGES[act].start[0] for act in ("review", "approve", "lock") if work.actor.may(EDGES[act].right)}
    if not turns:
        return {}
    found: dict[str, list[Waiting]] = {act: [] for act in turns}
    for batch in work.session.scalars(
            select(PayBatch).where(PayBatch.state.in_(turns.values()), PayBatch.state != SUPERSEDED)
            .order_by(PayBatch.year, PayBatch.sequence)):
        act = next(act for act, state in turns.items() if state == batch.state)
        acts = acts_of(work.session, batch)
        mine = [role for role in CAPACITIES if role in work.actor.roles and role not in acts.approvals]
        since = acts.steps[-1].at if acts.steps else batch.computed_at
        if act != "approve" or mine:
            found[act].append(Waiting(batch.id, batch.year, batch.sequence, since))
    return found


def periods_waiting(work: Work) -> tuple[int, datetime | None]:
    """How many acts on periods wait for the actor's decision, and since when."""
    work.require("ledger:read")
    count, oldest = work.session.execute(
        select(func.count(), func.min(PayPeriodAct.requested_at))
        .where(PayPeriodAct.state == "requested", PayPeriodAct.requested_by != (work.actor.user_id or 0))).one()
    return count, oldest
