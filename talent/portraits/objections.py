"""Objections to a portrait: a teacher makes one, a person of the office answers with reasons within the days it has.

An upheld one sets the portrait aside; nothing else in the program reads portraits, so pay and titles stay as they are.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Select, and_, case, func, select, update
from sqlalchemy.exc import IntegrityError

from talent.accounts.queries import person_behind
from talent.core.errors import Conflict, Finding, NotAllowed, NotFound, RuleViolation
from talent.core.terms import OBJECTION_MEASURE
from talent.core.views import copied
from talent.core.work import Work
from talent.people.models import Employment, Person, School
from talent.people.queries import current_on, school_name_on
from talent.portraits.features import INPUTS
from talent.portraits.models import PortraitObjection, PortraitRun, PortraitScore
from talent.portraits.objection_rules import EDGES, OPEN, Act, Case, Party, judge_answer, judge_objection
from talent.portraits.scores import DIMENSIONS

OBJECT, ANSWER = "portrait:object", "portrait:answer"
DAYS = "privacy.objection_days"
#: What one may object to → the codes of its parts.
PARTS: Mapping[str, Collection[str]] = {"whole": (), "dimension": DIMENSIONS, "input": INPUTS}


@dataclass(frozen=True, slots=True)
class ObjectionView:
    """An objection as its pages show it."""

    id: int
    version: int
    person_id: int
    about: str
    what: str
    reason: str
    state: str
    measure: str
    made_at: datetime
    due_on: date
    answer: str
    answered_at: datetime | None
    answered_by_name: str


@dataclass(frozen=True, slots=True)
class Line:
    """An objection with its person and the school of today."""

    row: ObjectionView
    staff_no: str
    name: str
    school: str

    @property
    def case(self) -> Case:
        """What the rules know of it."""
        return Case(self.row.state, self.row.due_on)


# ── looking ──────────────────────────────────────────────────────────────────────────────────────────────────


def queue(work: Work, *, every: bool = False, offset: int = 0, limit: int = 50) -> tuple[list[Line], int]:
    """One page of the objections, what is open and due first in front; ``every``: answered ones too. Two statements."""
    work.require(ANSWER)
    found = [] if every else [PortraitObjection.state == OPEN]
    total = work.session.scalar(select(func.count()).select_from(PortraitObjection).where(*found)) or 0
    order = [case((PortraitObjection.state == OPEN, 0), else_=1), PortraitObjection.due_on, PortraitObjection.id]
    rows = work.session.execute(_lines(work).where(*found).order_by(*order).offset(offset).limit(limit))
    return [_line(row) for row in rows], total


def own(work: Work) -> Sequence[ObjectionView]:
    """The actor's own, the latest first; one statement."""
    rows = work.session.scalars(select(PortraitObjection).where(PortraitObjection.person_id == own_person(work))
                                .order_by(PortraitObjection.id.desc()))
    return [copied(row, ObjectionView) for row in rows]


def detail(work: Work, objection_id: int) -> Line:
    """One objection, for the office and for its teacher; NotFound for anybody else."""
    found = work.session.execute(_lines(work).where(PortraitObjection.id == objection_id)).one_or_none()
    if found is None or not (work.actor.may(ANSWER) or _is_own(work, found[0])):
        raise NotFound("objection", objection_id)
    return _line(found)


def party_of(work: Work, row: ObjectionView) -> Party | None:
    """As whom the actor deals with it: nobody answers their own."""
    if _is_own(work, row):
        return "teacher"
    return "office" if work.actor.may(ANSWER) and not _is_oneself(work, row) else None


def waiting() -> Select[*tuple[Any, ...]]:
    """How many wait for an answer, since when, and the first last day: a statement to be asked."""
    return select(func.count(), func.min(PortraitObjection.made_at), func.min(PortraitObjection.due_on)).where(
        PortraitObjection.state == OPEN)


def answered_since(work: Work, since: datetime) -> tuple[int, datetime | None]:
    """How many of the actor's own were answered since, and the first when; one statement."""
    count, first = work.session.execute(select(func.count(), func.min(PortraitObjection.answered_at)).where(
        PortraitObjection.person_id == own_person(work), PortraitObjection.state.in_(("upheld", "dismissed")),
        PortraitObjection.answered_at >= since)).one()
    return count, first


def standing(work: Work, person_id: int) -> ObjectionView | None:
    """The upheld objection that sets the person's portrait aside, for those who may read portraits; one statement."""
    scope = work.require("portrait:read")
    if not scope.everyone and person_id not in scope.persons:
        raise NotFound("person", person_id)
    row = work.session.scalars(
        select(PortraitObjection).where(PortraitObjection.person_id == person_id, PortraitObjection.state == "upheld")
        .order_by(PortraitObjection.id.desc()).limit(1)).first()
    return copied(row, ObjectionView) if row is not None else None


def _line(found: Any) -> Line:
    row, staff_no, name, school = found
    return Line(copied(row, ObjectionView), staff_no, name, school)


