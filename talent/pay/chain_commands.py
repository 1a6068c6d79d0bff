"""Taking a batch along its chain: a school's answer, review, two approvals, return.

Every act is a compare-and-set on the batch's row first, so that whoever else acts on it waits or is told; only then
are the acts so far read and judged. Steps are only ever added.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from talent.accounts.queries import actor_of, person_behind
from talent.core.access import Actor
from talent.core.errors import Conflict, Finding, NotFound, RuleViolation
from talent.core.work import Work
from talent.pay import stored
from talent.pay.acts import Acts, acts_of, lines_hash
from talent.pay.book import answering_schools
from talent.pay.chain import CAPACITIES, CLAUSE, EDGES, Edge, Hand, barred
from talent.pay.chain_models import PayStep
from talent.pay.models import PayBatch, PayLine
from talent.people.schools import spoken_for

SHEET = "pay:sheet"


@dataclass(frozen=True, slots=True)
class Seen:
    """What the person had before their eyes: the batch's version, and the seal over what they sign."""

    version: int
    seal: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """A signed sheet in place of a click: the stored scan, and who signed it (an account, or for a school a name)."""

    file_id: int
    user_id: int | None = None
    name: str = ""


@dataclass(frozen=True, slots=True)
class Signature:
    """Whose act it is, in which roles, and how it came in."""

    hand: Hand
    actor: Actor
    sheet_id: int | None = None
    entered_by: Hand | None = None

    @property
    def columns(self) -> dict[str, Any]:
        """As a step keeps it."""
        return {
            "user_id": self.hand.user_id, "user_name": self.hand.name, "person_id": self.hand.person_id,
            "sheet_id": self.sheet_id, "entered_by": self.entered_by.user_id if self.entered_by else None,
            "entered_by_name": self.entered_by.name if self.entered_by else "",
        }


def hand_of(session: Session, actor: Actor) -> Hand:
    """The actor as the rules know them."""
    return Hand(actor.user_id, actor.signature, actor.person_id or person_behind(session, actor.user_id))


# ── the school ───────────────────────────────────────────────────────────────────────────────────────────────


def confirm(work: Work, *, batch_id: int, school_id: int, seen: Seen, comment: str = "",
            sheet: Sheet | None = None) -> None:
    """A school says that its lines are right. The last one to answer takes the batch a step on."""
    _answer(work, EDGES["confirm"], batch_id, school_id, seen, comment, sheet)


def dispute(work: Work, *, batch_id: int, school_id: int, seen: Seen, comment: str, sheet: Sheet | None = None) -> None:
    """A school says that its lines are wrong, and why: they are held out, the other schools go on."""
    _answer(work, EDGES["dispute"], batch_id, school_id, seen, comment, sheet)


def _answer(work: Work, edge: Edge, batch_id: int, school_id: int, seen: Seen, comment: str,
            sheet: Sheet | None) -> None:
    scope = spoken_for(work, work.require(SHEET if sheet else edge.right))
    if not scope.everyone and school_id not in scope.schools:
        raise NotFound("pay_batch", batch_id)
    batch = take(work, batch_id, seen.version, edge.start)
    acts = acts_of(work.session, batch)
    if school_id not in answering_schools(work.session, acts):
        raise NotFound("school", school_id)
    if lines_hash(stored.lines_of_school(work.session, batch_id, school_id)) != seen.seal:
        raise Conflict("pay_step")
    signature = _signature(work, edge, sheet, school_id)
    found = [*_reason_missing(edge, comment), *_judge(work, edge, acts, signature)]
    if found:
        raise RuleViolation(found)
    add_step(work, acts, edge.act, signature, comment, school_id=school_id, lines_hash=seen.seal)
    if batch.state == "computed":
        advance_when_answered(work, batch)
    else:
        turn(work, batch, batch.state)
    work.record(f"pay:{edge.act}", "pay_batch", batch_id, school_id=school_id, lines_hash=seen.seal, comment=comment)


def advance_when_answered(work: Work, batch: PayBatch) -> None:
    """On to ``school_confirmed`` once every sending school has answered."""
    acts = acts_of(work.session, batch)
    schools = answering_schools(work.session, acts)
    if schools and all(school_id in acts.answers for school_id in schools):
        turn(work, batch, EDGES["confirm"].end)


# ── the district ─────────────────────────────────────────────────────────────────────────────────────────────


def review(work: Work, *, batch_id: int, seen: Seen, comment: str = "", sheet: Sheet | None = None) -> None:
    """The personnel office has looked through it: another person than whoever computed it."""
    batch, acts, signature = sign(work, EDGES["review"], batch_id, seen, comment, sheet)
    add_step(work, acts, "review", signature, comment)
    turn(work, batch, EDGES["review"].end)
    work.record("pay:review", "pay_batch", batch_id, seal=acts.seal, comment=comment)


def approve(work: Work, *, batch_id: int, seen: Seen, comment: str = "", sheet: Sheet | None = None) -> None:
    """One of the two approvals; with the second the batch is approved."""
    batch, acts, signature = sign(work, EDGES["approve"], batch_id, seen, comment, sheet)
    capacity = next((role for role in CAPACITIES if role in signature.actor.roles and role not in acts.approvals), "")
    if not capacity:
        raise RuleViolation(Finding("pay.approved_already", CLAUSE))
    add_step(work, acts, "approve", signature, comment, capacity=capacity)
    if {*acts.approvals, capacity} == set(CAPACITIES):
        turn(work, batch, EDGES["approve"].end)
    work.record("pay:approve", "pay_batch", batch_id, capacity=capacity, seal=acts.seal, comment=comment)


