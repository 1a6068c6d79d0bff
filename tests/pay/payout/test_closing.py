"""A year closed with its evidence: the same bytes of the same book, no entry after, open again by two."""

import io
import json
import zipfile
from collections.abc import Callable
from hashlib import sha256

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from talent.core.access import Actor, operator
from talent.core.errors import Conflict, NotAllowed, RuleViolation
from talent.core.work import Program
from talent.pay import aside
from talent.pay.payout import closing, commands
from tests.pay.payout.bank import Bank, rows_for, split
from tests.pay.payout.test_payout import lift_guards
from tests.pay.records import send
from tests.pay.splits import Splitting

FULL = 2_400_000


@pytest.fixture
def bank(program: Program) -> Bank:
    """2021 of T1 at A: split, sent and paid."""
    bank = Bank(program)
    bank.locked_year({"T1": "A"})
    split(program, "A", {"T1": FULL})
    bank.answer_items(bank.draw())
    return bank


def gather(bank: Bank) -> tuple[bytes, str]:
    """The evidence, and the seal of what whoever looks now sees."""
    with bank.program.read(bank.cashier) as work:
        seen = closing.seal_of(work, 2021)
        return closing.gather(work, bank.program.settings, year=2021, seen=seen), seen


def close(bank: Bank, by: Actor | None = None, reason: str = "") -> int:
    content, seen = gather(bank)
    with bank.program.begin(by or bank.cashier) as work:
        return closing.close(work, bank.program.settings, year=2021, content=content, seen=seen, reason=reason).id


def test_the_evidence_is_whole_and_the_same_twice(bank: Bank) -> None:
    first, second = gather(bank), gather(bank)
    assert first == second
    with zipfile.ZipFile(io.BytesIO(first[0])) as book:
        names = book.namelist()
        manifest = json.loads(book.read("manifest.json"))["members"]
        assert names[0] == "manifest.json" and names[1:] == sorted(manifest)
        assert {name: sha256(book.read(name)).hexdigest() for name in manifest} == manifest
        assert json.loads(book.read("verify.json")) == {"broken": []}
        assert "basis" in book.read("batches/001/parameters.json").decode()
        assert book.read("ledger.csv").decode("utf-8-sig").count("\r\n") == 3  # head, accrual, payment
        wanted = {"payouts/001/csv.csv", "payouts/001/signatures.xlsx", "returns/00001.xlsx", "awards.csv",
                  "batches/001/decisions.csv", "results.csv", "reconciliation.json", "batches/001/snapshot.json"}
        assert wanted <= set(manifest)


