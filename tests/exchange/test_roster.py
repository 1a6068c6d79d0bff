"""The roster: what opens a period, what corrects one, and what past dates answer."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from talent.core.access import Scope, operator
from talent.core.work import Program
from talent.exchange import export
from talent.exchange.commands import Outcome, load
from talent.exchange.kinds import BY_CODE
from talent.exchange.reading import read_files
from talent.exchange.undo import undo
from talent.pay import commands as pay
from talent.pay.models import PayLine
from talent.people.models import Employment, Person, PersonAlias, School
from talent.people.names import pinyin_of
from talent.workbooks.guard import COMMAND_LINE
from tests.pay.records import send

SCHOOLS = [
    {"学校代码": "0001", "学校名称": "第一小学", "办学类型": "小学"},
    {"学校代码": "0002", "学校名称": "第二小学", "办学类型": "小学"},
]
TEACHER = {
    "工号": "0101",
    "姓名": "买买提·吐尔逊",
    "学校代码": "0001",
    "学段": "小学",
    "任教学科": "语文",
    "职称": "二级",
    "人员类别": "专任教师",
    "从教日期": "2010-09",
    "到校日期": "2012-03",
    "在岗状态": "在岗",
}


def imported(
    program: Program, tmp_path: Path, kind: str, rows: list[dict[str, str]], as_of: date | None = None
) -> Outcome:
    """Load rows given by header as a CSV of the kind."""
    headers = list(dict.fromkeys(header for row in rows for header in row))
    lines = [",".join(headers), *(",".join(row.get(header, "") for header in headers) for row in rows)]
    path = tmp_path / f"{BY_CODE[kind].kind.sheet}.csv"
    path.write_text("\n".join(lines), encoding="utf-8-sig")
    with program.begin(operator()) as work:
        return load(work, read_files([path], COMMAND_LINE), as_of=as_of)


def codes(outcome: Outcome) -> list[str]:
    return [issue.code for issue in outcome.issues]


def periods(program: Program, staff_no: str = "0101") -> list[tuple[Any, ...]]:
    """(from, to, school, 职称, status) of a person's periods in order."""
    with program.read(operator()) as work:
        rows = work.session.execute(
            select(
                Employment.valid_from,
                Employment.valid_to,
                School.code,
                Employment.professional_title,
                Employment.status,
            )
            .join(School)
            .join(Person, Person.id == Employment.person_id)
            .where(Person.staff_no == staff_no)
            .order_by(Employment.valid_from)
        )
        return [tuple(row) for row in rows]


@pytest.fixture
def district(program: Program, tmp_path: Path) -> Program:
    assert imported(program, tmp_path, "schools", SCHOOLS).accepted
    assert imported(program, tmp_path, "teachers", [TEACHER]).accepted
    return program


def test_a_first_period_opens_on_the_first_of_the_month_of_arrival(district: Program) -> None:
    assert periods(district) == [(date(2012, 3, 1), None, "0001", "second", "on_post")]


def test_the_same_file_again_changes_nothing(district: Program, tmp_path: Path) -> None:
    outcome = imported(district, tmp_path, "teachers", [TEACHER])
    assert (outcome.changes, outcome.batch_id, outcome.sheets()[0]["unchanged"]) == (0, None, 1)


@pytest.mark.parametrize("number", ["99999", "²"])
def test_a_record_number_nobody_has_is_said_and_the_staff_number_counts(
    district: Program, tmp_path: Path, number: str
) -> None:
    outcome = imported(district, tmp_path, "teachers", [{**TEACHER, "职称": "一级", "记录号": number}])
    assert (outcome.accepted, codes(outcome)) == (True, ["record.unknown_id"])
    assert [period[3] for period in periods(district)] == ["first"]


def test_a_school_s_roster_is_of_who_is_there_today(district: Program, tmp_path: Path) -> None:
    imported(district, tmp_path, "teachers", [{**TEACHER, "学校代码": "0002", "生效日期": "2099-09-01"}])
    with district.read(operator()) as work:
        ids = dict(work.session.execute(select(School.code, School.id)).all())
        taken = {code: [row["staff_no"] for row in export.records(
            work, BY_CODE["teachers"], Scope(schools=frozenset({id_})))] for code, id_ in ids.items()}
    assert taken == {"0001": ["0101"], "0002": []}


