"""A pay run, an approval and a lock killed at any instant: the book is as before or as after, never between."""

import os
import signal
import subprocess
import sys
import time
from hashlib import sha256

import pytest
from sqlalchemy import select

from talent.core.access import operator
from talent.core.audit import AuditEvent
from talent.core.work import Program
from talent.pay.payout import returns
from talent.schema import metadata
from tests.pay.office import Office
from tests.pay.payout.bank import Bank, rows_for, split
from tests.pay.records import send

pytestmark = pytest.mark.verify
KILLS = 20
ACT = """
import sys
from talent.core.access import Actor, Grant
from talent.core.config import Settings
from talent.core.work import Program
from talent.pay import chain_commands, commands, posting
from talent.pay.chain_commands import Seen
from talent.pay.payout import commands as payout, returns
what, user, role, batch, version, seal = sys.argv[1:]
program = Program(Settings())
actor = Actor(int(user), role, (Grant(role),))
with program.read(actor) as work:
    work.book
print("ready", flush=True)
with program.begin(actor) as work:
    if what == "compute":
        commands.compute(work, year=2021)
    elif what == "approve":
        chain_commands.approve(work, batch_id=int(batch), seen=Seen(int(version), seal))
    elif what == "draw":
        payout.draw(work, program.settings, year=2021, kind="regular", seen=seal)
    elif what == "accept":
        returns.accept(work, return_id=int(batch), seen=seal, period="2026-09")
    else:
        posting.lock(work, batch_id=int(batch), seen=Seen(int(version), seal), period="2026-09")
"""
TABLES = [table for name, table in sorted(metadata.tables.items()) if name.startswith("pay_")]
MOMENTS = ("at", "computed_at", "posted_at", "digest", "previous", "requested_at", "decided_at", "drawn_at",
           "uploaded_at")


def dump(program: Program) -> str:
    """The pay tables as a digest, without what only tells the moment; and how many acts were audited."""
    with program.read(operator()) as work:
        said = [sorted(map(repr, work.session.execute(select(
            *(column for column in table.columns if column.name not in MOMENTS))))) for table in TABLES]
        said.append([str(len(work.session.scalars(select(AuditEvent.id)).all()))])
    return sha256(repr(said).encode()).hexdigest()


def prepared(program: Program, what: str) -> tuple[Office, list[str]]:
    """A book in which the act is next, and how the child is told about it."""
    for number in range(60):
        send(program, f"T{number}", f"S{number % 3}", "2021-01-01")
    if what in ("draw", "accept"):
        return paying(program, what)
    office = Office(program)
    batch = office.compute(by=office.hr2)
    if what != "compute":
        office.reviewed(batch)
    if what == "lock":
        office.do("approve", batch, office.finance2)
        office.do("approve", batch, office.leader)
        office.answer_for(batch)
        office.open_period()
    actor, role = {"compute": (office.hr, "hr"), "approve": (office.leader, "leader"),
                   "lock": (office.finance2, "finance")}[what]
    seen = office.seen(batch)
    return office, [what, str(actor.user_id), role, str(batch), str(seen.version), seen.seal]


def paying(program: Program, what: str) -> tuple[Office, list[str]]:
    """The same with a locked year: a file is next, or the bank's answer to it."""
    bank = Bank(program)
    bank.locked(bank.compute())
    for school, fen in bank.standing().items():
        split(program, school, {f"T{number}": fen // 20 for number in range(60) if f"S{number % 3}" == school})
    number, seal = 0, bank.seal()
    if what == "accept":
        number = bank.stage(rows_for(bank.items(bank.draw())))
        with program.read(operator()) as work:
            seal = returns.compare(work.session, number).seal
    return bank, [what, str(bank.cashier.user_id), "finance", str(number), "0", seal]


def attempt(program: Program, told: list[str], after: float | None) -> float:
    """The act in a process of its own, killed some seconds after it began; how long it lived."""
    settings = program.settings
    environment = {**os.environ, "TALENT_HOME": str(settings.home), "TALENT_DATABASE_URL": settings.database_url}
    child = subprocess.Popen([sys.executable, "-c", ACT, *told], env=environment, stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None and child.stdout.readline() == "ready\n"
    began = time.perf_counter()
    if after is not None:
        time.sleep(after)
        child.send_signal(signal.SIGKILL)
    child.wait()
    return time.perf_counter() - began


@pytest.mark.parametrize("what", ["compute", "approve", "lock", "draw", "accept"])
def test_killed_at_any_instant(program: Program, what: str) -> None:
    office, told = prepared(program, what)
    before, span, outcomes = dump(program), 0.4, set()
    for number in range(KILLS):
        attempt(program, told, span * number / KILLS)
        now = dump(program)
        outcomes.add(now)
        assert office.verify() == []
        if now != before and what == "compute":
            before = now  # a run more stands, whole: the next kill starts from there
        elif now != before:
            break
    attempt(program, told, None)
    once = dump(program)
    assert outcomes <= {before, once} or what == "compute"
    if what != "compute":
        attempt(program, told, None)
        assert dump(program) == once
    assert office.verify() == []
