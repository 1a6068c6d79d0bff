"""The chain and the ledger under any order of acts: whatever is tried, the book stays sound."""

import shutil
import tempfile
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlalchemy import text

from talent.core.access import Actor, operator
from talent.core.config import Settings
from talent.core.errors import TalentError
from talent.core.work import Program
from tests.conftest import Clock
from tests.pay.office import Office
from tests.pay.records import send

STAFF = {"T1": "A", "T2": "A", "T3": "B", "T4": "C"}


def machine_on(template: Path) -> type[RuleBasedStateMachine]:
    """The machine over copies of an empty migrated database."""

    class Chain(RuleBasedStateMachine):
        """People who act in any order; refusals are part of it."""

        def __init__(self) -> None:
            super().__init__()
            self.folder = Path(tempfile.mkdtemp(prefix="talent-machine-"))
            shutil.copyfile(template, self.folder / "talent.db")
            kept = Settings(home=self.folder / "home", database_url=f"sqlite:///{self.folder / 'talent.db'}",
                            argon2_time_cost=1, argon2_memory_kib=8192)
            kept.make_keys()
            self.program = Program(kept, Clock())
            self.office = Office(self.program)
            for staff_no, school in STAFF.items():
                send(self.program, staff_no, school, "2021-01-01", appraisal="" if staff_no == "T4" else "qualified")
            self.batch, self.posted = self.office.compute(), 0

        def teardown(self) -> None:
            assert self.office.verify() == []
            self.program.engine.dispose()
            shutil.rmtree(self.folder, ignore_errors=True)

        def attempt(self, tried: Any, *given: Any, **more: Any) -> None:
            with suppress(TalentError):
                tried(*given, **more)

        @rule(staff_no=st.sampled_from(sorted(STAFF)), month=st.integers(1, 12))
        def a_fact_changes(self, staff_no: str, month: int) -> None:
            with self.program.begin(operator()) as work:
                work.session.execute(
                    text("UPDATE assignments SET ended_on = :d WHERE person_id = "
                         "(SELECT id FROM people WHERE staff_no = :s)"),
                    {"d": date(2021, month, 20).isoformat(), "s": staff_no})

        @rule(by=st.sampled_from(["hr", "finance"]))
        def compute(self, by: str) -> None:
            with suppress(TalentError):
                self.batch = self.office.compute(by=getattr(self.office, by))

        @rule(code=st.sampled_from(["A", "B", "C"]), verdict=st.sampled_from(["confirm", "confirm", "dispute"]))
        def a_school_answers(self, code: str, verdict: str) -> None:
            self.attempt(self.office.answer, self.batch, code, verdict)

        @rule(staff_no=st.sampled_from(sorted(STAFF)), act=st.sampled_from(["hold", "release"]))
        def a_line_is_set_aside(self, staff_no: str, act: str) -> None:
            self.attempt(self.office.hold, self.batch, staff_no, act=act)

        @rule(act=st.sampled_from(["review", "approve", "return_"]),
              by=st.sampled_from(["hr", "hr2", "finance", "finance2", "leader"]))
        def the_office_acts(self, act: str, by: str) -> None:
            actor: Actor = getattr(self.office, by)
            self.attempt(self.office.do, act, self.batch, actor, comment="理由")

        @rule()
        def as_far_as_it_goes(self) -> None:
            self.attempt(self.office.locked, self.batch)

        @rule(act=st.sampled_from(["open", "lock", "reopen"]))
        def a_period_turns(self, act: str) -> None:
            self.attempt(self.office.open_period, act=act)

        @rule(by=st.sampled_from(["finance", "finance2", "hr"]))
        def lock(self, by: str) -> None:
            self.attempt(self.office.answer_for, self.batch)
            self.attempt(self.office.lock, self.batch, by=getattr(self.office, by))

        @invariant()
        def entries_are_only_added(self) -> None:
            now = len(self.office.entries())
            assert now >= self.posted
            self.posted = now

    return Chain


def run(template: Path, examples: int, steps: int) -> None:
    run_state_machine_as_test(machine_on(template), settings=settings(
        max_examples=examples, stateful_step_count=steps, deadline=None,
        suppress_health_check=list(HealthCheck), database=None))


def test_a_few_runs(sqlite_template: Path) -> None:
    run(sqlite_template, 3, 15)


@pytest.mark.verify
def test_many_runs(sqlite_template: Path) -> None:
    run(sqlite_template, 200, 50)
