"""A school splits its allotment: who may, what is refused, what stands afterwards, and what the database keeps shut."""

import re
from collections.abc import Callable
from datetime import date
from fractions import Fraction
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import delete, select, text, update
from sqlalchemy.exc import DBAPIError

from talent.core.access import Actor, operator
from talent.core.audit import AuditEvent
from talent.core.errors import Conflict, NotAllowed, NotFound, NotProved, RuleViolation
from talent.core.work import Program
from talent.pay.awards import commands
from talent.pay.awards.commands import Place
from talent.pay.awards.models import PayAward, PayDistribution
from talent.pay.awards.writing import Extra
from talent.web import awards
from talent.words.pay import WORDS as PAY_WORDS
from talent.words.pay_awards import WORDS
from talent.words.say import say
from tests import factories
from tests.conftest import Clock
from tests.pay.office import YEAR, Office
from tests.pay.records import send
from tests.pay.splits import Splitting, a_locked_year
from tests.pay.test_races import at_once


@pytest.fixture
def office(program: Program) -> Office:
    return a_locked_year(program)


@pytest.fixture
def school(office: Office) -> Splitting:
    return Splitting(office)


def refused(act: Callable[[], object]) -> list[str]:
    """The codes an act is refused with."""
    with pytest.raises(RuleViolation) as violation:
        act()
    return [finding.code for finding in violation.value.findings]


# ── drawing and changing ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("method", "sums"), [
    ("months", {"T1": 2_400_000, "T2": 2_000_000}),
    ("points", {"T1": 2_400_000, "T2": 2_000_000}),
    ("equal", {"T1": 2_200_000, "T2": 2_200_000}),
    ("by_hand", {"T1": 2_400_000, "T2": 2_000_000}),
])
def test_every_template_gives_out_the_whole_allotment(school: Splitting, method: str, sums: dict[str, int]) -> None:
    school.draw(method)
    assert school.sums() == sums
    row = school.row()
    assert row and (row.allotment_fen, row.state, row.version, row.sequence) == (4_400_000, "draft", 1, 1)


def test_named_lines_come_off_before_the_shares(school: Splitting) -> None:
    school.draw()
    school.change("months", extras=[Extra("T4", "协助人员", 200_001)])
    assert school.sums() == {"T1": 2_290_909, "T2": 1_909_090, "T4": 200_001}  # 42,000.00 less a fen by 12 : 10
    school.draw("equal")
    assert school.sums() == {"T1": 2_100_000, "T2": 2_099_999, "T4": 200_001}  # they stay when it is drawn anew


def test_points_per_person(school: Splitting) -> None:
    school.draw("points")
    school.change("points", values={"T1": Fraction(1), "T2": Fraction(5, 2)})
    assert school.sums() == {"T1": 1_257_143, "T2": 3_142_857}


def test_sums_by_hand_may_wait_to_add_up_but_are_not_submitted(school: Splitting) -> None:
    school.draw("by_hand")
    school.change(values={"T1": 2_400_000, "T2": 1_999_999})
    school.notice()
    assert refused(school.submit) == ["pay.award_left"]
    school.change(values={"T1": 2_400_000, "T2": 2_000_001})
    school.notice()
    assert refused(school.submit) == ["pay.award_too_much"]
    school.change(values={"T1": 2_400_000, "T2": 2_000_000})
    school.notice()
    school.submit()
    assert school.states() == ["submitted"]


@pytest.mark.parametrize(("method", "values", "extras", "codes"), [
    ("by_hand", {"T1": -1}, [], ["pay.award_negative"]),
    ("points", {"T1": Fraction(-1), "T2": Fraction(2)}, [], ["pay.award_negative"]),
    ("points", {"T1": Fraction(0)}, [], ["pay.award_nobody"]),
    ("by_hand", {"T3": 1}, [], ["pay.award_not_served"]),
    ("months", {}, [Extra("T3", "协助", 1)], ["pay.award_stranger"]),
    ("months", {}, [Extra("T9", "协助", 1)], ["pay.award_stranger"]),
    ("months", {}, [Extra("T1", "协助", 1)], ["pay.award_both"]),
    ("months", {}, [Extra("T4", "协助", 1), Extra("T4", "管理", 1)], ["pay.award_twice"]),
    ("months", {}, [Extra("T4", "协助", 4_400_001)], ["pay.award_over"]),
    ("months", {}, [Extra("T4", "协" * 61, 1)], ["pay.award_purpose_long"]),
    ("months", {}, [Extra("T4", "协助", -1)], ["pay.award_negative"]),
])
def test_a_change_that_makes_no_sense_is_refused(
    school: Splitting, method: str, values: dict[str, int], extras: list[Extra], codes: list[str]
) -> None:
    school.draw()
    before = school.sums()
    assert refused(lambda: school.change(method, values, extras)) == codes
    assert school.sums() == before


