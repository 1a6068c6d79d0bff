"""What was paid too much comes back: recorded once, never more than it was, and the batch that lowered it ends."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.exc import IntegrityError

from talent.assistance.models import Assignment
from talent.core import migrations
from talent.core.access import Actor, operator
from talent.core.errors import Conflict, NotAllowed, NotFound, RuleViolation
from talent.core.work import Program
from talent.pay.payout import closing, commands, queries, recoveries, waiting
from talent.pay.payout.recoveries import Received
from talent.pay.payout.rules import Issued, Position, Returned, positions, regular, reissue
from talent.people.models import Person
from tests.conftest import Clock
from tests.pay.payout.bank import Bank, split
from tests.pay.payout.test_payout import codes, lift_guards

FULL = 2_400_000
LESS = 600_000


def lowered(program: Program, failing: dict[str, str] | None = None) -> Bank:
    """2021 of T1 and T2 at A paid in full; then T1's nine months are found to be all, and A splits anew."""
    bank = Bank(program)
    bank.locked_year({"T1": "A", "T2": "A"})
    split(program, "A", {"T1": FULL, "T2": FULL})
    bank.answer_items(bank.draw(), failing)
    correct(program, ended_on=date(2021, 9, 30))
    adjusting = bank.locked(bank.compute())
    assert (bank.standing(), bank.state(adjusting)) == ({"A": 2 * FULL - LESS}, "locked")
    split(program, "A", {"T1": FULL - LESS, "T2": FULL})
    return bank


def correct(program: Program, **values: Any) -> None:
    """The record of T1's assistance, as it is found to be later."""
    with program.begin(operator()) as work:
        whose = select(Person.id).where(Person.staff_no == "T1").scalar_subquery()
        work.session.execute(update(Assignment).where(Assignment.person_id == whose).values(**values))


def key_of(bank: Bank, staff_no: str) -> tuple[int, int]:
    item = next(each for each in bank.items() if each.staff_no == staff_no)
    return item.person_id, item.school_id


def receive(bank: Bank, fen: int, by: Actor | None = None, seen: int | None = None, staff_no: str = "T1",
            **more: Any) -> None:
    told = {"means": "repaid", "document": "缴款书 0007", "received_on": date(2026, 9, 7), "period": "2026-09", **more}
    key = key_of(bank, staff_no)
    with bank.program.begin(by or bank.cashier) as work:
        now = commands.plan(work.session, 2021, "regular").book.stand[key].overpaid if seen is None else seen
        recoveries.recover(work, year=2021, key=key, seen=now, received=Received(fen, **told))


def settle(bank: Bank) -> int:
    with bank.program.begin(bank.cashier) as work:
        return commands.settle(work, year=2021)


def test_a_lowered_year_ends_once_all_has_come_back(program: Program) -> None:
    bank = lowered(program)
    with pytest.raises(RuleViolation) as refusal:
        settle(bank)
    assert codes(refusal) == ["payout.not_settled"] and bank.due() == {"A": -LESS}
    receive(bank, 200_000)
    receive(bank, 400_000, means="deducted", document="2026 年 9 月工资扣款")
    assert bank.due() == {"A": 0} and bank.verify() == []
    assert settle(bank) == 2
    assert [bank.state(batch) for batch in (1, 2)] == ["paid", "paid"]
    assert bank.verify() == []


def test_what_is_owed_later_is_less_by_what_was_too_much(program: Program) -> None:
    """Carried: the next difference of the person at the school pays what remains after it."""
    bank = lowered(program)
    receive(bank, 200_000)
    split(program, "A", {"T1": FULL + 100_000, "T2": FULL - 100_000 - LESS})
    assert [(item.staff_no, item.fen, item.sequence) for item in bank.items(bank.draw())] == [("T1", 300_000, 3)]


def test_a_refused_sum_that_is_owed_no_more_holds_nothing_up(program: Program) -> None:
    """The bank refused T1 at first: of the lowered award only what is owed goes out again, and all ends."""
    bank = lowered(program, {"T1": "账户不存在"})
    again = bank.draw("reissue")
    assert [item.fen for item in bank.items(again)] == [FULL - LESS] and bank.state(2) == "exported"
    bank.answer_items(again)
    assert settle(bank) == 2 and bank.due() == {"A": 0} and bank.verify() == []


def test_a_year_in_which_nothing_stands_any_more_ends(program: Program) -> None:
    bank = Bank(program)
    bank.locked_year({"T1": "A"})
    correct(program, appraisal="unqualified")
    bank.locked(bank.compute())
    assert bank.standing() == {"A": 0} and settle(bank) == 2
    assert bank.verify() == []