def test_an_effective_date_opens_a_period_and_the_past_keeps_its_answer(district: Program, tmp_path: Path) -> None:
    imported(
        district, tmp_path, "teachers", [{**TEACHER, "学校代码": "0002", "职称": "一级", "生效日期": "2020-09-01"}]
    )
    assert periods(district) == [
        (date(2012, 3, 1), date(2020, 9, 1), "0001", "second", "on_post"),
        (date(2020, 9, 1), None, "0002", "first", "on_post"),
    ]


def test_as_of_does_what_an_effective_date_does(district: Program, tmp_path: Path) -> None:
    imported(district, tmp_path, "teachers", [{**TEACHER, "职称": "一级"}], as_of=date(2021, 1, 1))
    assert [period[:2] for period in periods(district)] == [
        (date(2012, 3, 1), date(2021, 1, 1)),
        (date(2021, 1, 1), None),
    ]


def test_without_a_date_the_latest_period_is_corrected(district: Program, tmp_path: Path) -> None:
    imported(district, tmp_path, "teachers", [{**TEACHER, "职称": "一级"}])
    assert periods(district) == [(date(2012, 3, 1), None, "0001", "first", "on_post")]


def test_a_corrected_arrival_moves_the_first_period(district: Program, tmp_path: Path) -> None:
    imported(district, tmp_path, "teachers", [{**TEACHER, "到校日期": "2011-09-01"}])
    assert periods(district)[0][0] == date(2011, 9, 1)


def test_leaving_needs_its_date(district: Program, tmp_path: Path) -> None:
    outcome = imported(district, tmp_path, "teachers", [{**TEACHER, "在岗状态": "退休"}])
    assert codes(outcome) == ["roster.left_without_date"]
    assert periods(district) == [(date(2012, 3, 1), None, "0001", "second", "on_post")]


def test_leaving_counts_from_the_first_day_out(district: Program, tmp_path: Path) -> None:
    row = {**TEACHER, "在岗状态": "退休", "离岗日期": "2025-08-31", "生效日期": "2025-09-15"}
    imported(district, tmp_path, "teachers", [row])
    assert [period[0] for period in periods(district)] == [date(2012, 3, 1), date(2025, 8, 31)]
    assert imported(district, tmp_path, "teachers", [row]).changes == 0


def test_another_name_is_refused_unless_the_old_one_is_named(district: Program, tmp_path: Path) -> None:
    renamed = {**TEACHER, "姓名": "吐尔逊"}
    assert codes(imported(district, tmp_path, "teachers", [renamed])) == ["roster.name_differs"]
    assert imported(district, tmp_path, "teachers", [{**renamed, "曾用名": TEACHER["姓名"]}]).accepted
    assert imported(district, tmp_path, "teachers", [TEACHER]).changes == 0, "an older file may carry the former name"


def test_a_new_staff_number_is_a_warning_and_the_old_one_still_finds_the_person(
    district: Program, tmp_path: Path
) -> None:
    number = "11010519491231002X"
    imported(district, tmp_path, "teachers", [{**TEACHER, "证件号码": number}])
    outcome = imported(district, tmp_path, "teachers", [{**TEACHER, "工号": "0909", "证件号码": number}])
    assert [code for code in codes(outcome) if code.startswith("roster")] == ["roster.staff_no_changed"]
    with district.read(operator()) as work:
        assert work.session.scalars(select(PersonAlias.value)).all() == ["0101"]
        assert work.session.scalars(select(Person.staff_no)).all() == ["0909"]
    assert imported(district, tmp_path, "appraisals", [{"工号": "0101", "年度": "2024", "考核结果": "合格"}]).accepted


def test_id_numbers_are_sealed_and_a_mask_means_unchanged(district: Program, tmp_path: Path) -> None:
    number = "11010519491231002X"
    imported(district, tmp_path, "teachers", [{**TEACHER, "证件号码": number}])
    with district.read(operator()) as work:
        person = work.session.scalars(select(Person)).one()
        assert person.id_number_sealed is not None and number.encode() not in person.id_number_sealed
        assert work.vault.open(person.id_number_sealed, f"people/{person.uid}/id_number") == number
        mask = person.id_number_masked
    assert mask == "110*************2X"
    assert imported(district, tmp_path, "teachers", [{**TEACHER, "证件号码": mask}]).changes == 0
    assert codes(imported(district, tmp_path, "teachers", [{**TEACHER, "证件号码": "120*************2X"}])) == [
        "roster.mask_differs"
    ]