def test_a_line_without_a_name_is_refused(school: Splitting) -> None:
    school.draw()
    for blank in ("", " ", "\u3000"):
        assert "pay.award_unnamed" in refused(partial(school.change, "months", extras=[Extra("T4", blank, 1)]))


def test_a_line_without_a_name_cites_the_document_that_asks_for_it(school: Splitting) -> None:
    school.draw()
    with pytest.raises(RuleViolation) as error:
        school.change("months", extras=[Extra("T4", "", 1)])
    reason, _hint = say(error.value.findings[0])
    assert reason == "分配表中“T4”不是帮扶支教人员，但没有写明用途（依据：三年行动方案(2020—2022年) 三(四)）。"


def test_nothing_is_split_before_the_lock_or_where_nothing_stands(program: Program) -> None:
    send(program, "T1", "A", "2021-01-01")
    factories.add_school(program, "C")
    office = Office(program)
    batch = office.compute()
    assert refused(Splitting(office).draw) == ["pay.award_not_locked"]
    office.locked(batch)
    assert refused(Splitting(office, "C").draw) == ["pay.award_nothing"]


# ── notice and submission ────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("days", "codes"), [
    ((date(2026, 9, 1), date(2026, 9, 7)), ["pay.award_notice_short"]),
    ((date(2026, 9, 9), date(2026, 9, 20)), ["pay.award_notice_future"]),
    ((date(2026, 9, 1), date(2026, 9, 8)), []),
])
def test_a_notice_runs_its_working_days(school: Splitting, days: tuple[date, date], codes: list[str]) -> None:
    school.draw()
    if codes:
        assert refused(lambda: school.notice(days)) == codes
    else:
        school.notice(days)
        assert refused(school.submit) == ["pay.award_notice_running"]  # it ends today


def test_a_change_voids_the_notice(school: Splitting) -> None:
    school.draw()
    school.notice()
    school.change("equal")
    assert refused(school.submit) == ["pay.award_notice_missing"]


def test_less_than_half_for_those_who_served_needs_a_reason(school: Splitting) -> None:
    school.draw()
    school.change("months", extras=[Extra("T4", "管理人员", 2_200_001)])
    school.notice()
    assert refused(school.submit) == ["pay.participants_minority", "pay.award_reason_missing"]
    school.submit(reason="教代会通过")
    row = school.row()
    assert row and row.minority_reason == "教代会通过"


def test_two_persons(school: Splitting, office: Office, program: Program) -> None:
    school.draw()
    school.notice()
    assert refused(lambda: school.submit(by=school.clerk)) == ["pay.award_same_person"]
    other = office.actor("clerk-a2", "school", school_code="A")
    school.submit(by=other)  # another clerk of the school
    row = school.row()
    assert row and (row.drawn_by_name, row.submitted_by_name) == ("clerk-a", "clerk-a2")


def test_nobody_submits_a_sum_of_their_own(school: Splitting, program: Program) -> None:
    account = factories.add_account(program, "teacher", name="head-teacher", staff_no="T4", school_code="A")
    teacher = factories.actor(program, account)
    both = Actor(school.head.user_id, "head-a", (*school.head.grants, *teacher.grants))
    school.draw()
    school.change("months", extras=[Extra("T4", "管理人员", 100)])
    school.notice()
    assert refused(lambda: school.submit(by=both)) == ["pay.award_own"]


def test_a_submission_asks_who_is_there(school: Splitting) -> None:
    school.draw()
    school.notice()
    stale = Actor(school.head.user_id, school.head.name, school.head.grants, proved=False)
    with pytest.raises(NotProved):
        school.submit(by=stale)


