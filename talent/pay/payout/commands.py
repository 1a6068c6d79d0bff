"""Drawing payroll files, and settling a year: what finance does once the year is locked.

Who approved a batch of the year that is not paid yet neither draws nor settles; nobody draws their own pay.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from hashlib import sha256
from io import BytesIO
from itertools import groupby

from sqlalchemy import func, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from talent.core import files
from talent.core.config import Settings
from talent.core.errors import Conflict, Finding, NotFound, RuleViolation
from talent.core.files import StoredFile
from talent.core.work import Work
from talent.pay.acts import acts_of
from talent.pay.book import take_ledger
from talent.pay.chain import EDGES, Edge, barred
from talent.pay.chain_commands import Signature, add_step, hand_of, turn
from talent.pay.content import canonical, digest
from talent.pay.payout import documents, rules
from talent.pay.payout.book import YearBook, batches_of, read_year
from talent.pay.payout.models import PayPayout, PayPayoutFile, PayPayoutItem
from talent.pay.payout.rules import CLAUSE, Planned
from talent.pay.years import shut
from talent.policy.book import Value

ACCOUNTS = "paired_assistance.voucher_accounts"


@dataclass(frozen=True, slots=True)
class Plan:
    """What a file of a kind would hold now; ``seal`` is what the person saw."""

    kind: str
    book: YearBook
    items: Sequence[Planned]

    @property
    def seal(self) -> str:
        return digest(canonical([self.kind, self.book.year, [list(item) for item in self.items]]))

    @property
    def total(self) -> int:
        return sum(item.fen for item in self.items)


def plan(session: Session, year: int, kind: str) -> Plan:
    """What is to be paid now, by school and staff number."""
    if kind not in rules.KINDS:
        raise NotFound("payout", kind)
    return plan_of(read_year(session, year), kind)


def plan_of(book: YearBook, kind: str) -> Plan:
    """The same of a year already read."""
    made = (rules.regular(book.stand, book.held) if kind == "regular"
            else rules.reissue(book.stand, book.items, book.held))
    return Plan(kind, book, sorted(made, key=lambda item: (
        book.schools[item.school_id].code, book.who[item.person_id, item.school_id].staff_no, item.sequence)))


def draw(work: Work, settings: Settings, *, year: int, kind: str, seen: str) -> PayPayout:
    """Make the payroll file of what is to be paid, as it was seen; asked for twice it is the same one.

    With it, once all that stands is in files, the locked batches of the year are exported.
    """
    work.require(EDGES["export"].right)
    take_ledger(work.session)
    made = work.session.scalars(
        select(PayPayout).where(PayPayout.year == year, PayPayout.plan_hash == seen)).one_or_none()
    if made is not None:
        return made
    planned = plan(work.session, year, kind)
    _judge(work, planned)
    if planned.seal != seen:
        raise Conflict("payout")
    payout = _store(work, settings, planned)
    if read_year(work.session, year).issued:
        _turn_all(work, "export", year)
    work.record("pay:export", "pay_payout", payout.id, year=year, number=payout.number, kind=kind,
                items=payout.item_count, total_fen=payout.total_fen, sha256=payout.sha256)
    return payout


def settle(work: Work, *, year: int) -> int:
    """The batches of a year are paid: ledger, splits and bank say the same; how many batches.

    One by which nothing was to be sent, since it only lowers or nothing stands, is exported by the same act.
    """
    work.require(EDGES["settle"].right)
    take_ledger(work.session)
    book = read_year(work.session, year)
    found = [*bars(work, EDGES["settle"], year, {person for person, _ in book.stand}), *shut(work.session, year)]
    if not book.settled:
        open_ = [school.name for school in book.asked if not school.settled]
        found.append(Finding("payout.not_settled", CLAUSE, {"year": year, "n": len(open_), "schools": open_[:8]}))
    if found:
        raise RuleViolation(found)
    exported = _turn_all(work, "export", year)
    turned = _turn_all(work, "settle", year)
    if not turned:
        raise Conflict("payout")
    work.record("pay:settle", "pay_year", year, batches=turned, exported=exported)
    return turned


def hand_out(work: Work, *, payout_id: int, form: str) -> StoredFile:
    """A form of a payroll file, to be taken away by whoever asks; the taking is on record."""
    work.require("payout:read")
    kept = work.session.scalars(
        select(StoredFile).join(PayPayoutFile, PayPayoutFile.file_id == StoredFile.id)
        .where(PayPayoutFile.payout_id == payout_id, PayPayoutFile.form == form)).one_or_none()
    if kept is None:
        raise NotFound("pay_payout", payout_id)
    work.record("payout:download", "pay_payout", payout_id, form=form, sha256=kept.sha256)
    return kept


def hand_out_paper(work: Work, *, payout_id: int) -> tuple[PayPayout, list[tuple[str, list[PayPayoutItem]]]]:
    """A file's items by school, to be put on paper; the taking is on record."""
    work.require("payout:read")
    payout = work.session.get(PayPayout, payout_id)
    if payout is None:
        raise NotFound("pay_payout", payout_id)
    items = work.session.scalars(
        select(PayPayoutItem).where(PayPayoutItem.payout_id == payout_id)
        .order_by(PayPayoutItem.school_code, PayPayoutItem.number)).all()
    work.record("payout:download", "pay_payout", payout_id, form="paper", sha256=payout.sha256)
    return payout, [(name, list(of_school)) for (_, name), of_school in groupby(
        items, key=lambda item: (item.school_code, item.school_name))]


