"""What was paid too much comes back: from the person who has it, on paper, into an open period of the ledger.

Of one person and school the next difference is less by it anyway; what no later sum takes up is given back, or taken
off something else the person is paid, and recorded here. Only so does a batch that lowers a sum come to its end.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy import select

from talent.core.errors import Conflict, Finding, NotFound, RuleViolation
from talent.core.views import copied
from talent.core.work import Work
from talent.pay.book import ledger_head, take_ledger
from talent.pay.chain import EDGES
from talent.pay.ledger import Movement
from talent.pay.payout.book import YearBook, batches_of, read_year
from talent.pay.payout.commands import bars
from talent.pay.payout.models import PayRecovery
from talent.pay.payout.rules import CLAUSE, MEANS, Key, Position
from talent.pay.posting import append, open_period
from talent.pay.years import shut

EDGE: Final = EDGES["settle"]


@dataclass(frozen=True, slots=True)
class Received:
    """What came back: how much, by which means, on which paper and day. ``period`` is where it is booked."""

    fen: int
    means: str
    document: str
    received_on: date
    period: str


@dataclass(frozen=True, slots=True)
class Recovered:
    """What came back, as its page lists it."""

    fen: int
    means: str
    document: str
    received_on: date
    recorded_by_name: str
    recorded_at: datetime


def position_of(book: YearBook, key: Key) -> Position:
    """Where the person stands at the school; not found where nothing was given or issued."""
    if key not in book.stand:
        raise NotFound("person", key[0])
    return book.stand[key]


def recover(work: Work, *, year: int, key: Key, seen: int, received: Received) -> PayRecovery:
    """Record what somebody gave back; ``seen`` is the overpaid sum the person at the desk had before their eyes."""
    work.require(EDGE.right)
    take_ledger(work.session)  # before the period, as a lock of a batch does: neither waits for what the other holds
    period_id = open_period(work.session, received.period)
    stand = position_of(read_year(work.session, year), key)
    if stand.overpaid != seen:
        raise Conflict("payout")
    found = [*_judge(received, stand, work.today), *bars(work, EDGE, year, {key[0]}), *shut(work.session, year)]
    if period_id is None:
        found.append(Finding("pay.period_not_open", CLAUSE, {"period": received.period, "field": "period"}))
    if found or period_id is None:
        raise RuleViolation(found)
    row = _post(work, year, key, stand.sequence + 1, received, period_id)
    work.record("payout:recover", "pay_recovery", row.id, year=year, person_id=key[0], school_id=key[1], fen=row.fen,
                means=row.means, document=row.document, period=received.period)
    return row


def _judge(received: Received, stand: Position, today: date) -> list[Finding]:
    found = []
    if not 0 < received.fen <= stand.overpaid:
        found.append(Finding("payout.recovery_sum", CLAUSE, {"overpaid_fen": stand.overpaid, "field": "amount"}))
    if received.means not in MEANS:
        raise NotFound("means", received.means)
    if not received.document.strip():
        found.append(Finding("payout.recovery_paper", CLAUSE, {"field": "document"}))
    if received.received_on > today:
        found.append(Finding("payout.recovery_day", CLAUSE, {"field": "received_on"}))
    return found


def _post(work: Work, year: int, key: Key, sequence: int, received: Received, period_id: int) -> PayRecovery:
    """The entry, and the row that says what it was."""
    number, _ = ledger_head(work.session)
    document = received.document.strip()
    batch = batches_of(work.session, year, "locked", "exported", "paid")[-1]
    append(work, [Movement("recovery", *key, -sequence, received.fen, None, None)], period_id=period_id, batch=batch,
           memos=[document])
    row = PayRecovery(
        year=year, person_id=key[0], school_id=key[1], sequence=sequence, fen=received.fen, means=received.means,
        document=document, received_on=received.received_on, entry_id=number + 1, recorded_by=work.actor.user_id,
        recorded_by_name=work.actor.signature, recorded_at=work.now)
    work.session.add(row)
    work.session.flush()
    return row


def recoveries_of(work: Work, year: int, key: Key) -> list[Recovered]:
    """What one person at one school gave back so far, in order."""
    work.require("payout:read")
    return [copied(row, Recovered) for row in work.session.scalars(
        select(PayRecovery).where(PayRecovery.year == year, PayRecovery.person_id == key[0],
                                  PayRecovery.school_id == key[1]).order_by(PayRecovery.sequence))]