@pytest.mark.parametrize("role", ["hr", "finance", "leader", "auditor", "teacher", "admin"])
def test_other_roles_neither_draw_nor_submit(school: Splitting, office: Office, role: str) -> None:
    by = office.actor(f"{role}-x", role)
    for act in (school.draw, school.submit, school.withdraw):
        with pytest.raises(NotAllowed):
            act(by=by)  # type: ignore[operator]


def test_a_principal_does_not_draw_and_another_school_finds_nothing(school: Splitting, office: Office) -> None:
    with pytest.raises(NotAllowed):
        school.draw(by=school.head)
    with pytest.raises(NotFound):
        school.draw(by=office.actor("clerk-b", "school", school_code="B"))
    school.draw()
    with pytest.raises(NotFound):
        school.submit(by=office.principal_of("B"))


def test_whoever_saw_another_draft_is_told_who_changed_it(school: Splitting, office: Office) -> None:
    school.draw()
    with pytest.raises(Conflict) as drawn:
        school.draw(place=Place(YEAR, school.school_id))
    school.change("equal", by=office.actor("clerk-a2", "school", school_code="A"))
    with pytest.raises(Conflict) as changed:
        school.change("months", place=school.place(1))
    assert (drawn.value.what, changed.value.what) == ("pay_distribution_drawn", "pay_distribution")
    assert changed.value.params == {"name": "clerk-a2"}
    school.notice()
    with pytest.raises(Conflict):
        school.submit(seen="0" * 64)
    place = school.place()
    school.submit()
    with pytest.raises(Conflict) as gone:
        school.submit(place=place)
    assert gone.value.what == "pay_distribution_gone"


def test_a_draft_is_withdrawn_and_leaves_no_gap(school: Splitting) -> None:
    school.draw()
    school.withdraw()
    assert (school.states(), school.sums()) == ([], {})
    school.submitted()
    row = school.row()
    assert row and row.sequence == 1 and school.office.verify() == []


def test_every_act_is_recorded_once(school: Splitting) -> None:
    school.draw()
    school.change("equal")
    school.notice()
    school.submit()
    school.draw()
    school.withdraw()
    with school.program.read(operator()) as work:
        found = work.session.scalars(
            select(AuditEvent.action).where(AuditEvent.subject == "pay_distribution").order_by(AuditEvent.id)).all()
    assert found == ["award:draw", "award:change", "award:notice", "award:submit", "award:draw", "award:withdraw"]


# ── after an adjustment ──────────────────────────────────────────────────────────────────────────────────────


def test_an_adjustment_asks_for_a_new_split_over_the_new_sum(school: Splitting, office: Office) -> None:
    school.submitted()
    send(office.program, "T5", "A", "2021-07-01", name="沈与之")  # forgotten: six months
    school.draw()
    school.notice()
    office.locked(office.compute())
    assert refused(school.submit) == ["pay.award_stale"]
    assert school.states() == ["submitted", "draft"]
    school.draw()
    assert school.sums() == {"T1": 2_400_000, "T2": 2_000_000, "T5": 1_200_000}
    school.notice()
    school.submit()
    assert school.states() == ["superseded", "submitted"] and office.verify() == []


def test_a_sum_that_was_reversed_to_nothing_is_split_into_nothing(program: Program) -> None:
    send(program, "T3", "B", "2021-01-01", "2021-12-31", name="陈小满")
    send(program, "T1", "A", "2021-01-01", name="林知微")
    office = Office(program)
    office.locked(office.compute())
    school = Splitting(office, "B")
    school.submitted()
    with program.begin(operator()) as work:
        work.session.execute(text("UPDATE assignments SET appraisal = 'unqualified' WHERE person_id = "
                                  "(SELECT id FROM people WHERE staff_no = 'T3')"))
    office.locked(office.compute())
    school.submitted()
    row = school.row()
    assert row and (row.allotment_fen, row.sequence, school.sums()) == (0, 2, {}) and office.verify() == []


# ── two at once, and what the database keeps shut ────────────────────────────────────────────────────────────


