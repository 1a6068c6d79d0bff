"""What a year consists of, counted and digested part by part: who closes it closes exactly this.

The digests of the parts stay with the closing, so that whatever is added or changed afterwards is found.
"""

import json
from typing import Any, Final

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from talent.pay.awards.models import PayDistribution
from talent.pay.chain import LOCKED
from talent.pay.chain_models import PayStep
from talent.pay.content import canonical, digest
from talent.pay.ledger_models import PayEntry
from talent.pay.models import PayBatch
from talent.pay.payout.models import PayPayout, PayPayoutItem, PayRecovery, PayResult, PayReturn
from talent.pay.year_models import PayYearAct

#: The parts nothing may be added to while the year is closed. What is decided of a run that is not
#: locked, and a return file given up, is beside it.
KEPT: Final = ("entries", "batches", "splits", "payouts", "items", "results", "recoveries")


def parts(session: Session, year: int) -> dict[str, list[Any]]:
    """Name of a part → how many rows of it there are, and their digest; a statement each."""
    told = {name: [tuple(row) for row in session.execute(rows)] for name, rows in _rows(year).items()}
    return {name: [len(rows), digest(canonical([list(row) for row in rows]))] for name, rows in told.items()}


def seal(session: Session, year: int) -> str:
    """All parts as one text, as a closing keeps it."""
    return canonical(parts(session, year))


def changed(session: Session, year: int, sealed: str) -> list[str]:
    """The parts that are not any more what was sealed."""
    then, now = json.loads(sealed), parts(session, year)
    return [name for name in KEPT if then.get(name) != now[name]]


def _rows(year: int) -> dict[str, Select[*tuple[Any, ...]]]:
    batch, item = PayBatch.year == year, PayPayoutItem.year == year
    return {
        "entries": select(PayEntry.id, PayEntry.digest).where(PayEntry.year == year).order_by(PayEntry.id),
        "batches": select(PayBatch.id, PayBatch.state, PayBatch.content_hash)
        .where(batch, PayBatch.state.in_(LOCKED)).order_by(PayBatch.id),
        "runs": select(PayBatch.id, PayBatch.state, PayBatch.content_hash)
        .where(batch, PayBatch.state.not_in(LOCKED)).order_by(PayBatch.id),
        "steps": select(PayStep.id, PayStep.batch_id, PayStep.act, PayStep.content_hash)
        .join(PayBatch, PayBatch.id == PayStep.batch_id).where(batch).order_by(PayStep.id),
        "splits": select(PayDistribution.id, PayDistribution.state, PayDistribution.content_hash)
        .where(PayDistribution.year == year, PayDistribution.state != "draft").order_by(PayDistribution.id),
        "payouts": select(PayPayout.id, PayPayout.number, PayPayout.sha256).where(PayPayout.year == year)
        .order_by(PayPayout.id),
        "items": select(PayPayoutItem.id, PayPayoutItem.reference, PayPayoutItem.fen).where(item)
        .order_by(PayPayoutItem.id),
        "returns": select(PayReturn.id, PayReturn.state, PayReturn.sha256).where(PayReturn.year == year)
        .order_by(PayReturn.id),
        "results": select(PayResult.item_id, PayResult.return_id, PayResult.success, PayResult.entry_id)
        .join(PayPayoutItem, PayPayoutItem.id == PayResult.item_id).where(item).order_by(PayResult.item_id),
        "recoveries": select(PayRecovery.id, PayRecovery.fen, PayRecovery.document, PayRecovery.entry_id)
        .where(PayRecovery.year == year).order_by(PayRecovery.id),
        "acts": select(PayYearAct.id, PayYearAct.act, PayYearAct.state).where(PayYearAct.year == year)
        .order_by(PayYearAct.id),
    }
