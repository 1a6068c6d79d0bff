"""Proving what was paid out: every file is its items, every payment one item the bank paid, nobody was paid twice.

Part of ``talent pay verify``. The bank's table is written again from the items and must have the digest it had.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from talent.core.errors import Finding
from talent.pay.awards.models import PayDistribution
from talent.pay.ledger import DUE_TO_SCHOOL, MONEY, PAYING, TREASURY
from talent.pay.ledger_models import PayEntry
from talent.pay.payout import documents, sealing
from talent.pay.payout.models import PayPayout, PayPayoutItem, PayRecovery, PayResult
from talent.pay.year_models import PayYear, PayYearAct
from talent.people.models import School


def broken(session: Session) -> Iterator[Finding]:
    """Everything that does not hold of files, answers, payments and closed years."""
    items: dict[int, list[PayPayoutItem]] = defaultdict(list)
    for item in session.scalars(select(PayPayoutItem).order_by(PayPayoutItem.payout_id, PayPayoutItem.number)):
        items[item.payout_id].append(item)
    for payout in session.scalars(select(PayPayout).order_by(PayPayout.id)):
        yield from _file(payout, items[payout.id])
    known = {item.id: item for each in items.values() for item in each}
    yield from _payments(session, known)
    yield from _recoveries(session, known)
    yield from _dues(session)
    yield from _years(session)


def _file(payout: PayPayout, items: Sequence[PayPayoutItem]) -> Iterator[Finding]:
    facts = {"year": payout.year, "number": payout.number}
    if (len(items), sum(item.fen for item in items)) != (payout.item_count, payout.total_fen):
        yield Finding("payout.file_total", params=facts)
    lines = [documents.Line(item.number, item.reference, item.school_code, item.school_name, item.staff_no, item.name,
                            item.fen) for item in items]
    sheet = documents.Sheet("", payout.year, payout.number, payout.kind == "reissue", "", "",
                            datetime(2000, 1, 1, tzinfo=UTC), lines, {}, False)
    if sha256(documents.bank_csv(sheet)).hexdigest() != payout.sha256:
        yield Finding("payout.file_hash", params=facts)


def _payments(session: Session, items: dict[int, PayPayoutItem]) -> Iterator[Finding]:
    """One entry for every item the bank paid, of the same sum, and none besides; a reissue follows a refusal."""
    batches = {split_id: batch_id for split_id, batch_id in session.execute(
        select(PayDistribution.id, PayDistribution.batch_id))}
    results = {result.item_id: result for result in session.scalars(select(PayResult))}
    entries = {entry.id: entry for entry in session.scalars(select(PayEntry).where(PayEntry.kind.in_(PAYING)))}
    proved = set()
    for item_id, result in results.items():
        if not result.success:
            continue
        item, entry = items[item_id], entries.get(result.entry_id or 0)
        if entry is None or not _matches(entry, item, batches[item.distribution_id]) or entry.id in proved:
            yield Finding("payout.entry_differs", params={"reference": item.reference})
            continue
        proved.add(entry.id)
    for number in entries.keys() - proved:
        yield Finding("payout.entry_of_nothing", params={"number": number})
    for item in items.values():
        former = results.get(item.reissues_id or 0)
        if item.reissues_id is not None and (former is None or former.success):
            yield Finding("payout.paid_twice", params={"reference": item.reference})


def _matches(entry: PayEntry, item: PayPayoutItem, batch_id: int) -> bool:
    kind = "payment" if item.reissues_id is None else "reissue"
    said: tuple[Any, ...] = (entry.kind, entry.year, entry.person_id, entry.school_id, entry.sequence, entry.fen,
                             entry.memo, entry.debit, entry.credit, entry.batch_id)
    return said == (kind, item.year, item.person_id, item.school_id, -item.sequence, item.fen, item.reference,
                    DUE_TO_SCHOOL, TREASURY, batch_id)


def _recoveries(session: Session, items: dict[int, PayPayoutItem]) -> Iterator[Finding]:
    """One entry for everything given back, of the same sum, and none besides; nobody gave back more than they got."""
    got: dict[tuple[int, int, int], int] = defaultdict(int)
    for item_id in session.scalars(select(PayResult.item_id).where(PayResult.success)):
        item = items[item_id]
        got[item.year, item.person_id, item.school_id] += item.fen
    entries = {entry.id: entry for entry in session.scalars(select(PayEntry).where(PayEntry.kind == "recovery"))}
    for row in session.scalars(select(PayRecovery).order_by(PayRecovery.id)):
        entry, key = entries.pop(row.entry_id, None), (row.year, row.person_id, row.school_id)
        got[key] -= row.fen
        if got[key] < 0 or entry is None or (
            (entry.year, entry.person_id, entry.school_id, entry.sequence, entry.fen, entry.memo, entry.debit,
             entry.credit) != (*key, -row.sequence, row.fen, row.document, TREASURY, DUE_TO_SCHOOL)):
            yield Finding("payout.recovery_differs", params={"paper": row.document, "number": row.entry_id})
    for number in entries:
        yield Finding("payout.entry_of_nothing", params={"number": number})


def _dues(session: Session) -> Iterator[Finding]:
    """What is due to each school is what stands for it less what its people were paid and did not give back."""
    dues: dict[tuple[int, int], int] = defaultdict(int)
    standing: dict[tuple[int, int, int], int] = {}
    for year, school, person, kind, debit, fen in session.execute(
            select(PayEntry.year, PayEntry.school_id, PayEntry.person_id, PayEntry.kind, PayEntry.debit, PayEntry.fen)
            .order_by(PayEntry.id)):
        dues[year, school] += -fen if debit == DUE_TO_SCHOOL else fen
        if kind not in MONEY:
            standing[year, school, person] = 0 if kind == "reversal" else fen
    paid: dict[tuple[int, int], int] = defaultdict(int)
    for year, school, fen in session.execute(
            select(PayPayoutItem.year, PayPayoutItem.school_id, PayPayoutItem.fen)
            .join(PayResult, PayResult.item_id == PayPayoutItem.id).where(PayResult.success)):
        paid[year, school] += fen
    for year, school, fen in session.execute(select(PayRecovery.year, PayRecovery.school_id, PayRecovery.fen)):
        paid[year, school] -= fen
    stand: dict[tuple[int, int], int] = defaultdict(int)
    for (year, school, _), fen in standing.items():
        stand[year, school] += fen
    wrong = sorted(key for key in dues.keys() | paid.keys() if dues[key] != stand[key] - paid[key])
    codes = {school_id: code for school_id, code in session.execute(
        select(School.id, School.code).where(School.id.in_([school for _, school in wrong])))} if wrong else {}
    for year, school in wrong:
        yield Finding("payout.due_differs", params={"year": year, "school_code": codes[school]})


def _years(session: Session) -> Iterator[Finding]:
    """Each year is closed or open as it was last decided, and took no entry while it was closed."""
    decided: dict[int, list[PayYearAct]] = defaultdict(list)
    for act in session.scalars(
            select(PayYearAct).where(PayYearAct.state == "approved")
            .order_by(PayYearAct.decided_at, PayYearAct.id)):
        decided[act.year].append(act)
    for row in session.scalars(select(PayYear).order_by(PayYear.year)):
        acts = decided.pop(row.year, [])
        if not acts or (row.state == "closed") != (acts[-1].act == "close"):
            yield Finding("payout.year_undecided", params={"year": row.year})
        if acts and acts[-1].act == "close":
            yield from (Finding("payout.closed_changed", params={"year": row.year, "pay_part": part})
                        for part in sealing.changed(session, row.year, acts[-1].seal))
        yield from _entries_while_closed(session, row.year, acts)
    for year in decided:
        yield Finding("payout.year_undecided", params={"year": year})


def _entries_while_closed(session: Session, year: int, acts: Sequence[PayYearAct]) -> Iterator[Finding]:
    """The first entry of the year that was made while it was closed."""
    for number in session.scalars(select(PayEntry.id).where(PayEntry.year == year).order_by(PayEntry.id)):
        last = next((act.act for act in reversed(acts) if (act.head or 0) < number), "")
        if last == "close":
            yield Finding("payout.entry_while_closed", params={"year": year, "number": number})
            return
