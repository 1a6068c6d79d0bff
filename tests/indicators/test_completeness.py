"""What a school owes for a date: nothing, an input missing, one of last year, a field on its teachers."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import update

from talent.core.access import operator
from talent.core.work import Program
from talent.indicators.completeness import left_out, missing
from talent.indicators.models import Enrolment, Facility, Quota
from talent.indicators.queries import board
from talent.people.models import Employment
from talent.words.say import all_words
from tests.indicators.test_queries import COUNTED, ON, add, add_school, add_teacher

FULL = {"teaching_area_hundredths": 450_000, "sports_area_hundredths": 750_000, "equipment_fen": 20_000_000,
        "multimedia_rooms": 3}


def owed(program: Program, on: date = ON) -> list[tuple[str, str, str, dict[str, Any]]]:
    """(school, code, level, params without the school) of everything missing."""
    with program.read(operator()) as work:
        found = missing(board(work, on))
    assert all(item.finding.code in all_words() for item in found)
    return [(item.school.code, item.finding.code.removeprefix("indicators."), item.finding.level,
             {name: value for name, value in item.finding.params.items() if name != "school_code"}) for item in found]


@pytest.fixture
def complete(program: Program) -> int:
    """P1 with everything; its id."""
    school = add_school(program, "P1")
    add_teacher(program, "A", school, certificate_kind="小学教师资格", quota_type="staffed")
    add(program, Enrolment(school_id=school, counted_on=COUNTED, stage="primary", pupils=100, classes=3),
        Facility(school_id=school, counted_on=COUNTED, stage="", **FULL),
        Quota(school_id=school, valid_from=date(2020, 1, 1), posts=8))
    return school


def test_a_complete_school_owes_nothing(program: Program, complete: int) -> None:
    assert owed(program) == []


def test_last_school_year_is_named_with_its_day(program: Program, complete: int) -> None:
    assert owed(program, date(2025, 8, 31)) == []
    assert owed(program, date(2025, 9, 1)) == [
        ("P1", "stale_enrolment", "warning", {"stage": "primary", "counted_on": COUNTED}),
        ("P1", "stale_facility", "warning", {"part": "whole", "counted_on": COUNTED}),
    ]


@pytest.mark.parametrize(("changed", "code"), [
    ({"stage": ""}, None), ({"schooling": ""}, "no_schooling"), ({"subject": ""}, "no_subject"),
    ({"certificate_kind": ""}, "no_certificate"), ({"quota_type": ""}, "no_quota_type"),
], ids=["a primary school has one stage", "schooling", "subject", "certificate", "quota type"])
def test_a_field_missing_on_a_teacher(
    program: Program, complete: int, changed: dict[str, str], code: str | None
) -> None:
    with program.begin(operator()) as work:
        work.session.execute(update(Employment).values(**changed))
    assert owed(program) == ([("P1", code, "warning", {"count": 1})] if code else [])


def test_what_takes_a_value_away_comes_first(program: Program) -> None:
    school = add_school(program, "N1", "nine_year")
    add(program, Enrolment(school_id=school, counted_on=COUNTED, stage="primary", pupils=100))
    assert owed(program) == [
        ("N1", "no_enrolment", "error", {"stage": "junior"}),
        ("N1", "no_teacher_record", "error", {"stage": "primary"}),
        *(("N1", "no_facility", "error", {"stage": "primary", "indicator": name})
          for name in ("teaching_area", "sports_area", "equipment", "multimedia_rooms")),
        ("N1", "no_classes", "warning", {"stage": "primary"}),
        ("N1", "no_posts", "warning", {}),
    ]


def test_teachers_without_a_stage_are_named_where_the_school_has_several(program: Program) -> None:
    school = add_school(program, "N1", "nine_year")
    add_teacher(program, "A", school, stage="")
    add_teacher(program, "B", school, stage="")
    assert ("N1", "no_stage", "warning", {"count": 2}) in owed(program)


def test_a_school_that_takes_no_part_owes_nothing(program: Program) -> None:
    for code, kind, stage in (("X1", "special", "primary"), ("X2", "vocational", "senior"), ("X3", "kindergarten", ""),
                              ("X4", "senior", "senior"), ("X5", "development_centre", "")):
        school = add_school(program, code, kind)
        add_teacher(program, code, school, schooling="")
        if stage:
            add(program, Enrolment(school_id=school, counted_on=COUNTED, stage=stage, pupils=100))
    assert owed(program) == []
    with program.read(operator()) as work:
        found = board(work, ON)
        assert [(school.code, finding.code) for school, finding in left_out(found, "primary")] == [
            ("X1", "indicators.kind_excluded")]
        assert left_out(found, "junior") == ()
