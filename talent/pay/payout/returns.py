"""Return files (回盘): read, compared with what was sent out, then taken over once.

A success becomes an entry in the ledger; a failure stays owed, with the bank's reason. A row that does not fit is shown
and never taken; the same file again, and the same row again, change nothing.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from io import BytesIO
from itertools import groupby
from pathlib import Path
from typing import Final

from sqlalchemy import case, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from talent.core import files
from talent.core.config import Settings
from talent.core.errors import Conflict, Finding, NotFound, RuleViolation
from talent.core.views import copied
from talent.core.work import Work
from talent.pay.awards.models import PayDistribution
from talent.pay.book import ledger_head, take_ledger
from talent.pay.chain import EDGES
from talent.pay.content import canonical, digest
from talent.pay.ledger import Movement
from talent.pay.models import PayBatch
from talent.pay.payout.commands import bars
from talent.pay.payout.models import PayPayoutItem, PayResult, PayReturn
from talent.pay.payout.rules import CLAUSE, Expected, Row, Verdict, match, refusals
from talent.pay.posting import append, open_period
from talent.pay.years import shut
from talent.workbooks.issues import Issue
from talent.workbooks.kinds import CellType, Column, Kind
from talent.workbooks.single import rows_of

RIGHT: Final = EDGES["settle"].right
KIND: Final = Kind("payout_return", "回盘", (
    Column("reference", "流水号", CellType.CODE, required=True, key=True, max_length=40,
           header_aliases=("交易流水号", "业务流水号", "参考号")),
    Column("staff_no", "工号", CellType.CODE, max_length=40, header_aliases=("职工编号", "人员编号")),
    Column("name", "姓名", CellType.TEXT, max_length=80, header_aliases=("户名", "收款人", "收款人姓名")),
    Column("fen", "金额", CellType.DECIMAL, required=True, minimum=0, header_aliases=("交易金额", "实发金额", "应发")),
    Column("result", "结果", CellType.CHOICE, required=True, choices={"成功": "paid", "失败": "failed"},
           aliases={**dict.fromkeys(("交易成功", "付款成功", "已付"), "成功"),
                    **dict.fromkeys(("交易失败", "付款失败", "退票"), "失败")},
           header_aliases=("处理结果", "交易结果", "状态")),
    Column("reason", "原因", CellType.TEXT, max_length=200, header_aliases=("失败原因", "备注", "摘要")),
))


@dataclass
class Reading:
    """What a return file says, and every remark on it."""

    rows: list[Row] = field(default_factory=list)
    issues: list[Issue] = field(default_factory=list)

    @property
    def errors(self) -> list[Issue]:
        return [issue for issue in self.issues if issue.level == "error"]


def columns() -> tuple[list[str], list[str], list[str]]:
    """The columns a return file must have, those it may have, and the words for what became of a row."""
    required, others = ([column.header for column in KIND.columns if column.required is must] for must in (True, False))
    return required, others, [word for column in KIND.columns for word in column.choices or ()]


def read_return(path: Path, name: str) -> Reading:
    """Read a return file; nothing here touches the database."""
    reading = Reading()
    reading.rows += [_row(row.number, row.values) for _, row in rows_of(path, name, KIND, reading.issues)]
    reading.issues = [issue for issue in reading.issues if issue.code != "workbooks.totals_row"]
    return reading


def _row(number: int, values: dict[str, object]) -> Row:
    def said(name: str) -> str:
        return str(values.get(name) or "").removeprefix("'")

    fen = values["fen"]
    assert isinstance(fen, int)
    return Row(number, said("reference"), said("staff_no"), said("name"), fen, said("result"), said("reason"))


def stage(work: Work, settings: Settings, *, year: int, name: str, content: bytes, reading: Reading) -> PayReturn:
    """Keep a return file that could be read, to be looked at. One that was taken over before is refused by name."""
    work.require(RIGHT)
    if work.actor.user_id is None:
        raise RuleViolation(Finding("pay.needs_account", CLAUSE))
    if reading.errors:
        raise RuleViolation(Finding(issue.code, CLAUSE, {**issue.params, "field": "file"}) for issue in reading.errors)
    found = sha256(content).hexdigest()
    before = work.session.scalars(
        select(PayReturn).where(PayReturn.sha256 == found, PayReturn.state == "accepted")).first()
    if before is not None:
        raise RuleViolation(Finding("payout.return_known", CLAUSE, {
            "field": "file", "name": before.decided_by_name, "file": before.name, "number": before.id}))
    if not reading.rows:
        raise RuleViolation(Finding("payout.return_empty", CLAUSE, {"field": "file"}))
    if found_shut := shut(work.session, year):
        raise RuleViolation(found_shut)
    kept = files.store(work, settings.home, name, BytesIO(content))
    row = PayReturn(year=year, file_id=kept.id, name=kept.name, sha256=kept.sha256, state="staged",
                    rows=canonical([list(each) for each in reading.rows]), uploaded_by=work.actor.user_id,
                    uploaded_by_name=work.actor.signature, uploaded_at=work.now)
    work.session.add(row)
    work.session.flush()
    work.record("payout:stage", "pay_return", row.id, year=year, name=kept.name, sha256=kept.sha256,
                rows=len(reading.rows))
    return row


# ── comparing ────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class ReturnShown:
    """A return file as pages tell of it: handed in, and taken over or left."""

    id: int
    year: int
    name: str
    sha256: str
    state: str
    uploaded_by_name: str
    uploaded_at: datetime
    decided_by_name: str
    decided_at: datetime | None
    period_id: int | None


@dataclass(frozen=True, slots=True)
class Compared:
    """A return file beside what was sent out. ``seal`` is what the person saw."""

    row: ReturnShown
    verdicts: Sequence[Verdict]

    @property
    def seal(self) -> str:
        return digest(canonical([self.row.sha256, [[each.row.number, each.code] for each in self.verdicts]]))

    def fen(self, result: str) -> int:
        """The sum of the rows to be taken with that result."""
        return sum(each.row.fen for each in self.verdicts if each.taken and each.row.result == result)

    def count(self, *codes: str) -> int:
        """How many rows have one of the verdicts."""
        return sum(each.code in codes for each in self.verdicts)


def compare(session: Session, return_id: int) -> Compared:
    """Each row of a return file against the item it names; two statements."""
    row = session.get(PayReturn, return_id, populate_existing=True)
    if row is None:
        raise NotFound("pay_return", return_id)
    rows = [Row(*each) for each in json.loads(row.rows)]
    outcome = case((PayResult.success.is_(None), ""), (PayResult.success, "paid"), else_="failed")
    found = session.execute(
        select(PayPayoutItem.reference, PayPayoutItem.id, PayPayoutItem.staff_no, PayPayoutItem.name,
               PayPayoutItem.fen, outcome)
        .outerjoin(PayResult, PayResult.item_id == PayPayoutItem.id).where(PayPayoutItem.year == row.year))
    expected = {reference: Expected(*item) for reference, *item in found}
    return Compared(copied(row, ReturnShown), match(rows, expected))


# ── deciding ─────────────────────────────────────────────────────────────────────────────────────────────────


def accept(work: Work, *, return_id: int, seen: str, period: str, partial: bool = False) -> tuple[int, int]:
    """Take a return file over as it was seen: (paid, refused) items. ``partial``: only the rows that fit, knowingly.

    Refused for who approved the year's batch, for a row about oneself, and where the period is not open.
    """
    work.require(RIGHT)
    take_ledger(work.session)  # before the period, as a lock of a batch does: neither waits for what the other holds
    period_id = open_period(work.session, period)
    compared = compare(work.session, return_id)
    if compared.row.state != "staged" or compared.seal != seen:
        raise Conflict("pay_return")
    taken = [each for each in compared.verdicts if each.taken]
    _judge(work, compared, taken, partial, period, period_id)
    _decide(work, return_id, "accepted", period_id)
    entries = _post(work, taken, period_id or 0)
    try:
        work.session.execute(insert(PayResult), [
            {"item_id": each.item.item_id, "return_id": return_id, "row": each.row.number,
             "success": each.row.result == "paid", "reason": each.row.reason if each.row.result == "failed" else "",
             "entry_id": entries.get(each.item.item_id), "at": work.now} for each in taken if each.item])
    except IntegrityError as said:
        raise Conflict("pay_return") from said
    paid = len(entries)
    work.record("payout:accept", "pay_return", return_id, year=compared.row.year, sha256=compared.row.sha256,
                period=period, paid=paid, paid_fen=compared.fen("paid"), failed=len(taken) - paid,
                failed_fen=compared.fen("failed"), left=len(compared.verdicts) - len(taken),
                partial=partial)
    return paid, len(taken) - paid


def _judge(work: Work, compared: Compared, taken: Sequence[Verdict], partial: bool, period: str,
           period_id: int | None) -> None:
    year, ids = compared.row.year, [each.item.item_id for each in taken if each.item]
    people = set(work.session.scalars(select(PayPayoutItem.person_id).where(PayPayoutItem.id.in_(ids)))) if (
        work.actor.user_id is not None) else set()
    found = [*refusals(compared.verdicts, partial=partial), *bars(work, EDGES["settle"], year, people)]
    if period_id is None:
        found.append(Finding("pay.period_not_open", CLAUSE, {"period": period, "field": "period"}))
    found += shut(work.session, year)
    if found:
        raise RuleViolation(found)


def discard(work: Work, *, return_id: int) -> None:
    """Give a return file up: it stays on record, nothing of it counts."""
    work.require(RIGHT)
    if work.session.get(PayReturn, return_id) is None:
        raise NotFound("pay_return", return_id)
    _decide(work, return_id, "discarded", None)
    work.record("payout:discard", "pay_return", return_id)


def _decide(work: Work, return_id: int, state: str, period_id: int | None) -> None:
    """Compare-and-set: of two people who decide at once the second is told."""
    changed = work.session.execute(
        update(PayReturn).where(PayReturn.id == return_id, PayReturn.state == "staged")
        .values(state=state, decided_by=work.actor.user_id, decided_by_name=work.actor.signature, decided_at=work.now,
                period_id=period_id).execution_options(synchronize_session=False))
    if changed.rowcount != 1:  # type: ignore[attr-defined]
        raise Conflict("pay_return")


def _post(work: Work, taken: Sequence[Verdict], period_id: int) -> dict[int, int]:
    """An entry for every success: item → the number of its entry."""
    ids = [each.item.item_id for each in taken if each.item and each.row.result == "paid"]
    rows = work.session.execute(
        select(PayPayoutItem, PayBatch).join(PayDistribution, PayDistribution.id == PayPayoutItem.distribution_id)
        .join(PayBatch, PayBatch.id == PayDistribution.batch_id).where(PayPayoutItem.id.in_(ids))
        .order_by(PayBatch.id, PayPayoutItem.id)).all()
    entries: dict[int, int] = {}
    for batch, of_batch in groupby(rows, key=lambda row: row[1]):
        items = [item for item, _ in of_batch]
        number, _ = ledger_head(work.session)
        append(work, [Movement("reissue" if item.reissues_id else "payment", item.person_id, item.school_id,
                               -item.sequence, item.fen, None, None) for item in items],
               period_id=period_id, batch=batch, memos=[item.reference for item in items])
        entries |= {item.id: number + place for place, item in enumerate(items, 1)}
    return entries
