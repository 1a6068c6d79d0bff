"""What a new run takes over from the one it replaces: lines held out, and the answers of schools that still hold."""

from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from talent.core.work import Work
from talent.pay.acts import Acts, acts_of, entered_hand, lines_hash, signer_of
from talent.pay.chain import EDGES
from talent.pay.chain_commands import advance_when_answered, judge
from talent.pay.chain_models import PayStep
from talent.pay.content import BareLine
from talent.pay.models import PayBatch, PayLine

_KEPT = ("act", "school_id", "user_id", "user_name", "person_id", "at", "lines_hash", "comment", "sheet_id",
         "entered_by", "entered_by_name")


def carry(work: Work, former: PayBatch, batch: PayBatch) -> None:
    """Whoever was held out stays so until somebody lets them in; a school whose lines came out the same has confirmed.

    A confirmation is judged again, since another person may have computed, or may now be paid.
    """
    acts = acts_of(work.session, former)
    _carry_holds(work.session, acts, batch)
    confirmed = [step for step in acts.answers.values() if step.act == "confirm"]
    now = acts_of(work.session, batch)
    same = [step for step in confirmed if _holds_still(work.session, now, step)] if confirmed else []
    if same:
        _add(work.session, now, [(step, None) for step in _unchanged(work.session, batch, same)])
        advance_when_answered(work, batch)


def _carry_holds(session: Session, acts: Acts, batch: PayBatch) -> None:
    """By person and school: the line has another number now, and perhaps another amount."""
    if not acts.held:
        return
    new = aliased(PayLine)
    rows = session.execute(
        select(PayLine.id, new.id)
        .join(new, (new.person_id == PayLine.person_id) & (new.school_id == PayLine.school_id))
        .where(PayLine.id.in_(acts.held), new.batch_id == batch.id).order_by(PayLine.id)).all()
    _add(session, acts_of(session, batch), [(acts.held[old], line_id) for old, line_id in rows])


def _holds_still(session: Session, acts: Acts, step: PayStep) -> bool:
    """Whether the one who confirmed could confirm the new run as well."""
    return not judge(session, EDGES["confirm"], acts, signer_of(step), entered_hand(session, step))


def _unchanged(session: Session, batch: PayBatch, steps: Sequence[PayStep]) -> list[PayStep]:
    """The answers that were given on exactly the lines of the new run."""
    of_school: dict[int, list[BareLine]] = defaultdict(list)
    for school_id, *line in session.execute(
            select(PayLine.school_id, *(getattr(PayLine, name) for name in BareLine._fields))
            .where(PayLine.batch_id == batch.id)):
        of_school[school_id].append(BareLine(*line))
    hashes = {school_id: lines_hash(lines) for school_id, lines in of_school.items()}
    return [step for step in steps if step.school_id in hashes and hashes[step.school_id] == step.lines_hash]


def _add(session: Session, acts: Acts, steps: Sequence[tuple[PayStep, int | None]]) -> None:
    batch = acts.batch
    session.add_all([
        PayStep(batch_id=batch.id, version=batch.version, content_hash=acts.seal, carried_from=step.id,
                line_id=line_id, **{name: getattr(step, name) for name in _KEPT}) for step, line_id in steps])
    session.flush()