# ── judging ──────────────────────────────────────────────────────────────────────────────────────────────────


def _judge(work: Work, planned: Plan) -> None:
    year = planned.book.year
    found = bars(work, EDGES["export"], year, {item.person_id for item in planned.items})
    if not batches_of(work.session, year, "locked", "exported", "paid"):
        found.append(Finding("payout.not_locked", CLAUSE, {"year": year}))
    elif not planned.items:
        code = "payout.nothing_due" if planned.kind == "regular" else "payout.nothing_failed"
        found.append(Finding(code, CLAUSE, {"year": year}))
    found += shut(work.session, year)
    if found:
        raise RuleViolation(found)


def bars(work: Work, edge: Edge, year: int, people: Collection[int]) -> list[Finding]:
    """Why the actor may not handle the money of the year: by an approval of what is not paid yet, or their own sum."""
    hand = hand_of(work.session, work.actor)
    found: dict[tuple[str, str], Finding] = {}
    for batch in batches_of(work.session, year, "locked", "exported"):
        past = acts_of(work.session, batch).past(work.session, people)
        for finding in barred(edge, hand, past):
            found[finding.code, str(finding.params)] = finding
    if not found and (hand.user_id is None or hand.person_id in people):
        code = "pay.needs_account" if hand.user_id is None else "pay.own_line"
        return [Finding(code, CLAUSE, {"name": hand.name})]
    return list(found.values())


# ── storing ──────────────────────────────────────────────────────────────────────────────────────────────────


def _store(work: Work, settings: Settings, planned: Plan) -> PayPayout:
    year, kind = planned.book.year, planned.kind
    number = (work.session.scalar(select(func.max(PayPayout.number)).where(PayPayout.year == year)) or 0) + 1
    accounts = work.book.at(ACCOUNTS, work.today)
    sheet = _sheet(work, settings, planned, number, accounts)
    payout = PayPayout(
        year=year, number=number, kind=kind, item_count=len(planned.items), total_fen=planned.total,
        sha256=sha256(documents.bank_csv(sheet)).hexdigest(), plan_hash=planned.seal,
        parameters=canonical([accounts.as_dict()]), drawn_by=work.actor.user_id, drawn_by_name=work.actor.signature,
        drawn_at=work.now)
    work.session.add(payout)
    try:
        work.session.flush()
        work.session.execute(insert(PayPayoutItem), _rows(planned, payout.id, sheet))
    except IntegrityError as taken:
        raise Conflict("payout") from taken
    for form, write in documents.WRITERS.items():
        name = f"{year}年帮扶支教激励第{number}批{documents.NAMES[form]}"
        kept = files.store(work, settings.home, name, BytesIO(write(sheet)))
        work.session.add(PayPayoutFile(payout_id=payout.id, form=form, file_id=kept.id))
    work.session.flush()
    return payout


def _sheet(work: Work, settings: Settings, planned: Plan, number: int, accounts: Value) -> documents.Sheet:
    book, lines = planned.book, []
    named = zip(planned.items, rules.references(book.year, number, planned.items), strict=True)
    for row, (item, reference) in enumerate(named, 1):
        who, school = book.who[item.person_id, item.school_id], book.schools[item.school_id]
        note = f"重发 {item.reissues}" if item.reissues else who.purpose
        lines.append(documents.Line(row, reference, school.code, school.name, who.staff_no, who.name, item.fen, note))
    return documents.Sheet(
        settings.bureau, book.year, number, planned.kind == "reissue", work.today.isoformat(), work.actor.signature,
        work.now, lines, {row.code: row.label for row in accounts.value}, accounts.assumed)


def _rows(planned: Plan, payout_id: int, sheet: documents.Sheet) -> list[dict[str, object]]:
    return [
        {"payout_id": payout_id, "number": line.number, "reference": line.reference, "year": sheet.year,
         "person_id": item.person_id, "school_id": item.school_id, "sequence": item.sequence,
         "distribution_id": planned.book.who[item.person_id, item.school_id].distribution_id,
         "reissues_id": item.reissues_id, "staff_no": line.staff_no, "name": line.name,
         "school_code": line.school_code, "school_name": line.school, "fen": item.fen}
        for item, line in zip(planned.items, sheet.lines, strict=True)]


def _turn_all(work: Work, act: str, year: int) -> int:
    """Take every batch of the year that waits for the act along its edge; how many."""
    edge, hand = EDGES[act], hand_of(work.session, work.actor)
    batches = batches_of(work.session, year, *edge.start)
    for batch in batches:
        add_step(work, acts_of(work.session, batch), act, Signature(hand, work.actor), "")
        turn(work, batch, edge.end)
    return len(batches)
