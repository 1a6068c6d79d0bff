"""Nominations to look at: the list of school and bureau, one with what it touches, how many wait."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import and_, case, func, or_, select, true
from sqlalchemy.orm import aliased

from talent.assistance.models import Assignment
from talent.core.work import Work
from talent.exchange import proposal_lists
from talent.exchange.models import Proposal
from talent.exchange.nomination_rules import Spell, day_before
from talent.exchange.nominations import NOMINATE
from talent.exchange.proposal_lists import Detail, Line, Narrowed, Waiting, narrowed_by, page_of
from talent.exchange.proposal_rules import OPEN
from talent.exchange.proposals import DECIDE, READ, VERIFY
from talent.pay.budgets.queries import READ as FORECAST
from talent.pay.budgets.rules import Asked, SpellKey
from talent.pay.chain import LOCKED
from talent.pay.facts import Assignment as PlannedSpell
from talent.pay.models import PayBatch
from talent.people.models import Person, School
from talent.people.queries import within

NOMINATIONS = Proposal.asks != ""


def page(
    work: Work, narrowed: Narrowed, *, is_open: bool, offset: int = 0, limit: int = 50
) -> tuple[list[Line], int]:
    """One page of the nominations within reach, what nobody has answered first, then the latest; two statements."""
    found = and_(within(work.require(READ)), NOMINATIONS, narrowed_by(work, narrowed),
                 Proposal.state.in_(OPEN) if is_open else true())
    order = [case((Proposal.state.in_(OPEN), 0), else_=1), Proposal.due_on.desc(), Proposal.id.desc()]
    if is_open:
        order = [Proposal.due_on.asc(), Proposal.id.asc()]
    return page_of(work, found, order, offset, limit)


def detail(work: Work, proposal_id: int) -> Detail:
    """One nomination, for who may see its person today; NotFound otherwise."""
    return proposal_lists.detail(work, proposal_id, NOMINATIONS)


def asked_before(work: Work, proposal_id: int) -> Mapping[str, str]:
    """What a nomination that came back asked for, to be asked for again, with the person's number."""
    line = detail(work, proposal_id).line
    return {**line.values, "staff_no": line.staff_no}


def other_spells(work: Work, person_id: int, without: int | None) -> list[Spell]:
    """The person's assignments beside the one a proposal is about. The caller may see the person."""
    rows = work.session.execute(
        select(Assignment.host, Assignment.started_on, Assignment.ended_on)
        .where(Assignment.person_id == person_id, Assignment.id != (without or 0)))
    return [Spell(host, started_on, ended_on) for host, started_on, ended_on in rows]


def locked_years(work: Work) -> Sequence[int]:
    """Years whose pay is locked, and changes no more."""
    return work.session.scalars(
        select(PayBatch.year).where(PayBatch.state.in_(LOCKED), PayBatch.adjusts_id.is_(None))
        .distinct().order_by(PayBatch.year)).all()


def asked_on(work: Work, on: date) -> list[Asked]:
    """What the nominations that nobody had answered on a day would make of the spells, for the forecast; one statement.

    A change of a record that is no more asks for nothing.
    """
    sender = aliased(School)
    open_then = and_(Proposal.proposed_on <= on, or_(
        Proposal.state.in_(OPEN), Proposal.decided_at >= work.end_of(on)))
    rows = work.session.execute(
        proposal_lists.joined(work, select(Proposal.asks, Proposal.cells, Person.staff_no, Assignment, sender.code))
        .outerjoin(Assignment, Assignment.id == Proposal.record_id)
        .outerjoin(sender, sender.id == Assignment.sending_school_id)
        .where(within(work.require(FORECAST)), NOMINATIONS, open_then).order_by(Proposal.id))
    return [_asked(asks, json.loads(cells), staff_no, spell, code) for asks, cells, staff_no, spell, code in rows
            if asks == "nominate" or spell is not None]


def _asked(asks: str, cells: Mapping[str, str], staff_no: str, spell: Assignment, code: str) -> Asked:
    start, end = (date.fromisoformat(said) if (said := cells.get(name, "")) else None
                  for name in ("started_on", "ended_on"))
    if asks == "nominate":
        assert start is not None, "a nomination without its first day is refused"
        return Asked(staff_no, None, (PlannedSpell(staff_no, cells["sending_school_code"], cells["host"], start, end),))
    now = PlannedSpell(staff_no, code, spell.host, spell.started_on, spell.ended_on, spell.appraisal or None)
    about = SpellKey(code, spell.host, spell.started_on)
    if asks == "end":
        return Asked(staff_no, about, (replace(now, end=end),))
    assert start is not None, "a move without its day is refused"
    follows = PlannedSpell(staff_no, code, cells["host"], start, end)
    return Asked(staff_no, about, (replace(now, end=day_before(start)), follows))


@dataclass(frozen=True, slots=True)
class Desk:
    """What waits at a desk: proposals of people and nominations to answer, and nominations that came back."""

    of_persons: Waiting
    nominations: Waiting
    returned: int
    returned_at: datetime | None


def desk(work: Work, since: datetime) -> Desk:
    """What the actor may answer now, and what came back to their school since; one statement."""
    last = Proposal.due_on if work.actor.may(DECIDE) else Proposal.school_due_on
    late = func.sum(case((last < work.today, 1), else_=0))
    wanted = [proposal_lists.waiting(work)] if work.actor.may(DECIDE) or work.actor.may(VERIFY) else []
    if work.actor.may(NOMINATE):
        wanted.append(and_(NOMINATIONS, Proposal.state == "returned", Proposal.decided_at >= since))
    rows = work.session.execute(
        proposal_lists.joined(work, select(Proposal.asks, Proposal.state, func.count(), late, func.min(last),
                                           func.min(Proposal.decided_at)))
        .where(within(work.require(READ)), or_(*wanted)).group_by(Proposal.asks, Proposal.state)).all()
    back = [row for row in rows if row[1] == "returned"]
    return Desk(_sum([row for row in rows if row[0] == ""]),
                _sum([row for row in rows if row[0] != "" and row[1] != "returned"]),
                sum(row[2] for row in back), min((row[5] for row in back), default=None))


def _sum(rows: Sequence[tuple[str, str, int, int, date, datetime | None]]) -> Waiting:
    return Waiting(sum(row[2] for row in rows), sum(row[3] or 0 for row in rows),
                   min((row[4] for row in rows), default=None))