def return_(work: Work, *, batch_id: int, seen: Seen, comment: str) -> None:
    """Back to ``computed`` with a reason: every answer, review and approval so far is void."""
    batch, acts, signature = sign(work, EDGES["return"], batch_id, seen, comment, None)
    add_step(work, acts, "return", signature, comment)
    turn(work, batch, EDGES["return"].end)
    work.record("pay:return", "pay_batch", batch_id, came_from=acts.batch.state, seal=acts.seal, comment=comment)


def sign(
    work: Work, edge: Edge, batch_id: int, seen: Seen, comment: str, sheet: Sheet | None
) -> tuple[PayBatch, Acts, Signature]:
    """Permit, take hold of the batch, and judge the act: what every act on a whole batch begins with."""
    work.require(SHEET if sheet else edge.right)
    batch = take(work, batch_id, seen.version, edge.start)
    acts, signature = acts_of(work.session, batch), _signature(work, edge, sheet, None)
    if acts.seal != seen.seal:
        raise Conflict("pay_step")
    found = [*_reason_missing(edge, comment), *_judge(work, edge, acts, signature)]
    if found:
        raise RuleViolation(found)
    return batch, acts, signature


# ── what the acts share ──────────────────────────────────────────────────────────────────────────────────────


def take(work: Work, batch_id: int, version: int, states: tuple[str, ...]) -> PayBatch:
    """The batch, held until the transaction ends. ``Conflict`` unless it still stands as the person saw it."""
    held = work.session.execute(
        update(PayBatch).where(PayBatch.id == batch_id, PayBatch.version == version, PayBatch.state.in_(states))
        .values(version=version).execution_options(synchronize_session=False))
    batch = work.session.get(PayBatch, batch_id, populate_existing=True)
    if batch is None:
        raise NotFound("pay_batch", batch_id)
    if held.rowcount != 1:  # type: ignore[attr-defined]
        raise Conflict("pay_step")
    return batch


def turn(work: Work, batch: PayBatch, state: str) -> None:
    """Compare-and-set on state, version and content: of two acts at once the second is told."""
    changed = work.session.execute(
        update(PayBatch)
        .where(PayBatch.id == batch.id, PayBatch.state == batch.state, PayBatch.version == batch.version,
               PayBatch.content_hash == batch.content_hash)
        .values(state=state, version=batch.version + 1).execution_options(synchronize_session=False))
    if changed.rowcount != 1:  # type: ignore[attr-defined]
        raise Conflict("pay_step")
    work.session.refresh(batch, ["state", "version"])


def _signature(work: Work, edge: Edge, sheet: Sheet | None, school_id: int | None) -> Signature:
    """The actor's own, or that of the person named on a sheet, who must hold the right of the act."""
    me = hand_of(work.session, work.actor)
    if sheet is None:
        return Signature(me, work.actor)
    work.require_proved()
    signatory = actor_of(work.session, sheet.user_id, work.today) if sheet.user_id is not None else None
    if signatory is not None:
        scope = spoken_for(work, signatory.scope(edge.right))
        if scope.everyone or (school_id is not None and school_id in scope.schools):
            return Signature(hand_of(work.session, signatory), signatory, sheet.file_id, me)
    elif sheet.user_id is None and sheet.name.strip() and school_id is not None:
        nobody = Actor(None, sheet.name.strip(), ())
        return Signature(Hand(None, nobody.name), nobody, sheet.file_id, me)
    raise RuleViolation(Finding("pay.sheet_signatory", CLAUSE, {"field": "signatory"}))


def _judge(work: Work, edge: Edge, acts: Acts, signature: Signature) -> list[Finding]:
    return judge(work.session, edge, acts, signature.hand, signature.entered_by)


def judge(session: Session, edge: Edge, acts: Acts, hand: Hand, entered_by: Hand | None) -> list[Finding]:
    """Why that hand may not do the act on the batch as it stands; nothing when it may."""
    people = _with_own_line(session, acts.batch.id, [each.person_id for each in (hand, entered_by) if each])
    return barred(edge, hand, acts.past(session, people), entered_by)


def _with_own_line(session: Session, batch_id: int, people: list[int | None]) -> set[int]:
    known = [person_id for person_id in people if person_id is not None]
    if not known:
        return set()
    return set(session.scalars(
        select(PayLine.person_id).where(PayLine.batch_id == batch_id, PayLine.person_id.in_(known)).distinct()))


def _reason_missing(edge: Edge, comment: str) -> list[Finding]:
    needs = edge.act in ("return", "dispute") and not comment.strip()
    return [Finding("pay.reason_missing", CLAUSE, {"field": "comment"})] if needs else []


def add_step(work: Work, acts: Acts, act: str, signature: Signature, comment: str, **more: Any) -> None:
    """Add one act to the log of the batch."""
    work.session.add(PayStep(
        batch_id=acts.batch.id, version=acts.batch.version, act=act, at=work.now, content_hash=acts.seal,
        comment=comment.strip(), **signature.columns, **more))
    work.session.flush()
