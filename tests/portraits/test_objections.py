"""Objections to a portrait: made, answered by a person with reasons, and what an upheld one sets aside."""

from collections.abc import Mapping
from datetime import date

import pytest
from sqlalchemy import select

from talent.assistance.models import Assignment
from talent.core.access import Actor, Grant, operator
from talent.core.audit import AuditEvent
from talent.core.errors import Conflict, NotAllowed, NotFound, RuleViolation
from talent.core.work import Program
from talent.pay import commands as pay
from talent.pay.models import PayLine
from talent.portraits import objections
from talent.portraits.models import PortraitObjection
from talent.portraits.objection_rules import EDGES, acts_of, judge_answer, judge_objection
from talent.portraits.queries import portrait_of_person, scores_of_person
from talent.portraits.reading import features
from tests import factories
from tests.portraits.stored import HOURS_ONLY, add_run

TODAY, END = date(2026, 9, 8), date(2026, 8, 31)
HR = Actor(12, "hr", (Grant("hr"),))
PARTS = {"whole": (), "dimension": ("training",), "input": ("hours",)}


@pytest.fixture
def person(program: Program) -> int:
    """A teacher with a portrait."""
    person_id = factories.add_person(program)
    add_run(program, {person_id: HOURS_ONLY})
    return person_id


def teacher(person_id: int) -> Actor:
    return Actor(11, "t1", (Grant("teacher", person_id=person_id),))


def make(program: Program, person: int, about: str = "whole", what: str = "") -> int:
    with program.begin(teacher(person)) as work:
        return objections.make(work, about=about, what=what, reason="讲座没有反映")


def uphold(program: Program, number: int, measure: str = "hide", version: int = 1) -> None:
    with program.begin(HR) as work:
        objections.uphold(work, objection_id=number, version=version, measure=measure, answer="核过，属实")


# ── rules ────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("about", "what", "reason", "found"), [
    ("whole", "", "因", []), ("dimension", "training", "因", []), ("input", "hours", "因", []),
    ("whole", "training", "因", ["objection.of_nothing"]), ("dimension", "", "因", ["objection.of_nothing"]),
    ("dimension", "hours", "因", ["objection.of_nothing"]), ("", "", "因", ["objection.of_nothing"]),
    ("whole", "", " ", ["objection.no_reason"]), ("whole", "", "字" * 1001, ["objection.too_long"]),
])
def test_what_an_objection_must_say(about: str, what: str, reason: str, found: list[str]) -> None:
    assert [each.code for each in judge_objection(about, what, reason, PARTS)] == found


@pytest.mark.parametrize(("act", "measure", "answer", "found"), [
    ("uphold", "hide", "因", []), ("uphold", "", "因", ["objection.no_measure"]),
    ("uphold", "delete", "因", ["objection.no_measure"]), ("dismiss", "", "因", []),
    ("dismiss", "", "", ["objection.no_answer"]), ("uphold", "hide", " ", ["objection.no_answer"]),
])
def test_what_an_answer_must_say(act: str, measure: str, answer: str, found: list[str]) -> None:
    assert [each.code for each in judge_answer(answer, measure, ("hide", "leave_out"), act)] == found  # type: ignore[arg-type]


def test_every_state_but_open_and_upheld_is_an_end() -> None:
    assert {before for before, _after in EDGES.values()} == {"open", "upheld"}
    assert (acts_of("teacher", "open"), acts_of("office", "open")) == (("withdraw",), ("dismiss", "uphold"))
    assert (acts_of("teacher", "upheld"), acts_of("office", "upheld")) == (("lift",), ())


# ── the way ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_an_upheld_portrait_is_for_its_teacher_alone(program: Program, person: int) -> None:
    number = make(program, person)
    with program.read(HR) as work:
        assert portrait_of_person(work, person, TODAY) is not None, "until it is answered it stands"
    uphold(program, number)
    for actor in (HR, Actor(14, "leader", (Grant("leader"),)), Actor(15, "auditor", (Grant("auditor"),))):
        with program.read(actor) as work:
            assert portrait_of_person(work, person, TODAY) is None and scores_of_person(work, person) is None
            assert objections.standing(work, person) is not None
    with program.read(teacher(person)) as work:
        assert portrait_of_person(work, person, TODAY) is not None and scores_of_person(work, person) is not None


