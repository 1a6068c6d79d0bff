"""Proving the book: that every decision binds what stands, and every entry is what its batch makes it.

``talent pay verify`` walks all of it. What it trusts is only the arithmetic: digests, hashes and the replay of each
locked batch against the entries before it.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from talent.core.errors import Finding
from talent.pay.acts import Acts, acts_of, entered_hand, hands_of, lines_hash, signer_of
from talent.pay.book import answering_schools, disputed_among, kind_of, stands, wanted_by
from talent.pay.chain import CAPACITIES, CHAIN_ORDER, EDGES, LOCKED, Hand, Past, barred
from talent.pay.chain_models import PayStep
from talent.pay.content import BareLine
from talent.pay.ledger import GENESIS, HASHED, Decided, digest_of, movements, was_open
from talent.pay.ledger_models import PayEntry, PayPeriod, PayPeriodAct
from talent.pay.models import PayBatch, PayFinding, PayLine

_COLUMNS = [getattr(PayEntry, name) for name in (*HASHED, "posted_at", "digest")]


def broken(session: Session) -> Iterator[Finding]:
    """Everything that does not hold of decisions, periods and entries."""
    entries = session.execute(select(*_COLUMNS).order_by(PayEntry.id)).all()
    yield from _links(entries)
    yield from _periods(session, entries)
    yield from _reversals(entries)
    batches = session.scalars(select(PayBatch).order_by(PayBatch.id)).all()
    for batch in batches:
        acts = acts_of(session, batch)
        if acts.steps and batch.state in CHAIN_ORDER:
            yield from _decisions(session, acts)
            yield from _barred(session, acts)
    yield from _replay(session, [batch for batch in batches if batch.state in LOCKED], entries)


def _links(entries: Sequence[Any]) -> Iterator[Finding]:
    """Numbers without gaps, whole fen, and each digest over the row and the one before."""
    previous = GENESIS
    for number, row in enumerate(entries, 1):
        if row.id != number or row.previous != previous:
            yield Finding("pay.entry_link", params={"number": number})
            return
        if type(row.fen) is not int or row.fen <= 0 or row.debit == row.credit:
            yield Finding("pay.entry_sum", params={"number": row.id})
        if digest_of(row._mapping, row.posted_at) != row.digest:
            yield Finding("pay.entry_changed", params={"number": row.id})
            return
        previous = row.digest


def _periods(session: Session, entries: Sequence[Any]) -> Iterator[Finding]:
    """Every entry was made while its period was open, and each period stands as two persons last decided."""
    decided: dict[str, list[Decided]] = defaultdict(list)
    rows = session.scalars(
        select(PayPeriodAct).where(PayPeriodAct.state == "approved").order_by(PayPeriodAct.decided_at, PayPeriodAct.id))
    for act in rows:
        decided[act.code].append(Decided(act.act, act.head or 0))
    periods = {period.id: period for period in session.scalars(select(PayPeriod))}
    for period in periods.values():
        last = decided[period.code][-1].act if decided[period.code] else ""
        if (period.state == "locked") != (last == "lock") or not last:
            yield Finding("pay.period_undecided", params={"period": period.code})
    for row in entries:
        period = periods[row.period_id]
        if not was_open(decided[period.code], row.id):
            yield Finding("pay.entry_after_lock", params={"number": row.id, "period": period.code})
            return


def _reversals(entries: Sequence[Any]) -> Iterator[Finding]:
    """A reversal mirrors one earlier entry, and no entry is reversed twice."""
    known = {row.id: row for row in entries}
    undone: set[int] = set()
    for row in entries:
        if row.reverses_id is None:
            continue
        other = known.get(row.reverses_id)
        mirrors = other is not None and other.id < row.id and (
            (other.year, other.person_id, other.school_id, other.fen, other.debit, other.credit)
            == (row.year, row.person_id, row.school_id, row.fen, row.credit, row.debit))
        if not mirrors or row.reverses_id in undone:
            yield Finding("pay.entry_reversal", params={"number": row.id})
        undone.add(row.reverses_id)


def _decisions(session: Session, acts: Acts) -> Iterator[Finding]:
    """What the state of a batch says was decided, was: by different persons, on exactly what stands."""
    batch, reached = acts.batch, CHAIN_ORDER.index(acts.batch.state)

    def wrong(what: str) -> Finding:
        return Finding("pay.decision_missing", params={"year": batch.year, "sequence": batch.sequence, "pay_act": what})

    lines: dict[int, list[BareLine]] = defaultdict(list)
    for row in session.execute(
            select(PayLine.staff_no, PayLine.school_code, PayLine.months, PayLine.month_count, PayLine.days,
                   PayLine.amount_fen, PayLine.school_id).where(PayLine.batch_id == batch.id)):
        lines[row.school_id].append(BareLine(*row[:-1]))
    if any(step.lines_hash != lines_hash(lines[school_id]) for school_id, step in acts.answers.items()):
        yield wrong("confirm")
    asked = reached >= CHAIN_ORDER.index("school_confirmed") and batch.state not in LOCKED
    if asked and set(answering_schools(session, acts)) - set(acts.answers):
        yield wrong("confirm")
    if reached >= CHAIN_ORDER.index("hr_reviewed") and not acts.of("review"):
        yield wrong("review")
    if reached >= CHAIN_ORDER.index("approved"):
        signers = [signer_of(step) for act in ("review", "approve") for step in acts.of(act)]
        computer = acts.past(session, ()).computer
        several = all(not one.is_same(other) for at, one in enumerate([computer, *signers])
                      for other in signers[at:])
        if acts.approvals != CAPACITIES or not several:
            yield wrong("approve")
    if batch.state in LOCKED and len(acts.of("lock")) != 1:
        yield wrong("lock")
    for act, state in (("export", "exported"), ("settle", "paid")):
        if reached >= CHAIN_ORDER.index(state) and len(acts.of(act)) != 1:
            yield wrong(act)


def _barred(session: Session, acts: Acts) -> Iterator[Finding]:
    """No act that binds was done by somebody to whom it was barred: each judged again on the acts before it."""
    people = set(session.scalars(select(PayLine.person_id).where(PayLine.batch_id == acts.batch.id).distinct()))
    whole = acts.past(session, people)
    binding = {step.id for act in ("review", "approve", "lock") for step in acts.of(act)}
    before: dict[str, list[Hand]] = defaultdict(list)
    for step in acts.steps:
        answers = step.school_id is not None and acts.answers.get(step.school_id) is step
        if answers or step.id in binding:
            past = Past(whole.computer, before, whole.people)
            if barred(EDGES[step.act], signer_of(step), past, entered_hand(session, step)):
                yield _barred_step(acts, step)
        if step.id in binding:
            before[step.act] += hands_of(session, step)
    yield from (_barred_step(acts, step) for step in _on_own_line(session, acts))


def _on_own_line(session: Session, acts: Acts) -> list[PayStep]:
    """Who took the own line out or let it in again, and who answered for a finding about themselves."""
    mine = select(PayStep.id).where(PayStep.batch_id == acts.batch.id)
    lines = mine.join(PayLine, PayLine.id == PayStep.line_id).where(PayLine.person_id == PayStep.person_id)
    findings = mine.join(PayFinding, PayFinding.id == PayStep.finding_id).where(
        PayFinding.person_id == PayStep.person_id)
    own = {*session.scalars(lines), *session.scalars(findings)}
    return [step for step in acts.steps if step.id in own]


def _barred_step(acts: Acts, step: PayStep) -> Finding:
    return Finding("pay.decision_barred", params={
        "year": acts.batch.year, "sequence": acts.batch.sequence, "pay_act": step.act, "name": step.user_name})


def _replay(session: Session, locked: Sequence[PayBatch], entries: Sequence[Any]) -> Iterator[Finding]:
    """Each locked batch, in the order of locking, posts exactly its lines against what stood before it."""
    of_batch: dict[int, list[Any]] = defaultdict(list)
    for row in entries:
        if row.kind in ("accrual", "adjustment", "reversal"):
            of_batch[row.batch_id].append(row)
    known = {batch.id for batch in locked}
    for batch_id in of_batch.keys() - known:
        yield Finding("pay.entry_of_nothing", params={"number": of_batch[batch_id][0].id})
    before: dict[int, list[Any]] = defaultdict(list)
    in_order = sorted(locked, key=lambda batch: (batch.adjusts_id is not None, batch.sequence))
    for batch in in_order:
        acts = acts_of(session, batch)
        wanted, left_out = wanted_by(session, acts)
        stand = stands(before[batch.year])
        expected = movements(stand, wanted, kind=kind_of(batch), left_out=[*left_out, *disputed_among(acts, stand)])
        made = [(row.kind, row.person_id, row.school_id, row.sequence, row.fen, row.line_id, row.reverses_id)
                for row in of_batch[batch.id]]
        if made != [tuple(move) for move in expected]:
            yield Finding("pay.ledger_differs", params={"year": batch.year, "sequence": batch.sequence})
        before[batch.year] += of_batch[batch.id]
