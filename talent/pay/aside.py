"""Acts beside the chain: a line taken out so that it stops nobody else, findings and assumptions answered for, remarks.

A line held out is not locked with its batch; its person is put right later, without the others waiting.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import insert, select

from talent.core.access import Scope
from talent.core.errors import Finding, NotAllowed, NotFound, RuleViolation
from talent.core.work import Work
from talent.pay.acts import Acts, acts_of
from talent.pay.book import to_acknowledge
from talent.pay.chain import CLAUSE, OPEN
from talent.pay.chain_commands import hand_of, take, turn
from talent.pay.chain_models import PayStep
from talent.pay.models import PayBatch, PayFinding, PayLine
from talent.people.schools import spoken_for

#: Who may take a line out: a school its own before the review, the personnel office any before the lock.
OFFICE, SCHOOL = "pay:review", "pay:confirm"
RIGHTS = (OFFICE, SCHOOL)
BEFORE_REVIEW = ("computed", "school_confirmed")


def hold(work: Work, *, line_id: int, version: int, comment: str) -> None:
    """Take one line out, with the reason. What was reviewed or approved before must be so again."""
    _set_aside(work, "hold", line_id, version, comment)


def release(work: Work, *, line_id: int, version: int, comment: str = "") -> None:
    """Let a line in again."""
    _set_aside(work, "release", line_id, version, comment)


def _set_aside(work: Work, act: str, line_id: int, version: int, comment: str) -> None:
    scope = scope_of(work)
    line = work.session.get(PayLine, line_id)
    if line is None or not (scope.everyone or line.school_id in scope.schools):
        raise NotFound("pay_line", line_id)
    batch = take(work, line.batch_id, version, OPEN if scope.everyone else BEFORE_REVIEW)
    acts = acts_of(work.session, batch)
    found: list[Finding] = []
    if act == "hold" and not comment.strip():
        found.append(Finding("pay.reason_missing", CLAUSE, {"field": "comment"}))
    if hand_of(work.session, work.actor).person_id == line.person_id:
        found.append(Finding("pay.own_line", CLAUSE, {"name": work.actor.signature}))
    if (line_id in acts.held) == (act == "hold"):
        found.append(Finding("pay.held_already" if act == "hold" else "pay.not_held", CLAUSE))
    if found:
        raise RuleViolation(found)
    _add(work, acts, act, comment, line_id=line_id)
    if batch.state != "computed":
        turn(work, batch, "school_confirmed")
    work.record(f"pay:{act}", "pay_line", line_id, batch=batch.id, staff_no=line.staff_no, comment=comment)


@dataclass(frozen=True, slots=True)
class Holding:
    """Whether a line is held out, by whom and why, in the version of its batch that was looked at."""

    is_held: bool
    version: int
    by: str = ""
    why: str = ""


def holding_of(work: Work, line_id: int) -> Holding | None:
    """Whether a line is held out; None for who may neither hold it nor let it in again as its batch stands."""
    if not any(map(work.actor.may, RIGHTS)):
        return None
    line, scope = work.session.get_one(PayLine, line_id), scope_of(work)
    batch = work.session.get_one(PayBatch, line.batch_id)
    reached = scope.everyone or line.school_id in scope.schools
    if not reached or batch.state not in (OPEN if scope.everyone else BEFORE_REVIEW):
        return None
    step = acts_of(work.session, batch).held.get(line_id)
    return Holding(False, batch.version) if step is None else Holding(True, batch.version, step.user_name, step.comment)


def scope_of(work: Work) -> Scope:
    """On whose lines the actor may act: the office's reach where there is one."""
    reached = [spoken_for(work, scope) for right in RIGHTS if (scope := work.actor.scope(right))]
    if not reached:
        raise NotAllowed(OFFICE)
    return next((scope for scope in reached if scope.everyone), reached[0])


def acknowledge(work: Work, *, batch_id: int, finding_ids: Sequence[int], comment: str = "") -> int:
    """Answer by name for findings that would stop the lock; how many were open. Nobody answers for the own person."""
    work.require(OFFICE)
    acts = _open(work, batch_id)
    hand = hand_of(work.session, work.actor)
    wanted = [finding_id for finding_id in to_acknowledge(work.session, acts) if finding_id in set(finding_ids)]
    if hand.person_id is not None and wanted:
        own = set(work.session.scalars(select(PayFinding.id).where(
            PayFinding.batch_id == batch_id, PayFinding.person_id == hand.person_id)))
        if own & set(wanted):
            raise RuleViolation(Finding("pay.own_line", CLAUSE, {"name": hand.name}))
    if wanted:
        shared = _columns(work, acts, "acknowledge", comment)
        work.session.execute(insert(PayStep), [{**shared, "finding_id": finding_id} for finding_id in wanted])
    work.record("pay:acknowledge", "pay_batch", batch_id, findings=len(wanted), comment=comment)
    return len(wanted)


def assume(work: Work, *, batch_id: int, document: str, comment: str = "") -> None:
    """Answer by name for the values nobody decided, with the number of the document that allows them."""
    work.require("pay:lock")
    acts = _open(work, batch_id)
    if not document.strip():
        raise RuleViolation(Finding("pay.document_missing", CLAUSE, {"field": "document"}))
    _add(work, acts, "assume", comment, document=document.strip())
    work.record("pay:assume", "pay_batch", batch_id, document=document.strip(), comment=comment)


def remark(work: Work, *, batch_id: int, comment: str) -> None:
    """A remark for everybody who works on the batch."""
    if not any(work.actor.scope(right).everyone for right in ("pay:review", "pay:approve", "pay:lock")):
        raise NotAllowed("pay:review")
    acts = _open(work, batch_id)
    if not comment.strip():
        raise RuleViolation(Finding("pay.reason_missing", CLAUSE, {"field": "comment"}))
    _add(work, acts, "comment", comment)
    work.record("pay:comment", "pay_batch", batch_id, comment=comment)


def _open(work: Work, batch_id: int) -> Acts:
    """The acts on a batch that is not locked yet, held as it stands now."""
    batch = work.session.get(PayBatch, batch_id)
    if batch is None:
        raise NotFound("pay_batch", batch_id)
    return acts_of(work.session, take(work, batch_id, batch.version, OPEN))


def _add(work: Work, acts: Acts, act: str, comment: str, **more: object) -> None:
    work.session.add(PayStep(**_columns(work, acts, act, comment), **more))
    work.session.flush()


def _columns(work: Work, acts: Acts, act: str, comment: str) -> dict[str, object]:
    hand = hand_of(work.session, work.actor)
    return {"batch_id": acts.batch.id, "version": acts.batch.version, "act": act, "user_id": hand.user_id,
            "user_name": hand.name, "person_id": hand.person_id, "at": work.now, "content_hash": acts.seal,
            "comment": comment.strip()}