def test_an_id_number_of_somebody_else_is_refused(district: Program, tmp_path: Path) -> None:
    number = "11010519491231002X"
    imported(district, tmp_path, "teachers", [{**TEACHER, "证件号码": number}])
    imported(district, tmp_path, "teachers", [{**TEACHER, "工号": "0102", "姓名": "李四"}])
    outcome = imported(
        district, tmp_path, "teachers", [{**TEACHER, "工号": "0102", "姓名": "李四", "证件号码": number}]
    )
    assert "roster.id_of_another" in codes(outcome) and outcome.refused


def test_an_undone_import_leaves_the_district_as_it_was(district: Program, tmp_path: Path) -> None:
    before = periods(district)
    outcome = imported(
        district,
        tmp_path,
        "teachers",
        [
            {**TEACHER, "学校代码": "0002", "生效日期": "2020-09-01"},
            {**TEACHER, "工号": "0102", "姓名": "李四", "生效日期": ""},
        ],
    )
    with district.begin(operator()) as work:
        undone = undo(work, outcome.batch_id or 0)
    assert (undone.restored, undone.kept) == (1, [])
    assert periods(district) == before and periods(district, "0102") == []


def test_undoing_an_import_touches_no_batch_of_another_kind(program: Program, tmp_path: Path) -> None:
    """Pay batches count from 1 as imports do, and their lines name them in a column called alike."""
    send(program, "T1", "S1", "2025-01-01", "2025-12-31")
    with program.begin(operator()) as work:
        batch_id = pay.compute(work, year=2025).id
    outcome = imported(program, tmp_path, "schools", SCHOOLS)
    assert outcome.batch_id == batch_id == 1
    with program.begin(operator()) as work:
        undone = undo(work, 1)
    assert (undone.removed, undone.kept) == (2, [])
    with program.read(operator()) as work:
        assert work.session.scalar(select(func.count()).select_from(PayLine)) == 1
        assert pay.verify(work.session) == []


def test_undoing_a_rename_gives_back_the_name_and_how_it_is_found(district: Program, tmp_path: Path) -> None:
    renamed = {**TEACHER, "姓名": "艾力·买买提", "曾用名": TEACHER["姓名"]}
    outcome = imported(district, tmp_path, "teachers", [renamed])
    with district.begin(operator()) as work:
        undo(work, outcome.batch_id or 0)
    with district.read(operator()) as work:
        person = work.session.scalars(select(Person).where(Person.staff_no == "0101")).one()
        assert (person.name, person.pinyin) == (TEACHER["姓名"], pinyin_of(TEACHER["姓名"]))


def test_nothing_is_saved_when_one_row_is_bad(program: Program, tmp_path: Path) -> None:
    imported(program, tmp_path, "schools", SCHOOLS)
    outcome = imported(program, tmp_path, "teachers", [TEACHER, {**TEACHER, "工号": "0102", "学校代码": "1"}])
    assert codes(outcome) == ["record.zeros_lost_school"]
    assert (outcome.issues[0].cell, outcome.issues[0].params["likely"]) == ("C3", "0001 第一小学")
    assert periods(program) == []


def test_a_staff_number_that_lost_its_zeros_renames_nobody(district: Program, tmp_path: Path) -> None:
    """A spreadsheet drops the zeros of the whole column: that is no new number, whoever the ID number finds."""
    number = "11010519491231002X"
    imported(district, tmp_path, "teachers", [{**TEACHER, "证件号码": number}])
    for row in ({**TEACHER, "工号": "101", "证件号码": number}, {**TEACHER, "工号": "101"}):
        outcome = imported(district, tmp_path, "teachers", [row])
        assert [(issue.code, issue.cell, issue.params["likely"]) for issue in outcome.issues
                if issue.level == "error"] == [("record.zeros_lost_person", "A2", "0101")]
    with district.read(operator()) as work:
        assert work.session.scalars(select(Person.staff_no)).all() == ["0101"]
    somebody = {**TEACHER, "工号": "101", "姓名": "李四"}
    assert imported(district, tmp_path, "teachers", [somebody]).accepted, "a short number of another is a number"