def _lines(work: Work) -> Select[*tuple[Any, ...]]:
    return (select(PortraitObjection, Person.staff_no, Person.name,
                   func.coalesce(school_name_on(work.today), "").label("school"))
            .join(Person, Person.id == PortraitObjection.person_id)
            .outerjoin(Employment, and_(Employment.person_id == Person.id, current_on(Employment, work.today)))
            .outerjoin(School, School.id == Employment.school_id))


# ── the teacher ──────────────────────────────────────────────────────────────────────────────────────────────


def own_person(work: Work) -> int:
    """The person whose portrait the actor may object to. Raises NotAllowed for who is nobody's."""
    scope, person_id = work.require(OBJECT), work.actor.person_id
    if person_id is None or person_id not in scope.persons:
        raise NotAllowed(OBJECT)
    return person_id


def make(work: Work, *, about: str, what: str, reason: str) -> int:
    """Object; the number of the objection. RuleViolation names what is missing, or the one that is open already."""
    person_id = own_person(work)
    findings = judge_objection(about, what, reason, PARTS)
    run_id = _run_seen(work, person_id)
    if run_id is None:
        findings.append(Finding("objection.no_portrait"))
    if findings:
        raise RuleViolation(findings)
    due_on = work.today + timedelta(days=work.book.at(DAYS, work.today).value)
    row = PortraitObjection(person_id=person_id, run_id=run_id, about=about, what=what, reason=reason.strip(),
                            made_by=work.actor.user_id, made_at=work.now, due_on=due_on)
    try:
        with work.session.begin_nested():
            work.session.add(row)
    except IntegrityError as error:
        raise RuleViolation(Finding("objection.open_already", params={"field": "part"})) from error
    work.record(OBJECT, "objection", row.id, about=about, what=what, run=run_id, due_on=due_on)
    return row.id


def _run_seen(work: Work, person_id: int) -> int | None:
    """The latest run that says something of the person."""
    return work.session.scalar(
        select(func.max(PortraitScore.run_id)).join(PortraitRun, PortraitRun.id == PortraitScore.run_id)
        .where(PortraitScore.person_id == person_id))


def withdraw(work: Work, *, objection_id: int, version: int) -> None:
    """The teacher's second thought, before the answer."""
    row = _own_row(work, objection_id)
    _move(work, row, version, "teacher", "withdraw")
    work.record("portrait:withdraw", "objection", objection_id)


def lift(work: Work, *, objection_id: int, version: int) -> None:
    """The teacher wants the portrait back that an upheld objection set aside."""
    row = _own_row(work, objection_id)
    _move(work, row, version, "teacher", "lift")
    work.record("portrait:lift", "objection", objection_id)


def _own_row(work: Work, objection_id: int) -> PortraitObjection:
    own_person(work)
    row = work.session.get(PortraitObjection, objection_id)
    if row is None or not _is_own(work, row):
        raise NotFound("objection", objection_id)
    return row


# ── the office ───────────────────────────────────────────────────────────────────────────────────────────────


def uphold(work: Work, *, objection_id: int, version: int, measure: str, answer: str) -> None:
    """Set the portrait aside, as ``measure`` says, with the reason."""
    _answer(work, objection_id, version, "uphold", answer, measure)


def dismiss(work: Work, *, objection_id: int, version: int, answer: str) -> None:
    """Let the portrait stand, with the reason."""
    _answer(work, objection_id, version, "dismiss", answer)


def _answer(work: Work, objection_id: int, version: int, act: Act, answer: str, measure: str = "") -> None:
    row = work.session.get(PortraitObjection, objection_id)
    if row is None:
        raise NotFound("objection", objection_id)
    work.require(ANSWER)
    findings = judge_answer(answer, measure, OBJECTION_MEASURE.values(), act)
    if _is_oneself(work, row):
        findings.append(Finding("objection.own"))
    if findings:
        raise RuleViolation(findings)
    _move(work, row, version, "office", act, measure=measure, answer=answer.strip(), answered_at=work.now,
          answered_by=work.actor.user_id, answered_by_name=work.actor.signature)
    work.record(f"portrait:{act}", "objection", objection_id, measure=measure, answer=answer.strip())


def _is_own(work: Work, row: PortraitObjection | ObjectionView) -> bool:
    return row.person_id in work.actor.scope(OBJECT).persons


def _is_oneself(work: Work, row: PortraitObjection | ObjectionView) -> bool:
    """Whether the actor is the person who objected, under whatever account."""
    mine = {grant.person_id for grant in work.actor.grants} | {person_behind(work.session, work.actor.user_id)}
    return row.person_id in mine


def _move(work: Work, row: PortraitObjection, version: int, party: Party, act: Act, **values: Any) -> None:
    """Compare-and-set: of two who act at once, the second is told."""
    before, after = EDGES[party, act]
    moved = work.session.execute(
        update(PortraitObjection)
        .where(PortraitObjection.id == row.id, PortraitObjection.version == version, PortraitObjection.state == before)
        .values(state=after, version=version + 1, **values).execution_options(synchronize_session=False))
    if moved.rowcount != 1:  # type: ignore[attr-defined]
        raise Conflict("objection", objection_state=row.state)
