"""Two people at once: of every pair exactly one act is done, and a line is posted once."""

import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from sqlalchemy import event, select, text

from talent.core.access import Actor, operator
from talent.core.errors import Conflict
from talent.core.work import Program, Work
from talent.pay import periods, posting
from talent.pay.book import take_ledger
from talent.pay.chain_commands import Seen
from talent.pay.models import PayBatch
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


def together(program: Program, statement: str) -> None:
    """Let acts at once wait for each other before this statement, as long as all of them come to it."""
    barrier = threading.Barrier(2)

    @event.listens_for(program.engine, "before_cursor_execute")
    def wait(_connection: Any, _cursor: Any, text: str, *_: Any) -> None:
        if text.startswith(statement):
            with suppress(threading.BrokenBarrierError):
                barrier.wait(1)


def meanwhile(program: Program, act: Callable[[], object], *, first: Callable[[Work], object]) -> str:
    """What becomes of an act that comes while another transaction holds the ledger; that one does ``first`` once the
    act waits for it. On SQLite the act waits before its first statement."""
    found: list[str] = []
    thread = threading.Thread(target=lambda: found.extend(at_once(act)))
    with program.begin(operator()) as work:
        work.session.connection()  # on SQLite this begins, and everybody else waits
        take_ledger(work.session)
        thread.start()
        waiting = text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
        while program.engine.dialect.name == "postgresql" and thread.is_alive():
            if work.session.scalar(waiting):
                break
        first(work)
    thread.join()
    return found[0]


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


def test_two_conventions_of_a_year_are_locked_by_two_people_at_once(program: Program) -> None:
    """One wins, the other is told: neither waits for what the other holds."""
    send(program, "T1", "A", "2021-01-01")
    office = Office(program)
    batches = [office.compute(convention=convention) for convention in ("month_min_days", "day")]
    for batch in batches:
        office.approved(batch)
        office.answer_for(batch)
    office.open_period()
    seen = [office.seen(batch) for batch in batches]
    together(program, "UPDATE pay_periods")
    assert at_once(lambda: office.lock(batches[0], by=office.finance2, seen=seen[0]),
                   lambda: office.lock(batches[1], by=office.finance3, seen=seen[1])) == ["conflict", "done"]
    assert office.verify() == []


@pytest.mark.parametrize("act", ["open", "lock", "reopen"])
def test_a_period_is_approved_once(program: Program, act: str) -> None:
    office = Office(program)
    for before in {"open": (), "lock": ("open",), "reopen": ("open", "lock")}[act]:
        office.open_period(act=before)
    people = [office.leader, office.leader2]
    with program.begin(office.finance2) as work:
        asked = periods.request(work, code="2026-09", act=act, reason="月结").id

    def agree(by: Actor) -> Callable[[], None]:
        return lambda: office.act(by, lambda work: periods.approve(work, act_id=asked))

    together(program, "UPDATE pay_period")
    assert at_once(*(agree(by) for by in people)) == ["conflict", "done"]
    assert office.verify() == []


def test_a_period_is_locked_while_a_batch_is(program: Program) -> None:
    """Both want the period and the ledger: they queue for them in the same order."""
    send(program, "T1", "A", "2021-01-01")
    office = Office(program)
    batch = office.approved(office.compute())
    office.answer_for(batch)
    office.open_period()
    with program.begin(office.finance2) as work:
        asked = periods.request(work, code="2026-09", act="lock", reason="月结").id
    seen, leader = office.seen(batch), office.leader2
    together(program, "UPDATE pay_periods")
    ended = at_once(lambda: office.lock(batch, by=office.finance3, seen=seen),
                    lambda: office.act(leader, lambda work: periods.approve(work, act_id=asked)))
    assert ended in (["done", "done"], ["RuleViolation", "done"])
    assert office.verify() == []


def test_a_year_is_computed_while_it_is_locked(program: Program) -> None:
    """Whoever computes waits for the lock and is told: no run of the year is left that nobody could lock any more."""
    send(program, "T1", "A", "2021-01-01")
    office = Office(program)
    batch = office.approved(office.compute(convention="day"))
    office.answer_for(batch)
    office.open_period()
    seen, by, finance = office.seen(batch), office.hr, office.finance2

    def lock(work: Work) -> None:
        posting.lock(Work(work.session, finance, work.now, work.today, work.vault, work.zone), batch_id=batch,
                     seen=seen, period="2026-09")

    assert meanwhile(program, lambda: office.compute(by=by, convention="month_full"), first=lock) == "RuleViolation"
    with program.read(operator()) as work:
        assert work.session.execute(select(PayBatch.convention, PayBatch.state)).all() == [("day", "locked")]
    assert office.verify() == []


@pytest.mark.verify
def test_two_hundred_pairs(program: Program) -> None:
    race(program, 200)
