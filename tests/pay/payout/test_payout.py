"""From the split to the bank and back: paid once, refused ones alone again, the rest named."""

from hashlib import sha256

import pytest
from sqlalchemy import Connection, select, text
from sqlalchemy.exc import DBAPIError

from talent.core import files
from talent.core.access import operator
from talent.core.errors import Conflict, NotAllowed, RuleViolation
from talent.core.files import StoredFile
from talent.core.work import Program
from talent.pay.payout import commands, returns, waiting
from talent.pay.payout.models import PayPayout, PayPayoutFile
from talent.pay.payout.rules import FORMS, KINDS
from tests.pay.payout.bank import Bank, rows_for, split
from tests.pay.records import send

FULL = 2_400_000


@pytest.fixture
def bank(program: Program) -> Bank:
    """2021 locked: T1 and T2 of A, T3 of B, a whole year each; both schools have split."""
    bank = Bank(program)
    bank.locked_year({"T1": "A", "T2": "A", "T3": "B"})
    split(program, "A", {"T1": 3_000_000, "T2": 1_500_000, "T9": 300_000})
    split(program, "B", {"T3": FULL})
    return bank


def codes(refusal: pytest.ExceptionInfo[RuleViolation]) -> list[str]:
    return [finding.code for finding in refusal.value.findings]


def test_one_file_pays_every_submitted_award_once(program: Program, bank: Bank) -> None:
    first = bank.draw()
    assert [(item.staff_no, item.fen, item.reference) for item in bank.items(first)] == [
        ("T1", 3_000_000, "P202100100001"), ("T2", 1_500_000, "P202100100002"), ("T9", 300_000, "P202100100003"),
        ("T3", FULL, "P202100100004")]
    with program.read(operator()) as work:
        payout = work.session.get_one(PayPayout, first)
        assert (payout.number, payout.item_count, payout.total_fen) == (1, 4, 3 * FULL)
        kept = {form: stored for form, stored in work.session.execute(
            select(PayPayoutFile.form, StoredFile).join(StoredFile, StoredFile.id == PayPayoutFile.file_id))}
        assert set(kept) == set(FORMS) and kept["csv"].sha256 == payout.sha256
        for stored in kept.values():
            content = files.content(program.settings.home, work.vault, stored.stored_as)
            assert sha256(content).hexdigest() == stored.sha256
    with pytest.raises(RuleViolation) as refusal:
        bank.draw()
    assert codes(refusal) == ["payout.nothing_due"]


def test_all_in_files_exports_the_batch_and_all_paid_settles_it(bank: Bank) -> None:
    batch, payout = 1, bank.draw()
    assert bank.state(batch) == "exported"
    with pytest.raises(RuleViolation) as refusal, bank.program.begin(bank.cashier) as work:
        commands.settle(work, year=2021)
    assert codes(refusal) == ["payout.not_settled"]
    assert bank.answer_items(payout) == (4, 0)
    assert bank.received() == {"T1": 3_000_000, "T2": 1_500_000, "T9": 300_000, "T3": FULL}
    assert bank.due() == {"A": 0, "B": 0}
    with bank.program.begin(bank.cashier) as work:
        assert commands.settle(work, year=2021) == 1
    assert bank.state(batch) == "paid" and bank.verify() == []


def test_a_school_that_has_not_split_stops_nobody(program: Program) -> None:
    bank = Bank(program)
    batch = bank.locked_year({"T1": "A", "T2": "B"})
    split(program, "A", {"T1": FULL})
    assert [item.staff_no for item in bank.items(bank.draw())] == ["T1"] and bank.state(batch) == "locked"
    split(program, "B", {"T2": FULL})
    assert [item.staff_no for item in bank.items(bank.draw())] == ["T2"] and bank.state(batch) == "exported"


def test_one_request_makes_one_file(bank: Bank) -> None:
    seen = bank.seal()
    assert bank.draw(seen=seen) == bank.draw(seen=seen)
    assert len(bank.items()) == 4


def test_what_changed_meanwhile_is_told(program: Program, bank: Bank) -> None:
    seen = bank.seal()
    split(program, "A", {"T1": 4_800_000})
    with pytest.raises(Conflict):
        bank.draw(seen=seen)
    assert bank.items() == []


def test_who_approved_neither_draws_nor_takes_answers(bank: Bank) -> None:
    with pytest.raises(RuleViolation) as refusal:
        bank.draw(by=bank.finance2)
    assert codes(refusal) == ["pay.same_person"]
    answer = bank.stage(rows_for(bank.items(bank.draw())))
    with pytest.raises(RuleViolation) as refusal:
        bank.accept(answer, by=bank.finance2)
    assert codes(refusal) == ["pay.same_person"]
    for other in (bank.hr, bank.leader, bank.auditor, bank.principal_of("A")):
        with pytest.raises(NotAllowed):
            bank.draw(by=other, seen="x")


