"""The background worker: claims jobs, runs them on behalf of whoever asked, and says how they ended.

A job is done at least once: when a worker dies, its lease runs out and another takes over. So every task is written
to be repeated, and its last transaction checks that it has not been done already.
"""

import json
import logging
import secrets
import signal
import threading
import time
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select, update
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.orm import Session

from talent.accounts import posts, queries
from talent.accounts.models import User
from talent.core import audit_chain, jobs
from talent.core.access import Actor, operator
from talent.core.errors import Conflict, Finding, NotAllowed, NotFound, RuleViolation
from talent.core.jobs import MOST_ATTEMPTS, Claim, Job
from talent.core.work import Program
from talent.exchange import staging
from talent.policy.errors import NotInForce
from talent.portraits.models import BUILD
from talent.privacy import retention
from talent.reports import commands as reports
from talent.words.say import all_words, say

log = logging.getLogger(__name__)

POLL_SECONDS = 1.0
#: How often the newest audit event is written down outside the database: well within the hour.
ANCHOR_SECONDS = 600.0
#: How often role grants are closed whose post has ended; they stopped counting the day it did.
SWEEP_SECONDS = 600.0

Report = Callable[[str, int, int], None]
Task = Callable[[Program, Actor, Mapping[str, Any], Report], dict[str, Any]]


def build_portraits(program: Program, actor: Actor, payload: Mapping[str, Any], report: Report) -> dict[str, Any]:
    """A run of portraits."""
    # scikit-learn takes seconds to import and only this job needs it
    from talent.portraits import commands

    return commands.run_build(program, actor, payload, report)


def print_board(program: Program, actor: Actor, payload: Mapping[str, Any], report: Report) -> dict[str, Any]:
    """The board as a paper."""
    return reports.run(program, actor, payload, report, say)


#: What a worker can do. A slice with background work adds its line here.
TASKS: Mapping[str, Task] = {
    staging.PREVIEW: staging.run_preview,
    staging.ACCEPT: staging.run_accept,
    reports.KIND: print_board,
    BUILD: build_portraits,
    retention.TASK: retention.run,
}


def run(program: Program) -> None:
    """Work until SIGTERM or SIGINT; the job in hand is finished first."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    log.info("worker started")
    anchored = swept = float("-inf")
    while not stop.is_set():
        if time.monotonic() - anchored >= ANCHOR_SECONDS and _answered(lambda: audit_chain.anchor(program)):
            anchored = time.monotonic()
        if time.monotonic() - swept >= SWEEP_SECONDS and _answered(lambda: posts.sweep(program) >= 0):
            swept = time.monotonic()
        if not _answered(lambda: run_once(program)):
            stop.wait(POLL_SECONDS)
    log.info("worker stopped")


def _answered(step: Callable[[], object]) -> bool:
    """Take one step of the loop; a database that is away for a moment does not end the worker."""
    try:
        return step() is not False
    except (OperationalError, InterfaceError) as error:
        log.warning("database unavailable: %s", error.orig)
        return False


def run_once(program: Program, tasks: Mapping[str, Task] = TASKS) -> bool:
    """Do one job, if one waits; whether there was one."""
    if not _something_waits(program):
        return False
    with program.begin(operator()) as work:
        _give_up_lost(work.session, work.now)
        held = jobs.claim(work.session, work.now)
    if held is None:
        return False
    _do(program, tasks, held)
    return True


def _something_waits(program: Program) -> bool:
    """A look without the write lock, which an idle worker must not take every second."""
    with program.read(operator()) as work:
        free = or_(Job.state == "queued", (Job.state == "running") & (Job.lease_until < work.now))
        return work.session.scalar(select(Job.id).where(free).limit(1)) is not None


def _give_up_lost(session: Session, now: datetime) -> None:
    """Jobs whose worker died at the last attempt end here, so that nobody waits for them for ever."""
    session.execute(
        update(Job)
        .where(Job.state == "running", Job.lease_until < now, Job.attempts >= MOST_ATTEMPTS)
        .values(state="failed", finished_at=now, lease_until=None, error=_as_json(Finding("job.given_up")))
    )


def _do(program: Program, tasks: Mapping[str, Task], held: Claim) -> None:
    def report(stage: str, done: int = 0, total: int = 0) -> None:
        with program.begin(operator()) as work:
            jobs.report(work.session, held, work.now, stage=stage, done=done, total=total)

    result: dict[str, Any] = {}
    failure: tuple[Finding, ...] = ()
    try:
        actor = _requester(program, held.requested_by)
        if actor is None:
            failure = (Finding("job.account_closed"),)
        elif held.kind not in tasks:
            failure = (Finding("job.unknown"),)
        else:
            result = tasks[held.kind](program, actor, held.payload, report)
    except (OperationalError, InterfaceError):
        raise  # the lease runs out and the job is tried again
    except Exception as error:  # whatever happens, somebody waits for an answer
        failure = _said(error, held)
    with program.begin(operator()) as work:
        if failure:
            closed = jobs.fail(work.session, held, work.now, _as_json(*failure))
        else:
            closed = jobs.finish(work.session, held, work.now, result)
    ending = ("failed" if failure else "done") if closed else "left to the worker that took it over"
    log.info("job %s %s %s", held.job_id, held.kind, ending)


def _requester(program: Program, user_id: int | None) -> Actor | None:
    """Who asked, with the roles of today; ``None`` when the account is closed. No account is the local operator."""
    if user_id is None:
        return operator()
    with program.read(operator()) as work:
        name = work.session.scalar(select(User.name).where(User.id == user_id))
        return None if name is None else queries.actor_named(work.session, name, work.today)


def _said(error: Exception, held: Claim) -> tuple[Finding, ...]:
    """What the requester is told. Only what nobody foresaw goes to the log, under a number."""
    match error:
        case RuleViolation():
            return error.findings
        case Conflict() if f"conflict.{error.what}" in all_words():
            return (Finding(f"conflict.{error.what}", params=error.params),)
        case NotInForce():
            facts = {"label": error.label, "first": error.first, "on": error.on}
            return (Finding("policy.not_in_force", params=facts),)
        case NotAllowed():
            return (Finding("job.not_allowed"),)
        case NotFound():
            return (Finding("job.not_found"),)
    number = secrets.token_hex(4).upper()
    log.error("incident %s: job %s %s", number, held.job_id, held.kind, exc_info=error)
    return (Finding("job.incident", params={"number": number}),)


def _as_json(*findings: Finding) -> str:
    return json.dumps([finding.as_dict() for finding in findings], ensure_ascii=False, default=str)