def test_a_closed_year_takes_nothing_until_two_open_it(program: Program, bank: Bank) -> None:
    close(bank)
    send(program, "T2", "A", "2021-07-01", name="后补")
    adjusting = bank.approved(bank.compute())
    bank.answer_for(adjusting)
    with pytest.raises(RuleViolation) as refusal:
        bank.lock(adjusting)
    assert [finding.code for finding in refusal.value.findings] == ["payout.year_closed"]
    with pytest.raises(Conflict):
        close(bank)
    with program.begin(bank.cashier) as work:
        asked = closing.request(work, year=2021, reason="补 T2").id
    with pytest.raises(RuleViolation), program.begin(bank.cashier) as work:
        closing.approve(work, act_id=asked)
    with pytest.raises(Conflict), program.begin(bank.leader) as work:
        closing.request(work, year=2021, reason="再提")
    with program.begin(bank.leader) as work:
        closing.approve(work, act_id=asked)
    bank.lock(adjusting)
    assert bank.standing() == {"A": FULL + FULL // 2} and bank.verify() == []


def test_the_database_refuses_an_entry_of_a_closed_year(program: Program, bank: Bank) -> None:
    close(bank)
    copied = ("INSERT INTO pay_entries (id, period_id, kind, year, person_id, school_id, sequence, batch_id, debit, "
              "credit, fen, memo, posted_at, posted_by_name, previous, digest) SELECT 99, period_id, kind, year, "
              "person_id, school_id, 77, batch_id, debit, credit, fen, memo, posted_at, posted_by_name, 'p', 'd' "
              "FROM pay_entries WHERE id = 1")
    with pytest.raises(DBAPIError, match="the year is closed"), program.begin(operator()) as work:
        work.session.execute(text(copied))


def a_return(bank: Bank) -> None:
    bank.stage(rows_for(bank.items()), content=b"once more")


def a_remark(bank: Bank) -> None:
    """On an adjustment nobody has decided yet."""
    send(bank.program, "T2", "A", "2021-07-01", name="后补")
    batch = bank.compute()
    with bank.program.begin(bank.hr) as work:
        aside.remark(work, batch_id=batch, comment="已电话核对")


CHANGES: dict[str, Callable[[Bank], object]] = {
    "a split": lambda bank: split(bank.program, "A", {"T1": FULL - 1, "T3": 1}),
    "a settlement": lambda bank: settle(bank),
    "a return handed in": a_return,
    "a new run": lambda bank: (send(bank.program, "T2", "A", "2021-07-01", name="后补"), bank.compute()),
    "a remark": a_remark,
}


def settle(bank: Bank) -> None:
    with bank.program.begin(bank.cashier) as work:
        commands.settle(work, year=2021)


@pytest.mark.parametrize("what", CHANGES)
def test_what_changed_since_it_was_looked_at_is_not_closed(program: Program, bank: Bank, what: str) -> None:
    """Not between the look and the gathering, nor between the gathering and the closing."""
    content, seen = gather(bank)
    CHANGES[what](bank)
    with pytest.raises(Conflict), program.begin(bank.cashier) as work:
        closing.close(work, program.settings, year=2021, content=content, seen=seen)
    with pytest.raises(Conflict), program.read(bank.cashier) as work:
        closing.gather(work, program.settings, year=2021, seen=seen)
    close(bank, reason="写明")
    assert bank.verify() == []


def test_a_file_drawn_and_an_answer_taken_since_are_told(program: Program) -> None:
    bank = Bank(program)
    bank.locked_year({"T1": "A"})
    split(program, "A", {"T1": FULL})
    for act in (bank.draw, lambda: bank.accept(bank.stage(rows_for(bank.items())))):
        content, seen = gather(bank)
        act()
        with pytest.raises(Conflict), program.begin(bank.cashier) as work:
            closing.close(work, program.settings, year=2021, content=content, seen=seen, reason="写明")


FORGED = {
    "an entry": ("INSERT INTO pay_entries (id, period_id, kind, year, person_id, school_id, sequence, batch_id, debit, "
                 "credit, fen, memo, posted_at, posted_by_name, previous, digest) SELECT id + 1, period_id, kind, "
                 "year, person_id, school_id, 77, batch_id, debit, credit, fen, memo, posted_at, posted_by_name, "
                 "digest, 'd' FROM pay_entries WHERE id = 2", {"payout.entry_while_closed", "payout.closed_changed"}),
    "a split": ("UPDATE pay_distributions SET content_hash = 'x'", {"payout.closed_changed"}),
    "an item": ("UPDATE pay_payout_items SET fen = fen + 1", {"payout.closed_changed"}),
    "an answer": ("UPDATE pay_results SET entry_id = 1", {"payout.closed_changed"}),
    "the opening": ("UPDATE pay_years SET state = 'open'", {"payout.year_undecided"}),
    "that it ever was": ("DELETE FROM pay_years", {"payout.year_undecided"}),
}


@pytest.mark.parametrize("what", FORGED)
def test_what_is_done_to_a_closed_year_is_found(program: Program, bank: Bank, what: str) -> None:
    if program.engine.dialect.name != "sqlite":
        program.engine.dispose()
    close(bank)
    assert bank.verify() == []
    statement, codes = FORGED[what]
    with program.engine.connect() as connection:
        lift_guards(connection)
        connection.execute(text(statement))
        connection.commit()
    assert codes <= set(bank.verify())


def test_a_book_that_does_not_hold_is_not_closed(program: Program, bank: Bank) -> None:
    content, seen = gather(bank)
    with pytest.raises(NotAllowed), program.begin(bank.auditor) as work:
        closing.close(work, program.settings, year=2021, content=content, seen=seen)
    with program.engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("DROP TRIGGER pay_payout_items_no_update")
        else:
            connection.execute(text("SET session_replication_role = replica"))
        connection.execute(text("UPDATE pay_payout_items SET name = '别人'"))
        connection.commit()
    with pytest.raises(RuleViolation) as refusal:
        gather(bank)
    assert [finding.code for finding in refusal.value.findings] == ["payout.file_hash"]


def test_a_year_that_is_apart_needs_a_reason(program: Program, bank: Bank) -> None:
    split(program, "A", {"T1": FULL - 1, "T3": 1})
    bank.draw()
    with pytest.raises(RuleViolation) as refusal:
        close(bank)
    assert [finding.code for finding in refusal.value.findings] == ["payout.year_unsettled"]
    close(bank, reason="T1 多付 1 分，下月扣回")
    with pytest.raises(RuleViolation) as refusal:
        bank.accept(bank.stage(rows_for(bank.items())))
    assert "payout.year_closed" in [finding.code for finding in refusal.value.findings]


def test_a_closed_year_takes_neither_a_split_nor_a_settlement(program: Program, bank: Bank) -> None:
    close(bank)
    with pytest.raises(RuleViolation) as refusal, program.begin(bank.cashier) as work:
        commands.settle(work, year=2021)
    assert [finding.code for finding in refusal.value.findings] == ["payout.year_closed"]
    desk = Splitting(bank)
    desk.draw()
    desk.notice()
    with pytest.raises(RuleViolation) as refusal:
        desk.submit()
    assert [finding.code for finding in refusal.value.findings] == ["payout.year_closed"]


def test_the_evidence_tells_what_was_decided_about_the_year(program: Program, bank: Bank) -> None:
    close(bank)
    with program.begin(bank.cashier) as work:
        asked = closing.request(work, year=2021, reason="补 T2").id
    with program.begin(bank.leader) as work:
        closing.approve(work, act_id=asked)
    with zipfile.ZipFile(io.BytesIO(gather(bank)[0])) as book:
        assert book.read("year_acts.csv").decode("utf-8-sig").count("\r\n") == 3 and "补 T2" in book.read(
            "year_acts.csv").decode()
