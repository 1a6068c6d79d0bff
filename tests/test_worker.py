"""The worker: on behalf of whom, what is said when it fails, and what happens when it dies."""

import json
from typing import Any, NoReturn

import pytest
from sqlalchemy import select

from talent import worker
from talent.accounts.models import User
from talent.core import jobs
from talent.core.access import operator
from talent.core.jobs import MOST_ATTEMPTS, Job, findings_of
from talent.core.work import Program
from tests import factories
from tests.conftest import Clock


def ask(program: Program) -> int:
    """A job that the bureau's account asks for; its id."""
    account = factories.add_account(program, "hr")
    with program.begin(factories.actor(program, account)) as work:
        return jobs.enqueue(work, "test", {"n": 7}).id


def ended(program: Program) -> tuple[str, list[str], Any]:
    with program.read(operator()) as work:
        job = work.session.scalars(select(Job)).one()
        return job.state, [finding.code for finding in findings_of(job)], json.loads(job.result)


def test_a_job_runs_as_who_asked(program: Program) -> None:
    ask(program)
    done = worker.run_once(program, {"test": lambda _program, actor, payload, _report: {"by": actor.name, **payload}})
    assert done and ended(program) == ("done", [], {"by": "hr-1", "n": 7})
    assert not worker.run_once(program)


def test_a_closed_account_gets_nothing_done(program: Program, clock: Clock) -> None:
    ask(program)
    with program.begin(operator()) as work:
        work.session.scalars(select(User)).one().disabled_at = clock()
    worker.run_once(program, {})
    assert ended(program)[:2] == ("failed", ["job.account_closed"])


def test_an_unknown_kind_fails_in_words(program: Program) -> None:
    ask(program)
    worker.run_once(program, {})
    assert ended(program)[:2] == ("failed", ["job.unknown"])


def test_what_nobody_foresaw_gets_a_number_and_no_detail(program: Program) -> None:
    def broken(*_: object) -> NoReturn:
        raise ZeroDivisionError("secret detail")

    ask(program)
    worker.run_once(program, {"test": broken})
    assert ended(program)[:2] == ("failed", ["job.incident"])
    with program.read(operator()) as work:
        assert "secret" not in work.session.scalars(select(Job.error)).one()


def test_a_dead_workers_job_is_taken_over_and_given_up_at_last(program: Program, clock: Clock) -> None:
    ask(program)
    for _ in range(MOST_ATTEMPTS):
        with program.begin(operator()) as work:  # claimed by a worker that dies
            assert jobs.claim(work.session, work.now) is not None
        assert not worker.run_once(program, {})
        clock.move(minutes=6)
    worker.run_once(program, {})
    assert ended(program)[:2] == ("failed", ["job.given_up"])


@pytest.mark.parametrize("fails", [False, True])
def test_a_worker_that_lost_its_job_to_another_neither_finishes_nor_fails_it(
    program: Program, clock: Clock, fails: bool
) -> None:
    taken: list[jobs.Claim | None] = []

    def slow(program: Program, _actor: object, _payload: object, report: worker.Report) -> dict[str, Any]:
        clock.move(minutes=6)
        with program.begin(operator()) as work:
            taken.append(jobs.claim(work.session, work.now))
        report("late", 1, 2)
        if fails:
            raise ZeroDivisionError
        return {"by": "the first"}

    ask(program)
    worker.run_once(program, {"test": slow})
    assert ended(program) == ("running", [], {})
    with program.begin(operator()) as work:
        assert work.session.scalars(select(Job.stage)).one() == ""
        assert taken[0] is not None and jobs.finish(work.session, taken[0], work.now, {"by": "the second"})
        assert not jobs.fail(work.session, taken[0], work.now, "[]")
    assert ended(program) == ("done", [], {"by": "the second"})