@pytest.mark.parametrize(("fen", "more", "code"), [
    (LESS + 1, {}, "payout.recovery_sum"), (0, {}, "payout.recovery_sum"), (-5, {}, "payout.recovery_sum"),
    (5, {"document": "  "}, "payout.recovery_paper"), (5, {"received_on": date(2026, 9, 9)}, "payout.recovery_day"),
    (5, {"period": "2026-08"}, "pay.period_not_open"),
])
def test_what_cannot_have_come_back_is_refused(program: Program, fen: int, more: dict[str, Any], code: str) -> None:
    bank = lowered(program)
    before = bank.entries()
    with pytest.raises(RuleViolation) as refusal:
        receive(bank, fen, **more)
    assert codes(refusal) == [code] and bank.entries() == before


def test_only_finance_records_and_only_what_they_saw(program: Program) -> None:
    bank = lowered(program)
    for other in (bank.hr, bank.leader, bank.auditor, bank.principal_of("A")):
        with pytest.raises(NotAllowed):
            receive(bank, 5, by=other, seen=LESS)
    with pytest.raises(RuleViolation) as refusal:
        receive(bank, 5, by=bank.finance2)
    assert codes(refusal) == ["pay.same_person"]
    receive(bank, 5, seen=LESS)
    with pytest.raises(Conflict):
        receive(bank, 5, seen=LESS)
    with pytest.raises(RuleViolation):
        receive(bank, 5, staff_no="T2")
    with pytest.raises(NotFound):
        receive(bank, 5, means="forgiven")
    assert bank.due() == {"A": 5 - LESS}


def test_a_closed_year_takes_nothing_back(program: Program) -> None:
    bank = lowered(program)
    with program.read(bank.cashier) as work:
        seen = closing.seal_of(work, 2021)
        content = closing.gather(work, program.settings, year=2021, seen=seen)
    with program.begin(bank.cashier) as work:
        assert waiting.waiting(work) == {2021: (0, 0, 1)}
        closing.close(work, program.settings, year=2021, content=content, seen=seen, reason="明年收回")
        assert waiting.waiting(work) == {}
    with pytest.raises(RuleViolation) as refusal:
        receive(bank, LESS)
    assert codes(refusal) == ["payout.year_closed"]


def test_the_book_of_a_past_day_knows_nothing_of_it(program: Program, clock: Clock) -> None:
    bank = lowered(program)
    clock.move(minutes=1)
    moment = clock.now
    clock.move(minutes=1)
    receive(bank, LESS)
    with program.read(bank.cashier) as work:
        then, now = (queries.reconciliation(work, 2021, until).asked[0] for until in (moment, None))
    assert (then.paid, now.paid) == (2 * FULL, 2 * FULL - LESS)


FORGED = {
    "UPDATE pay_recoveries SET fen = fen + 1": "payout.recovery_differs",
    "UPDATE pay_recoveries SET document = 'x'": "payout.recovery_differs",
    "UPDATE pay_entries SET sequence = sequence - 9 WHERE kind = 'recovery'": "payout.recovery_differs",
    "DELETE FROM pay_recoveries": "payout.entry_of_nothing",
}


@pytest.mark.parametrize("statement", FORGED)
def test_whoever_changes_what_came_back_is_found(program: Program, statement: str) -> None:
    bank = lowered(program)
    receive(bank, 5)
    if program.engine.dialect.name != "sqlite":
        program.engine.dispose()
    with program.engine.connect() as connection:
        lift_guards(connection)
        connection.execute(text(statement))
        connection.commit()
    assert FORGED[statement] in bank.verify()


def test_of_a_person_it_counts_against_what_was_paid() -> None:
    items = [Issued(1, 1, 7, 1, 500, "paid", False), Issued(2, 2, 7, 1, 500, "failed", False)]
    stand = positions({(1, 7): 300, (2, 7): 300}, items, [Returned(1, 7, 2, 150)])
    assert stand[1, 7] == Position(300, 350, 0, 0, 2, 150)
    assert (stand[1, 7].overpaid, stand[1, 7].back, stand[2, 7].failed, stand[2, 7].due) == (50, 50, 300, 0)
    assert regular(stand) == [] and [each.fen for each in reissue(stand, items)] == [300]
    assert reissue(stand, items, held=[7]) == []


KINDS = "UPDATE pay_entries SET kind = '{}' WHERE id = 1"


def test_the_ledger_learns_the_kind_and_forgets_it_with_its_entries_in_place(program: Program) -> None:
    bank = Bank(program)
    bank.locked_year({"T1": "A"})
    before = bank.entries()
    migrations.downgrade(program.engine, "0016")
    with pytest.raises(IntegrityError):
        change_unguarded(program, KINDS.format("recovery"))
    migrations.upgrade(program.engine)
    with pytest.raises(IntegrityError):
        change_unguarded(program, KINDS.format("gift"))
    assert bank.entries() == before and bank.verify() == []
    change_unguarded(program, KINDS.format("recovery"))


def change_unguarded(program: Program, statement: str) -> None:
    """With every trigger out of the way, and the checks in place."""
    with program.engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            for (name,) in connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all():
                connection.exec_driver_sql(f"DROP TRIGGER {name}")
        else:
            connection.execute(text("SET session_replication_role = replica"))
        connection.execute(text(statement))
        connection.commit()
