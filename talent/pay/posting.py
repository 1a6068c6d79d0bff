"""Locking an approved batch and posting it, in one transaction: entries are appended in one line, without gaps."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from talent.core.errors import Finding, RuleViolation
from talent.core.work import Work
from talent.pay.book import ledger_head, planned, standing_of, take_ledger
from talent.pay.chain import CLAUSE, EDGES, before_lock
from talent.pay.chain_commands import SHEET, Seen, Sheet, add_step, sign, turn
from talent.pay.ledger import Movement, digest_of
from talent.pay.ledger_models import PayEntry, PayPeriod
from talent.pay.models import SUPERSEDED, PayBatch
from talent.pay.queries import assumed_in
from talent.pay.years import shut


def lock(work: Work, *, batch_id: int, seen: Seen, period: str, comment: str = "", sheet: Sheet | None = None) -> int:
    """Lock an approved batch and post its lines to an open period; how many entries that made.

    Lines held out are not posted. Refused while an assumption or a provisional appraisal has no name to it.
    """
    work.require(SHEET if sheet else EDGES["lock"].right)
    take_ledger(work.session)  # before any row: whoever locks another run of the year waits here, holding nothing
    batch, acts, signature = sign(work, EDGES["lock"], batch_id, seen, comment, sheet)
    found = before_lock(standing_of(work.session, acts, assumed=assumed_in(batch)))
    period_id = open_period(work.session, period)
    if period_id is None:
        found.append(Finding("pay.period_not_open", CLAUSE, {"period": period, "field": "period"}))
    found += shut(work.session, batch.year)
    if found or period_id is None:
        raise RuleViolation(found)
    made = planned(work.session, acts)
    head = append(work, made, period_id=period_id, batch=batch)
    add_step(work, acts, "lock", signature, comment)
    turn(work, batch, EDGES["lock"].end)
    _close_year(work.session, batch)
    work.record("pay:lock", "pay_batch", batch_id, seal=acts.seal, period=period, entries=len(made),
                fen=sum(each.fen for each in made if each.kind != "reversal")
                - sum(each.fen for each in made if each.kind == "reversal"), ledger_head=head, comment=comment)
    return len(made)


def _close_year(session: Session, batch: PayBatch) -> None:
    """Other runs of the year can never be locked any more."""
    session.execute(
        update(PayBatch)
        .where(PayBatch.year == batch.year, PayBatch.id != batch.id,
               PayBatch.state.in_(("draft", "computed", "school_confirmed", "hr_reviewed", "approved")))
        .values(state=SUPERSEDED, version=PayBatch.version + 1).execution_options(synchronize_session=False))


def open_period(session: Session, code: str) -> int | None:
    """The period, held open until the transaction ends; None when it is not open."""
    held = session.execute(
        update(PayPeriod).where(PayPeriod.code == code, PayPeriod.state == "open")
        .values(version=PayPeriod.version).execution_options(synchronize_session=False))
    if held.rowcount != 1:  # type: ignore[attr-defined]
        return None
    return session.scalar(select(PayPeriod.id).where(PayPeriod.code == code))


def append(
    work: Work, made: Sequence[Movement], *, period_id: int, batch: PayBatch, memos: Sequence[str] = ()
) -> str:
    """Write the movements at the end of the ledger; the new head. The ledger must be taken.

    ``memos`` say of each movement what it is for, where that is not the batch itself.
    """
    number, previous = ledger_head(work.session)
    shared = {"period_id": period_id, "year": batch.year, "batch_id": batch.id, "posted_by": work.actor.user_id,
              "posted_by_name": work.actor.signature}
    rows: list[Mapping[str, Any]] = []
    for movement, memo in zip(made, memos or [f"{batch.year}-{batch.sequence}"] * len(made), strict=True):
        number += 1
        row = {**shared, **movement._asdict(), "id": number, "debit": movement.debit, "credit": movement.credit,
               "memo": memo, "previous": previous}
        previous = digest_of(row, work.now)
        rows.append({**row, "posted_at": work.now, "digest": previous})
    if rows:
        work.session.execute(insert(PayEntry), rows)
    return previous
