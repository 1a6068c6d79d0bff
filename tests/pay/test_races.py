"""Two people at once: of every pair exactly one act is done, and a line is posted once."""

import threading
from collections.abc import Callable

import pytest

from talent.core.access import Actor
from talent.core.errors import Conflict
from talent.core.work import Program
from talent.pay.chain_commands import Seen
from tests.pay.office import Office
from tests.pay.records import send


def at_once(*acts: Callable[[], object]) -> list[str]:
    """What became of acts that start together: ``done``, or the kind of refusal."""
    barrier, found = threading.Barrier(len(acts)), ["lost"] * len(acts)

    def run(at: int) -> None:
        barrier.wait()
        try:
            acts[at]()
            found[at] = "done"
        except Conflict:
            found[at] = "conflict"
        except Exception as error:
            found[at] = type(error).__name__

    threads = [threading.Thread(target=run, args=(at,)) for at in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(found)


def race(program: Program, pairs: int) -> None:
    """Pairs of officers review, approve and lock the same batch at the same moment."""
    send(program, "T1", "A", "2021-01-01")
    office = Office(program)
    people = [office.hr, office.hr2, office.finance2, office.finance3, office.leader, office.leader2]
    assert len(people) == 6
    batch = office.compute()
    office.confirm_all(batch)
    def attempt(act: str, by: Actor, seen: Seen) -> Callable[[], None]:
        return lambda: office.do(act, batch, by, seen=seen, comment="理由")

    for _ in range(pairs):
        seen = office.seen(batch)
        assert at_once(*(attempt("review", by, seen) for by in people[:2])) == ["conflict", "done"]
        seen = office.seen(batch)
        assert at_once(*(attempt("approve", by, seen) for by in people[4:])) == ["RuleViolation", "done"]
        seen = office.seen(batch)
        last = at_once(attempt("approve", people[2], seen), attempt("return_", people[0], seen))
        assert last == ["conflict", "done"]
        if office.state(batch) == "approved":
            office.do("return_", batch, people[0], comment="再来一次")
        office.confirm_all(batch)
    office.do("review", batch, office.hr)
    office.do("approve", batch, office.finance2)
    office.do("approve", batch, office.leader)
    office.answer_for(batch)
    office.open_period()
    seen = office.seen(batch)
    assert at_once(lambda: office.lock(batch, by=office.finance2, seen=seen),
                   lambda: office.lock(batch, by=office.finance3, seen=seen)) == ["conflict", "done"]
    assert office.entries() == [("accrual", "T1", "A", 2_400_000)]
    assert office.verify() == []


def test_twenty_pairs(program: Program) -> None:
    race(program, 20)


@pytest.mark.verify
def test_two_hundred_pairs(program: Program) -> None:
    race(program, 200)