@pytest.mark.parametrize(("measure", "takes_part"), [("hide", True), ("leave_out", False)])
def test_later_runs_leave_out_whom_the_answer_says(
    program: Program, person: int, measure: str, takes_part: bool
) -> None:
    factories.add_person(program, "T2", "李四")
    uphold(program, make(program, person), measure)
    with program.begin(operator()) as work:
        assert ("T1" in features(work.session, END, work.book).staff_no) is takes_part
        assert "T2" in features(work.session, END, work.book).staff_no
    with program.begin(teacher(person)) as work:
        objections.lift(work, objection_id=1, version=2)
    with program.read(HR) as work:
        assert "T1" in features(work.session, END, work.book).staff_no
        assert portrait_of_person(work, person, TODAY) is not None


def test_a_dismissed_one_changes_nothing_and_has_its_reason(program: Program, person: int) -> None:
    number = make(program, person, "dimension", "training")
    with program.begin(HR) as work:
        objections.dismiss(work, objection_id=number, version=1, answer="学时已全部计入")
    with program.read(HR) as work:
        assert portrait_of_person(work, person, TODAY) is not None
        row = work.session.get_one(PortraitObjection, number)
        assert (row.state, row.answer, row.answered_by_name) == ("dismissed", "学时已全部计入", "hr")
        assert row.due_on == date(2026, 9, 23)
        acts = work.session.scalars(select(AuditEvent.action).where(AuditEvent.subject == "objection")).all()
        assert list(acts) == ["portrait:object", "portrait:dismiss"]


def test_the_clock_is_a_parameter(program: Program, person: int) -> None:
    with program.read(operator()) as work:
        days = work.book.at(objections.DAYS, TODAY)
        assert (days.value, days.basis) == (15, "assumed")


def test_the_same_thing_is_objected_to_once_at_a_time(program: Program, person: int) -> None:
    make(program, person)
    make(program, person, "input", "hours")
    with pytest.raises(RuleViolation, match="open_already"):
        make(program, person)
    with program.begin(teacher(person)) as work:
        objections.withdraw(work, objection_id=1, version=1)
    assert make(program, person) > 2


def test_without_a_portrait_there_is_nothing_to_object_to(program: Program) -> None:
    with pytest.raises(RuleViolation, match="no_portrait"):
        make(program, factories.add_person(program))


def test_who_may_not(program: Program, person: int) -> None:
    other = factories.add_person(program, "T2")
    number = make(program, person)
    with program.begin(teacher(other)) as work:
        for act in (objections.withdraw, objections.lift):
            with pytest.raises(NotFound):
                act(work, objection_id=number, version=1)
        with pytest.raises(NotFound):
            objections.detail(work, number)
    oneself = Actor(13, "hr-too", (Grant("hr"), Grant("teacher", person_id=person)))
    with program.begin(oneself) as work, pytest.raises(RuleViolation, match="own"):
        objections.dismiss(work, objection_id=number, version=1, answer="不")
    for role in ("leader", "auditor"):
        actor = Actor(14, role, (Grant(role),))
        with pytest.raises(NotAllowed), program.begin(actor) as work:
            objections.dismiss(work, objection_id=number, version=1, answer="不")
        with pytest.raises(NotAllowed), program.begin(actor) as work:
            objections.make(work, about="whole", what="", reason="因")


def test_of_two_who_answer_the_second_is_told(program: Program, person: int) -> None:
    number = make(program, person)
    uphold(program, number)
    for version in (1, 2):
        with pytest.raises(Conflict):
            uphold(program, number, version=version)


# ── never a disadvantage ─────────────────────────────────────────────────────────────────────────────────────


def lines(program: Program) -> Mapping[int, tuple[int, str, int]]:
    with program.begin(operator()) as work:
        batch = pay.compute(work, year=2025)
        rows = work.session.scalars(select(PayLine).where(PayLine.batch_id == batch.id))
        return {row.person_id: (row.amount_fen, row.months, row.days) for row in rows}


def test_to_opt_out_leaves_pay_equal(program: Program, person: int) -> None:
    other, school = factories.add_person(program, "T2"), factories.add_school(program)
    with program.begin(operator()) as work:
        work.session.add_all(Assignment(person_id=each, sending_school_id=school, host="远方小学", kind="paired",
                                        started_on=date(2025, 1, 1), ended_on=date(2025, 12, 31),
                                        appraisal="qualified") for each in (person, other))
    before = lines(program)
    uphold(program, make(program, person), "leave_out")
    after = lines(program)
    assert before == after and after[person] == after[other] and after[person][0] > 0