def test_a_refused_item_stays_owed_and_goes_out_alone(bank: Bank) -> None:
    first = bank.draw()
    assert bank.answer_items(first, {"T2": "账户不存在"}) == (3, 1)
    assert bank.due() == {"A": 1_500_000, "B": 0}
    with pytest.raises(RuleViolation):
        bank.draw()
    again = bank.draw("reissue")
    assert [(item.staff_no, item.fen, item.reference) for item in bank.items(again)] == [
        ("T2", 1_500_000, "P202100100002-R1")]
    assert bank.answer_items(again, {"T2": "账户冻结"}) == (0, 1)
    third = bank.draw("reissue")
    assert [item.reference for item in bank.items(third)] == ["P202100100002-R2"]
    assert bank.answer_items(third) == (1, 0)
    assert bank.due() == {"A": 0, "B": 0} and bank.verify() == []
    assert [kind for kind, *_ in bank.entries()[3:]] == ["payment", "payment", "payment", "reissue"]


def test_the_same_answer_twice_counts_once(bank: Bank) -> None:
    rows = rows_for(bank.items(bank.draw()), {"T3": "账户不存在"})
    bank.accept(bank.stage(rows, content=b"bytes of the bank"))
    before = bank.entries()
    with pytest.raises(RuleViolation) as refusal:
        bank.stage(rows, content=b"bytes of the bank")
    assert codes(refusal) == ["payout.return_known"]
    with pytest.raises(RuleViolation) as refusal:
        bank.accept(bank.stage(rows, content=b"saved once more"))
    assert codes(refusal) == ["payout.nothing_new"]
    assert bank.entries() == before


def test_parts_of_an_answer_come_in_turn(bank: Bank) -> None:
    rows = rows_for(bank.items(bank.draw()))
    assert bank.accept(bank.stage(rows[:2])) == (2, 0)
    assert bank.accept(bank.stage(rows[1:])) == (2, 0)
    assert bank.due() == {"A": 0, "B": 0}


@pytest.mark.parametrize(("change", "code"), [
    ({"fen": 1}, "wrong_sum"), ({"reference": "P0"}, "unknown"), ({"name": "别人"}, "wrong_person"),
    ({"staff_no": "T3"}, "wrong_person"),
])
def test_a_row_that_does_not_fit_is_never_taken(bank: Bank, change: dict[str, object], code: str) -> None:
    rows = rows_for(bank.items(bank.draw()))
    rows[0] = rows[0]._replace(**change)
    answer = bank.stage(rows)
    assert verdicts(bank, answer) == [code, "take", "take", "take"]
    with pytest.raises(RuleViolation) as refusal:
        bank.accept(answer)
    assert codes(refusal) == ["payout.rows_wrong"] and bank.received() == {}
    assert bank.accept(answer, partial=True) == (3, 0)
    assert bank.due()["A"] == 3_000_000


def verdicts(bank: Bank, return_id: int) -> list[str]:
    with bank.program.read(operator()) as work:
        return [each.code for each in returns.compare(work.session, return_id).verdicts]


def test_a_reference_counts_once_and_keeps_what_was_said(bank: Bank) -> None:
    rows = rows_for(bank.items(bank.draw()))
    twice = bank.stage([rows[0], rows[0]])
    assert verdicts(bank, twice) == ["take", "twice"]
    bank.accept(bank.stage(rows))
    other = bank.stage([row._replace(result="failed", reason="退票") for row in rows])
    assert verdicts(bank, other) == ["contradicts"] * 4


def test_after_an_adjustment_only_the_difference_is_paid_and_what_is_too_much_is_named(
    program: Program, bank: Bank
) -> None:
    bank.answer_items(bank.draw())
    with program.begin(bank.cashier) as work:
        commands.settle(work, year=2021)
    send(program, "T4", "A", "2021-07-01", name="新来")
    adjusting = bank.locked(bank.compute())
    assert bank.standing() == {"A": 6_000_000, "B": FULL}
    split(program, "A", {"T1": 2_900_000, "T2": 1_500_000, "T9": 300_000, "T4": 1_300_000})
    more = bank.draw()
    assert [(item.staff_no, item.fen, item.sequence) for item in bank.items(more)] == [("T4", 1_300_000, 1)]
    with program.read(operator()) as work:
        stand = commands.plan(work.session, 2021, "regular").book
        assert [position.back for position in stand.stand.values() if position.back] == [100_000]
    assert bank.state(adjusting) == "exported"
    bank.answer_items(more)
    assert bank.verify() == []
    with pytest.raises(RuleViolation) as refusal, program.begin(bank.cashier) as work:
        commands.settle(work, year=2021)
    assert codes(refusal) == ["payout.not_settled"]


