"""Two at once: one file, one answer, one settlement, one closing, one sum back."""

from talent.core.access import operator
from talent.core.work import Program, Work
from talent.pay.payout import closing, commands, recoveries, returns
from talent.pay.payout.recoveries import Received
from talent.pay.posting import open_period
from tests.pay.payout.bank import Bank, rows_for, split
from tests.pay.payout.test_recoveries import LESS, key_of, lowered
from tests.pay.test_races import at_once, meanwhile

FULL = 2_400_000


def test_two_who_draw_make_one_file(program: Program) -> None:
    bank = Bank(program)
    bank.locked_year({"T1": "A", "T2": "B"})
    split(program, "A", {"T1": FULL})
    split(program, "B", {"T2": FULL})
    other, cashier, seen = bank.actor("finance4", "finance"), bank.cashier, bank.seal()
    assert at_once(lambda: bank.draw(by=cashier, seen=seen), lambda: bank.draw(by=other, seen=seen)) == ["done", "done"]
    assert len(bank.items()) == 2 and bank.verify() == []


def test_two_answers_on_the_same_items_count_once(program: Program) -> None:
    bank = Bank(program)
    bank.locked_year({"T1": "A"})
    split(program, "A", {"T1": FULL})
    rows = rows_for(bank.items(bank.draw()))
    first, second = bank.stage(rows, content=b"one"), bank.stage(rows, content=b"two")
    with program.read(operator()) as work:
        seals = {key: returns.compare(work.session, key).seal for key in (first, second)}
    by = bank.cashier
    found = at_once(*(lambda key=key: bank.accept(key, by=by, seen=seals[key]) for key in seals))
    assert found == ["conflict", "done"] and bank.received() == {"T1": FULL}
    again = at_once(lambda: bank.accept(first, by=by, seen=seals[first]),
                    lambda: bank.accept(second, by=by, seen=seals[second]))
    assert again == ["conflict", "conflict"] and bank.verify() == []


def test_an_answer_is_taken_over_while_a_batch_is_locked(program: Program) -> None:
    """Both want the ledger and the period: they queue for them in the same order."""
    bank = Bank(program)
    bank.locked_year({"T1": "A"})
    split(program, "A", {"T1": FULL})
    handed, by = bank.stage(rows_for(bank.items(bank.draw()))), bank.cashier
    with program.read(operator()) as work:
        seal = returns.compare(work.session, handed).seal
    assert meanwhile(program, lambda: bank.accept(handed, by=by, seen=seal), first=holds_the_period) == "done"
    assert bank.received() == {"T1": FULL} and bank.verify() == []


def test_a_sum_comes_back_while_a_batch_is_locked(program: Program) -> None:
    bank = lowered(program)
    by, key = bank.cashier, key_of(bank, "T1")

    def receive() -> None:
        with program.begin(by) as work:
            recoveries.recover(work, year=2021, key=key, seen=LESS, received=Received(
                LESS, "repaid", "缴款书 1", work.today, "2026-09"))

    assert meanwhile(program, receive, first=holds_the_period) == "done"
    assert bank.due() == {"A": 0} and bank.verify() == []


def holds_the_period(work: Work) -> None:
    """As locking does once it has the ledger."""
    assert open_period(work.session, "2026-09") is not None


def test_two_who_settle_settle_once(program: Program) -> None:
    bank = Bank(program)
    batch = bank.locked_year({"T1": "A"})
    split(program, "A", {"T1": FULL})
    bank.answer_items(bank.draw())
    by = bank.cashier

    def settle() -> None:
        with program.begin(by) as work:
            commands.settle(work, year=2021)

    assert at_once(settle, settle) == ["conflict", "done"]
    assert bank.state(batch) == "paid" and bank.verify() == []


def test_two_who_close_close_once(program: Program) -> None:
    bank = Bank(program)
    bank.locked_year({"T1": "A"})
    split(program, "A", {"T1": FULL})
    bank.answer_items(bank.draw())
    by = bank.cashier
    with program.read(by) as work:
        seen = closing.seal_of(work, 2021)
        content = closing.gather(work, program.settings, year=2021, seen=seen)

    def close() -> None:
        with program.begin(by) as work:
            closing.close(work, program.settings, year=2021, content=content, seen=seen)

    assert at_once(close, close) == ["conflict", "done"] and bank.verify() == []


def test_a_sum_that_comes_back_twice_at_once_is_recorded_once(program: Program) -> None:
    bank = lowered(program)
    by, key = bank.cashier, key_of(bank, "T1")

    def receive() -> None:
        with program.begin(by) as work:
            recoveries.recover(work, year=2021, key=key, seen=LESS, received=Received(
                LESS, "repaid", "缴款书 1", work.today, "2026-09"))

    assert at_once(receive, receive) == ["conflict", "done"]
    assert bank.due() == {"A": 0} and bank.verify() == []
