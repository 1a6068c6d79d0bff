"""The board from real rows on both databases: numbers, the people behind them, a past that stays, a constant cost."""

from datetime import date
from fractions import Fraction

import pytest

from talent.core.access import Actor, Grant
from talent.core.errors import NotAllowed
from talent.core.work import Program
from talent.policy.errors import NotInForce
from talent.reports import findings
from talent.reports.figures import Board, board
from talent.words.say import say
from tests.reports.district import add_district
from tests.tiers.test_queries import statements

ON = date(2026, 9, 8)
HR = Actor(1, "hr", (Grant("hr"),))


def seen(program: Program, on: date = ON) -> Board:
    with program.read(HR) as work:
        return board(work, on)


def test_the_tower_over_the_years(program: Program) -> None:
    ids = add_district(program)
    years = {day.isoformat(): {tier: people for tier, people in found.items() if people}
             for day, found in seen(program).tower.years}
    assert next(iter(years)) == "2019-09-01" and list(years)[-2:] == ["2026-09-01", "2026-09-08"]
    assert years["2020-09-01"] == {"new_talent": (ids["T3"],)} and years["2021-09-01"] == {}
    assert years["2024-09-01"] == {"famous_teacher": (ids["T1"],), "new_talent": (ids["T2"],)}
    assert years["2026-09-08"] == {"new_talent": (ids["T2"],)}


def test_hours_by_school_and_in_steps(program: Program) -> None:
    ids = add_district(program)
    hours = seen(program).hours
    assert [(school.code, school.rate, school.met, school.short) for school in hours.schools] == [
        ("S1", Fraction(1, 2), (ids["T1"],), (ids["T2"],)), ("S2", Fraction(1), (ids["T3"],), ()),
        ("S3", None, (), (ids["T4"],))]
    assert (hours.rate, hours.met, hours.complete, hours.unrecorded) == (Fraction(1, 2), 2, 1, (ids["T4"],))
    assert {start: people for start, people in hours.steps if people} == {
        30000: (ids["T2"],), 36000: (ids["T1"], ids["T3"]) if ids["T1"] < ids["T3"] else (ids["T3"], ids["T1"])}


def test_who_was_away_and_what_ends(program: Program) -> None:
    ids = add_district(program)
    told = seen(program)
    away = {month.isoformat()[:7]: dict(found) for month, found in told.away.months if found}
    assert away == {"2025-09": {"paired": (ids["T1"],)}, "2026-08": {"community": (ids["T2"],)},
                    "2026-09": {"community": (ids["T2"],)}}
    assert {place: dict(month) for place, month in enumerate(told.ending.months, 1) if month} == {
        8: {"famous_teacher": (ids["T1"],)}}


def test_each_picture_says_what_it_shows(program: Program) -> None:
    add_district(program)
    assert {name: say(told)[0] for name, told in findings.titles(seen(program)).items()} == {
        "tower": "塔上 1 人，与 2019-09-01 一样多",
        "hours": "50.0% 的人近五年满 360 学时，3 所学校中 1 所人人都满",
        "steps": "1 人不满 360 学时，其中 1 人只差 60 以内",
        "away": "2026-09 有 1 人在外帮扶支教，与一年前一样多",
        "ending": "2026 年有 1 个称号任期届满，8 月最多，1 个",
    }


def test_an_empty_district_has_no_rate_and_not_nothing(program: Program) -> None:
    told = seen(program)
    assert told.hours.rate is None
    assert say(findings.hours(told.hours))[0] == "没有培训记录，不能算完成率"
    assert say(findings.ending(told.ending))[0] == "2026 年没有称号任期届满"


def test_a_past_date_keeps_its_board(program: Program) -> None:
    ids = add_district(program)
    past = seen(program, date(2025, 8, 31))
    assert past.tower.years[-1][1]["famous_teacher"] == (ids["T1"],)
    assert not any(found for _month, found in past.away.months)


def test_who_may(program: Program) -> None:
    for role in ("leader", "auditor"):
        with program.read(Actor(2, role, (Grant(role),))) as work:
            board(work, ON)
    for role in ("principal", "school", "teacher", "finance", "admin", "expert"):
        with program.read(Actor(3, role, (Grant(role, school_id=1, person_id=1),))) as work, pytest.raises(NotAllowed):
            board(work, ON)


def test_a_date_before_the_policy(program: Program) -> None:
    with program.read(HR) as work, pytest.raises(NotInForce):
        board(work, date(2009, 12, 31))


@pytest.mark.parametrize("extra", [0, 30])
def test_seven_statements_for_any_district(program: Program, extra: int) -> None:
    add_district(program, extra)
    with program.read(HR) as work, statements(program) as sent:
        assert board(work, ON).in_service == 4 + extra
    assert len(sent) == 7