def test_of_two_submissions_one_is_done(school: Splitting, office: Office) -> None:
    others = [office.actor(f"head-a{number}", "principal", school_code="A") for number in (2, 3)]
    for _ in range(5):
        school.draw()
        school.notice()
        place, row = school.place(), school.row()
        assert row is not None
        seen = row.content_hash
        found = at_once(*(partial(school.submit, by=by, place=place, seen=seen) for by in others))
        assert found == ["conflict", "done"]
    assert school.states() == ["superseded"] * 4 + ["submitted"] and office.verify() == []


def test_of_two_drawings_one_is_done(school: Splitting, office: Office) -> None:
    others = [school.clerk, office.actor("clerk-a2", "school", school_code="A")]
    for _ in range(5):
        place = school.place()
        found = at_once(*(partial(school.draw, by=by, place=place) for by in others))
        assert found == ["conflict", "done"]


def test_a_submission_and_a_change_at_once(school: Splitting, office: Office) -> None:
    for _ in range(5):
        school.draw()
        school.notice()
        place, row = school.place(), school.row()
        assert row is not None
        seen = row.content_hash
        assert at_once(partial(school.submit, place=place, seen=seen),
                       partial(school.change, "equal", place=place)) == ["conflict", "done"]
        if school.place().version:
            school.withdraw()
    assert office.verify() == []


SUBMITTED_STAYS = [
    update(PayAward).values(fen=PayAward.fen + 1), delete(PayAward), update(PayDistribution).values(allotment_fen=1),
    update(PayDistribution).values(state="draft", submitted_by=None), delete(PayDistribution),
    text("INSERT INTO pay_awards (distribution_id, number, person_id, staff_no, participant, purpose, weight, fen) "
         "SELECT id, 99, 1, 'T9', (1 = 0), 'x', '', 1 FROM pay_distributions"),
]


@pytest.mark.parametrize("number", range(len(SUBMITTED_STAYS)))
def test_what_is_submitted_is_not_changed_by_any_statement(school: Splitting, number: int) -> None:
    school.submitted()
    with pytest.raises(DBAPIError, match="the split is submitted"), school.program.engine.begin() as connection:
        connection.execute(SUBMITTED_STAYS[number])


@pytest.mark.parametrize(("broken", "codes"), [
    ("UPDATE pay_awards SET fen = fen + 1 WHERE number = 1", ["pay.award_sum", "pay.award_changed"]),
    ("UPDATE pay_distributions SET allotment_fen = allotment_fen + 1",
     ["pay.award_sum", "pay.award_not_standing", "pay.award_changed"]),
    ("UPDATE pay_distributions SET notice_place = '别处'", ["pay.award_changed"]),
    ("UPDATE pay_distributions SET head = 0", ["pay.award_not_standing"]),
    ("UPDATE pay_distributions SET sequence = 3", ["pay.award_changed", "pay.award_order"]),
])
def test_verify_finds_what_was_changed_behind_the_program(school: Splitting, broken: str, codes: list[str]) -> None:
    school.submitted()
    assert school.office.verify() == []
    with school.program.engine.begin() as connection:
        if connection.dialect.name == "sqlite":
            for name in ("pay_awards_no_update", "pay_distributions_no_update"):
                connection.execute(text(f"DROP TRIGGER {name}"))
        else:
            connection.execute(text("ALTER TABLE pay_awards DISABLE TRIGGER USER"))
            connection.execute(text("ALTER TABLE pay_distributions DISABLE TRIGGER USER"))
        connection.execute(text(broken))
    assert school.office.verify() == codes


def test_the_clock_ends_a_notice(school: Splitting, clock: Clock) -> None:
    school.draw()
    school.notice((date(2026, 9, 1), date(2026, 9, 8)))
    clock.move(days=1)
    school.submit()
    assert school.states() == ["submitted"]


def test_every_refusal_has_its_words() -> None:
    rooms = [*Path(commands.__file__).parent.glob("*.py"), *Path(awards.__file__).parent.glob("awards*.py")]
    raised = {code for room in rooms for code in re.findall(r'"(pay\.[a-z_]+)"', room.read_text(encoding="utf-8"))}
    conflicts = {f"conflict.{what}" for what in ("pay_distribution", "pay_distribution_drawn", "pay_distribution_gone")}
    assert raised | conflicts == (set(WORDS) | {code for code in raised if code in PAY_WORDS})
