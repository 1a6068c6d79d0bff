"""A school that went into another within the year: what stands for it is answered for, split and paid by the heir."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from talent.core.access import Actor, Scope, operator
from talent.core.errors import NotFound
from talent.core.work import Program
from talent.pay import queries
from talent.pay.awards.queries import schools_of
from talent.pay.awards.waiting import to_split
from talent.pay.budgets.balances import balances, of_school
from talent.pay.budgets.queries import forecast
from talent.pay.chain_queries import school_part, waiting_for_school
from talent.pay.payout import commands
from talent.people.models import School
from talent.people.schools import spoken_for
from tests import factories
from tests.pay.payout.bank import Bank
from tests.pay.records import close, send
from tests.pay.splits import Splitting

HALF = 1_200_000


@pytest.fixture
def merged(program: Program) -> Bank:
    """T1 of A all of 2021, when A went into B in July; T9 of C, which has nothing to do with it. Computed."""
    send(program, "T1", "A", "2021-01-01")
    send(program, "T9", "C", "2021-01-01")
    close(program, "A", "2021-07-01", "B")
    bank = Bank(program)
    bank.compute()
    return bank


def test_the_heir_answers_splits_and_the_year_is_paid(merged: Bank) -> None:
    program, heir = merged.program, merged.principal_of("B")
    with program.read(heir) as work:
        assert [each.school_code for each in waiting_for_school(work)] == ["A", "B"]
        assert [line.staff_no for line in school_part(work, 1, "A").lines] == ["T1"]
    for code in ("A", "B"):
        merged.answer(1, code, by=heir)
    merged.answer(1, "C")
    merged.do("review", 1, merged.hr)
    for by in (merged.finance2, merged.leader):
        merged.do("approve", 1, by)
    merged.answer_for(1)
    merged.open_period()
    merged.lock(1)
    assert merged.standing() == {"A": HALF, "B": HALF, "C": 2 * HALF}
    clerk = merged.actor("clerk-b", "school", school_code="B")
    with program.read(clerk) as work:
        booked = balances(work, 2021, work.today).balances
        assert {code: each.booked_fen for code, each in booked.items()} == {"A": HALF, "B": HALF}
        assert of_school(work, 2021, work.today, "A").fen == HALF
        assert [(each.code, each.fen) for each in to_split(work)] == [("A", HALF), ("B", HALF)]
    for code in ("A", "B", "C"):
        one = Splitting(merged, code) if code != "A" else OfTheHeir(merged, clerk, heir)
        one.submitted()
    merged.answer_items(merged.draw())
    with program.begin(merged.cashier) as work:
        assert commands.settle(work, year=2021) == 1
    assert merged.received() == {"T1": 2 * HALF, "T9": 2 * HALF} and merged.verify() == []


class OfTheHeir(Splitting):
    """A's split, by B's people: A has none any more."""

    def __init__(self, bank: Bank, clerk: Actor, head: Actor) -> None:
        self.office, self.code, self.year, self.clerk, self.head = bank, "A", bank.year, clerk, head
        self.school_id = bank.school("A")


@pytest.mark.parametrize(("code", "seen"), [("B", {"A", "B"}), ("C", {"C"})])
def test_an_heir_sees_what_it_took_in_and_nobody_else(merged: Bank, code: str, seen: set[str]) -> None:
    program, reader = merged.program, merged.principal_of(code)
    with program.read(reader) as work:
        assert {row.school_code for row in queries.lines(work, 1)[0]} == seen
        assert {row.code for row in queries.school_totals(work, 1)} == seen
        assert schools_of(work, 2021) == []
        found = forecast(work, 2021, work.today, ())
        assert {each.code for each in found.forecast.schools()} == set(found.names) == seen
        for other in {"A", "B", "C"} - seen:
            with pytest.raises(NotFound):
                school_part(work, 1, other)
            with pytest.raises(NotFound):
                queries.school_total(work, 1, other)


def test_a_school_speaks_for_itself_until_the_day_it_is_closed(program: Program) -> None:
    """A goes into B tomorrow; C went into B today, D into C before, E nowhere; two that swallowed each other are named
    once."""
    ids = {code: factories.add_school(program, code) for code in "ABCDEFG"}
    with program.begin(operator()) as work:
        for code, into, day in (("A", "B", 1), ("C", "B", 0), ("D", "C", -900), ("E", None, -1), ("F", "G", -1),
                                ("G", "F", -1)):
            work.session.execute(update(School).where(School.id == ids[code]).values(
                merged_into_id=ids.get(into or ""), closed_on=work.today + timedelta(days=day)))
    with program.read(operator()) as work:
        found = {code: spoken_for(work, Scope(schools=frozenset({ids[code]}))).schools for code in "ABCEF"}
        assert found == {code: {ids[each] for each in names} for code, names in (
            ("A", "A"), ("B", "BCD"), ("C", "CD"), ("E", "E"), ("F", "FG"))}
        for unchanged in (Scope(everyone=True), Scope(), Scope(persons=frozenset({1}))):
            assert spoken_for(work, unchanged) == unchanged
