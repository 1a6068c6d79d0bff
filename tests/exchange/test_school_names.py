"""The schools sheet: with 生效日期 a name is dated, without it the last one is corrected."""

from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select

from talent.core.access import operator
from talent.core.work import Program
from talent.exchange.undo import undo
from talent.people.models import School, SchoolPast
from tests.exchange.test_roster import codes, imported

SCHOOL = {"学校代码": "0001", "学校名称": "第一小学", "办学类型": "小学", "启用日期": "2001-09-01"}


@pytest.fixture
def school(program: Program, tmp_path: Path) -> Program:
    assert imported(program, tmp_path, "schools", [SCHOOL]).accepted
    return program


def names(program: Program) -> tuple[str, list[tuple[date, str, str]]]:
    """The last name, and the pasts by their ends."""
    with program.read(operator()) as work:
        pasts = work.session.execute(
            select(SchoolPast.valid_to, SchoolPast.name, SchoolPast.kind).order_by(SchoolPast.valid_to)).all()
        return work.session.scalars(select(School.name)).one(), [tuple(row) for row in pasts]


def test_a_name_with_its_day_keeps_the_one_before(school: Program, tmp_path: Path) -> None:
    row = {**SCHOOL, "学校名称": "实验学校", "办学类型": "九年一贯制学校", "生效日期": "2024-09-01"}
    outcome = imported(school, tmp_path, "schools", [row])
    assert (outcome.sheets()[0]["updated"], outcome.sheets()[0]["unchanged"]) == (1, 0)
    assert names(school) == ("实验学校", [(date(2024, 9, 1), "第一小学", "primary")])
    assert imported(school, tmp_path, "schools", [row]).changes == 0
    with school.begin(operator()) as work:
        undo(work, outcome.batch_id or 0)
    assert names(school) == ("第一小学", [])


def test_a_name_without_a_day_is_a_correction(school: Program, tmp_path: Path) -> None:
    imported(school, tmp_path, "schools", [{**SCHOOL, "学校名称": "第一实验小学"}])
    assert names(school) == ("第一实验小学", [])


def test_a_name_of_the_past_goes_between(school: Program, tmp_path: Path) -> None:
    imported(school, tmp_path, "schools", [{**SCHOOL, "学校名称": "实验小学", "生效日期": "2024-09-01"}])
    outcome = imported(school, tmp_path, "schools", [{**SCHOOL, "学校名称": "中间小学", "生效日期": "2010-09-01"}])
    assert names(school) == ("实验小学", [(date(2010, 9, 1), "第一小学", "primary"), (date(2024, 9, 1), "中间小学", "primary")])
    assert outcome.sheets()[0]["updated"] == 1
    with school.begin(operator()) as work:
        undo(work, outcome.batch_id or 0)
    assert names(school) == ("实验小学", [(date(2024, 9, 1), "第一小学", "primary")])


def test_no_name_before_the_school_opened(school: Program, tmp_path: Path) -> None:
    outcome = imported(school, tmp_path, "schools", [{**SCHOOL, "学校名称": "早了", "生效日期": "2001-09-01"}])
    assert codes(outcome) == ["school.renamed_before_opening"] and names(school) == ("第一小学", [])