def test_a_split_of_more_than_stands_waits_for_a_new_one(program: Program, bank: Bank) -> None:
    split(program, "B", {"T3": FULL + 1})
    assert {item.school_code for item in bank.items(bank.draw())} == {"A"}


def test_nothing_goes_out_for_a_school_that_gives_more_than_stands(program: Program, bank: Bank) -> None:
    """Neither anew nor again, and nobody is told to send it."""
    bank.answer_items(bank.draw(), {"T3": "账户不存在"})
    assert waits(bank) == {2021: (0, 1)}
    split(program, "B", {"T3": FULL + 1, "T8": 5})
    split(program, "A", {"T1": 3_000_000, "T2": 1_500_000, "T9": 300_000, "T7": 9})
    assert waits(bank) == {}
    for kind in KINDS:
        with program.read(operator()) as work:
            assert commands.plan(work.session, 2021, kind).items == []


def waits(bank: Bank) -> dict[int, tuple[int, int]]:
    with bank.program.read(bank.cashier) as work:
        return {year: each[:2] for year, each in waiting.waiting(work).items()}


@pytest.mark.parametrize("table", ["pay_payouts", "pay_payout_items", "pay_payout_files", "pay_results"])
@pytest.mark.parametrize("act", ["DELETE FROM {}", "UPDATE {} SET {}"])
def test_what_was_sent_and_answered_stays(program: Program, bank: Bank, table: str, act: str) -> None:
    bank.answer_items(bank.draw(), {"T3": "退"})
    column = {"pay_payouts": "number = 9", "pay_payout_items": "fen = 1", "pay_payout_files": "form = 'csv'",
              "pay_results": "success = (1 = 0)"}[table]
    with pytest.raises(DBAPIError), program.begin(operator()) as work:
        work.session.execute(text(act.format(table, column)))


def test_a_period_that_is_not_open_takes_no_payment(bank: Bank) -> None:
    answer = bank.stage(rows_for(bank.items(bank.draw())))
    with pytest.raises(RuleViolation) as refusal:
        bank.accept(answer, period="2026-08")
    assert codes(refusal) == ["pay.period_not_open"] and bank.received() == {}


FORGED = {
    "a sum in a file": ("UPDATE pay_payout_items SET fen = fen + 1 WHERE number = 1", "payout.file_total"),
    "a name in a file": ("UPDATE pay_payout_items SET name = '别人' WHERE number = 1", "payout.file_hash"),
    "an answer": ("UPDATE pay_results SET success = (1 = 0), entry_id = NULL WHERE item_id = 1",
                  "payout.entry_of_nothing"),
    "the place of a payment": ("UPDATE pay_entries SET sequence = sequence - 50 WHERE id = 4", "payout.entry_differs"),
    "whose payment": ("UPDATE pay_results SET entry_id = 1 WHERE item_id = 1", "payout.entry_differs"),
    "the export": ("DELETE FROM pay_steps WHERE act = 'export'", "pay.decision_missing"),
    "a refusal before a reissue": ("DELETE FROM pay_results WHERE item_id = 4", "payout.paid_twice"),
    "a closed year": ("INSERT INTO pay_years (year, state, version) VALUES (2021, 'closed', 1)",
                      "payout.year_undecided"),
}


@pytest.mark.parametrize("what", FORGED)
def test_whoever_changes_what_was_paid_is_found(program: Program, bank: Bank, what: str) -> None:
    if program.engine.dialect.name != "sqlite":
        program.engine.dispose()
    bank.answer_items(bank.draw(), {"T3": "退"})
    bank.draw("reissue")
    assert bank.verify() == []
    statement, code = FORGED[what]
    with program.engine.connect() as connection:
        lift_guards(connection)
        connection.execute(text(statement))
        connection.commit()
    assert code in bank.verify()


def lift_guards(connection: Connection) -> None:
    """As somebody could who owns the database: no trigger and no constraint holds."""
    if connection.dialect.name != "sqlite":
        connection.execute(text("SET session_replication_role = replica"))
        return
    connection.exec_driver_sql("PRAGMA foreign_keys = OFF")
    connection.exec_driver_sql("PRAGMA ignore_check_constraints = ON")
    for (name,) in connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all():
        connection.exec_driver_sql(f"DROP TRIGGER {name}")
