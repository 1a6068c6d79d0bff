"""What was paid out and what is still owed, as its pages read it; ``payout:read`` is for those who see everybody's."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from talent.core.errors import NotFound
from talent.core.views import copied
from talent.core.work import Work
from talent.pay.chain import EDGES, LOCKED
from talent.pay.ledger_models import PayPeriod
from talent.pay.models import PayBatch
from talent.pay.payout import returns
from talent.pay.payout.book import Who, YearBook, batches_of, read_year
from talent.pay.payout.commands import Plan, plan_of
from talent.pay.payout.models import PayPayout, PayPayoutFile, PayPayoutItem, PayResult, PayReturn
from talent.pay.payout.returns import Compared, ReturnShown
from talent.pay.payout.rules import Position, SchoolStand
from talent.pay.year_models import PayYear

READ = "payout:read"


@dataclass(frozen=True, slots=True)
class FileRow:
    """A payroll file in a list, with what the bank has said of it so far."""

    id: int
    year: int
    number: int
    kind: str
    count: int
    fen: int
    drawn_at: datetime
    drawn_by: str
    paid: int
    failed: int
    paid_fen: int

    @property
    def pending(self) -> int:
        return self.count - self.paid - self.failed


@dataclass(frozen=True, slots=True)
class YearView:
    """A year between schools and bank. ``states`` are those of its locked batches and adjustments.

    ``closed``: nothing of it is sent or taken over until two persons open it again.
    """

    book: YearBook
    regular: Plan
    again: Plan
    files: Sequence[FileRow]
    returns: Sequence[ReturnShown]
    states: Sequence[str]
    closed: bool

    @property
    def totals(self) -> dict[str, int]:
        """Sums over the schools."""
        schools = self.book.asked
        return {name: sum(getattr(school, name) or 0 for school in schools)
                for name in ("standing", "split", "paid", "pending", "failed", "due", "back")}

    @property
    def split_schools(self) -> int:
        """How many schools have split what stands for them."""
        return sum(school.split is not None for school in self.book.asked)


def locked_years(work: Work) -> list[int]:
    """The years with a locked batch, newest first."""
    work.require(READ)
    return list(work.session.scalars(
        select(PayBatch.year).where(PayBatch.state.in_(LOCKED)).distinct().order_by(PayBatch.year.desc())))


def year_view(work: Work, year: int) -> YearView:
    """The year's page; ten statements whatever its size."""
    work.require(READ)
    states = [batch.state for batch in batches_of(work.session, year, *LOCKED)]
    if not states:
        raise NotFound("pay_year", year)
    book = read_year(work.session, year)
    handed = [copied(row, ReturnShown) for row in work.session.scalars(
        select(PayReturn).where(PayReturn.year == year).order_by(PayReturn.id.desc()))]
    return YearView(book, plan_of(book, "regular"), plan_of(book, "reissue"), _files(work.session, year), handed,
                    states, closing_state(work.session, year) == "closed")


def closing_state(session: Session, year: int) -> str:
    """Whether the book of the year is open or closed."""
    return session.scalar(select(PayYear.state).where(PayYear.year == year)) or "open"


def _files(session: Session, year: int, payout_id: int | None = None) -> list[FileRow]:
    paid = case((PayResult.success, 1), else_=0)
    statement = (
        select(PayPayout.id, PayPayout.year, PayPayout.number, PayPayout.kind, PayPayout.item_count,
               PayPayout.total_fen, PayPayout.drawn_at, PayPayout.drawn_by_name, func.sum(paid),
               func.count(PayResult.item_id), func.sum(case((PayResult.success, PayPayoutItem.fen), else_=0)))
        .join(PayPayoutItem, PayPayoutItem.payout_id == PayPayout.id)
        .outerjoin(PayResult, PayResult.item_id == PayPayoutItem.id)
        .where(PayPayout.year == year).group_by(PayPayout.id).order_by(PayPayout.number.desc()))
    if payout_id is not None:
        statement = statement.where(PayPayout.id == payout_id)
    return [FileRow(key, of_year, number, kind, count, fen, at, by, int(good), said - int(good), int(paid_fen))
            for key, of_year, number, kind, count, fen, at, by, good, said, paid_fen in session.execute(statement)]


def planned(work: Work, year: int, kind: str) -> Plan:
    """What a file of a kind would hold now, for who may draw it."""
    work.require(EDGES["export"].right)
    if not batches_of(work.session, year, *LOCKED):
        raise NotFound("pay_year", year)
    return plan_of(read_year(work.session, year), kind)


# ── one file ─────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class ItemRow:
    """An item in a list. ``outcome`` is "", ``paid`` or ``failed``; ``again`` is the reference it was issued anew."""

    id: int
    number: int
    reference: str
    staff_no: str
    name: str
    school_code: str
    school: str
    fen: int
    outcome: str
    reason: str
    return_id: int | None
    again: str


@dataclass(frozen=True, slots=True)
class PayoutShown:
    """A payroll file's head."""

    id: int
    year: int
    number: int
    kind: str
    item_count: int
    total_fen: int
    sha256: str
    parameters: str
    drawn_by_name: str
    drawn_at: datetime


@dataclass(frozen=True, slots=True)
class FileView:
    """One payroll file with a page of its items."""

    payout: PayoutShown
    row: FileRow
    items: Sequence[ItemRow]
    total: int
    forms: Sequence[str]

    @property
    def accounts(self) -> list[str]:
        """The voucher's accounts as the policy book called them."""
        return [str(row["label"]) for row in json.loads(self.payout.parameters)[0]["value"]]

    @property
    def basis(self) -> str:
        """What they rest on."""
        return str(json.loads(self.payout.parameters)[0]["basis"])


def file_view(work: Work, payout_id: int, *, outcome: str = "", offset: int = 0, limit: int = 50) -> FileView:
    """A file and one page of its items, those with an outcome alone where one is asked for."""
    work.require(READ)
    payout = work.session.get(PayPayout, payout_id)
    if payout is None:
        raise NotFound("pay_payout", payout_id)
    said = case((PayResult.success.is_(None), "pending"), (PayResult.success, "paid"), else_="failed")
    later = select(PayPayoutItem.reissues_id, PayPayoutItem.reference).subquery()
    statement = (
        select(PayPayoutItem, said, PayResult.reason, PayResult.return_id, later.c.reference)
        .outerjoin(PayResult, PayResult.item_id == PayPayoutItem.id)
        .outerjoin(later, later.c.reissues_id == PayPayoutItem.id)
        .where(PayPayoutItem.payout_id == payout_id))
    if outcome:
        statement = statement.where(said == outcome)
    total = work.session.scalar(select(func.count()).select_from(statement.subquery())) or 0
    rows = work.session.execute(statement.order_by(PayPayoutItem.number).offset(offset).limit(limit))
    items = [ItemRow(item.id, item.number, item.reference, item.staff_no, item.name, item.school_code,
                     item.school_name, item.fen, state, reason or "", return_id, reissued or "")
             for item, state, reason, return_id, reissued in rows]
    forms = work.session.scalars(select(PayPayoutFile.form).where(PayPayoutFile.payout_id == payout_id)).all()
    return FileView(copied(payout, PayoutShown), _files(work.session, payout.year, payout_id)[0], items, total, forms)


# ── one return ───────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class ReturnView:
    """A return file beside what was sent. ``missing``: items of the files it speaks of that it does not name and
    nothing was said of."""

    compared: Compared
    missing: int
    missing_fen: int
    period: str
    taken: int
    refused: int


def return_view(work: Work, return_id: int) -> ReturnView:
    """What taking a return file over would do, or what it did."""
    work.require(READ)
    compared = returns.compare(work.session, return_id)
    named = [each.row.reference for each in compared.verdicts if each.item]
    files = select(PayPayoutItem.payout_id).where(PayPayoutItem.reference.in_(named))
    count, fen = work.session.execute(
        select(func.count(), func.coalesce(func.sum(PayPayoutItem.fen), 0))
        .outerjoin(PayResult, PayResult.item_id == PayPayoutItem.id)
        .where(PayPayoutItem.payout_id.in_(files), PayResult.item_id.is_(None),
               PayPayoutItem.reference.not_in(named))).one()
    period = work.session.scalar(
        select(PayPeriod.code).where(PayPeriod.id == compared.row.period_id)) or ""
    taken, refused = work.session.execute(
        select(func.coalesce(func.sum(case((PayResult.success, 1), else_=0)), 0), func.count())
        .where(PayResult.return_id == return_id)).one()
    return ReturnView(compared, count, int(fen), period, int(taken), refused - int(taken))


# ── reconciliation ───────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class PersonRow:
    """One person at one school of a year, for the lists behind the sums."""

    person_id: int
    who: Who
    school: SchoolStand
    stand: Position


#: What a list of people may be narrowed to, as the position names it.
WHYS = ("due", "pending", "failed", "back", "owed", "paid")


def people(work: Work, year: int, *, school_code: str = "", why: str = "", until: datetime | None = None
           ) -> list[PersonRow]:
    """Everybody with an award or an item, by school and staff number."""
    book = reconciliation(work, year, until)
    found = [PersonRow(person, book.who[person, school], book.schools[school], stand)
             for (person, school), stand in book.stand.items()
             if (not why or getattr(stand, why)) and school_code in ("", book.schools[school].code)]
    return sorted(found, key=lambda row: (row.school.code, row.who.staff_no))


def person_row(work: Work, year: int, person_id: int, school_code: str) -> PersonRow:
    """One person at one school; not found where nothing was given or issued."""
    found = [row for row in people(work, year, school_code=school_code) if row.person_id == person_id]
    if len(found) != 1 or not school_code:
        raise NotFound("person", person_id)
    return found[0]


def reconciliation(work: Work, year: int, until: datetime | None = None) -> YearBook:
    """Ledger, splits and bank side by side, as they stood at a moment."""
    work.require(READ)
    if not batches_of(work.session, year, *LOCKED):
        raise NotFound("pay_year", year)
    return read_year(work.session, year, until)

