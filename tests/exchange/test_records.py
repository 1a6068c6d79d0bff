"""Record sheets: keys, references, changes, deletions, titles with their states."""

import json
from datetime import date
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import func, select

from talent.core.access import operator
from talent.core.batches import ChangeImage
from talent.core.work import Program
from talent.exchange.commands import load
from talent.exchange.export import export_workbook
from talent.exchange.kinds import BY_CODE
from talent.exchange.reading import read_files
from talent.exchange.undo import undo
from talent.people.models import School
from talent.tiers.models import Title, TitleState
from talent.training.models import Training
from talent.workbooks.guard import COMMAND_LINE
from tests.exchange.test_roster import SCHOOLS, TEACHER, codes, imported
from tests.factories import actor, add_account, add_person

COURSE = {"工号": "0101", "项目名称": "学科德育", "培训级别": "校本", "结束日期": "2024-05-01", "学时": "7.5"}
TITLE = {
    "工号": "0101",
    "称号": "区级学科带头人",
    "期届": "第五届",
    "认定日期": "2024-08-20",
    "任期开始": "2024-09-01",
    "任期结束": "2027-08-31",
}


@pytest.fixture
def district(program: Program, tmp_path: Path) -> Program:
    imported(program, tmp_path, "schools", SCHOOLS)
    imported(program, tmp_path, "teachers", [TEACHER])
    return program


def trainings(program: Program) -> list[tuple[str, int, int]]:
    with program.read(operator()) as work:
        rows = work.session.execute(
            select(Training.name, Training.hours_hundredths, Training.version).order_by(Training.id)
        )
        return [tuple(row) for row in rows]


def test_a_record_is_added_then_updated_by_its_key(district: Program, tmp_path: Path) -> None:
    imported(district, tmp_path, "training", [COURSE])
    assert trainings(district) == [("学科德育", 750, 1)]
    outcome = imported(district, tmp_path, "training", [{**COURSE, "学时": "8"}])
    assert outcome.sheets()[0]["updated"] == 1 and trainings(district) == [("学科德育", 800, 2)]
    with district.read(operator()) as work:
        row = work.session.scalars(select(ChangeImage)).one()
        assert (row.table_name, row.before, row.after) == (
            "trainings",
            '{"hours_hundredths": 750, "version": 1}',
            '{"hours_hundredths": 800, "version": 2}',
        )


def test_undo_restores_the_updated_row_and_keeps_one_touched_since(district: Program, tmp_path: Path) -> None:
    imported(district, tmp_path, "training", [COURSE, {**COURSE, "项目名称": "思政"}])
    batch = imported(
        district, tmp_path, "training", [{**COURSE, "学时": "8"}, {**COURSE, "项目名称": "思政", "学时": "9"}]
    )
    imported(district, tmp_path, "training", [{**COURSE, "项目名称": "思政", "学时": "10"}])
    with district.begin(operator()) as work:
        undone = undo(work, batch.batch_id or 0)
    assert (undone.restored, len(undone.kept)) == (1, 1)
    assert [(name, hours) for name, hours, _version in trainings(district)] == [("学科德育", 750), ("思政", 1000)]


def test_equal_rows_are_ignored_and_different_ones_refused(district: Program, tmp_path: Path) -> None:
    twice = imported(district, tmp_path, "training", [COURSE, COURSE])
    assert codes(twice) == ["workbooks.row_repeated"] and len(trainings(district)) == 1
    other = imported(district, tmp_path, "training", [{**COURSE, "学时": "9"}, {**COURSE, "学时": "10"}])
    assert other.refused and trainings(district)[0][1] == 750


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ({**COURSE, "工号": "999"}, "record.no_such_person"),
        ({**COURSE, "工号": "101"}, "record.zeros_lost_person"),
        ({**COURSE, "姓名": "王五"}, "record.name_differs"),
        ({**COURSE, "开始日期": "2024-06-01"}, "record.end_before_start"),
    ],
)
def test_what_a_row_is_refused_for(district: Program, tmp_path: Path, row: dict[str, str], code: str) -> None:
    outcome = imported(district, tmp_path, "training", [row])
    assert codes(outcome) == [code] and trainings(district) == []


def test_only_the_good_rows_when_asked(district: Program, tmp_path: Path) -> None:
    imported(district, tmp_path, "training", [COURSE])
    path = tmp_path / "培训.csv"
    path.write_text(
        "工号,项目名称,培训级别,结束日期,学时\n0101,甲,区培,2024-01-01,3\n999,乙,区培,2024-01-01,3\n", encoding="utf-8"
    )
    with district.begin(operator()) as work:
        outcome = load(work, read_files([path], COMMAND_LINE), as_of=None, good_rows_only=True)
    assert outcome.accepted and [name for name, *_rest in trainings(district)] == ["学科德育", "甲"]


def test_a_title_keeps_every_state_it_had(district: Program, tmp_path: Path) -> None:
    imported(district, tmp_path, "titles", [TITLE])
    imported(district, tmp_path, "titles", [{**TITLE, "状态": "暂停", "状态日期": "2025-01-10", "原因": "核查"}])
    imported(district, tmp_path, "titles", [{**TITLE, "状态": "在任", "状态日期": "2025-03-01"}])
    refused = imported(district, tmp_path, "titles", [{**TITLE, "状态": "撤销", "状态日期": "2025-06-01"}])
    assert refused.accepted
    with district.read(operator()) as work:
        states = work.session.execute(select(TitleState.state, TitleState.changed_on).order_by(TitleState.id)).all()
        assert [tuple(state) for state in states] == [
            ("suspended", date(2025, 1, 10)),
            ("in_office", date(2025, 3, 1)),
            ("revoked", date(2025, 6, 1)),
        ]
    outcome = imported(district, tmp_path, "titles", [{**TITLE, "状态": "在任"}])
    assert codes(outcome) == ["title.return_without_date"]


def test_findings_on_titles_and_assistance_never_stop_an_import(district: Program, tmp_path: Path) -> None:
    later = {**TITLE, "任期开始": "2026-09-01", "任期结束": "2029-08-31", "认定日期": "2026-08-20"}
    outcome = imported(district, tmp_path, "titles", [TITLE, later])
    assert outcome.accepted and sorted(codes(outcome)) == ["title.round_with_several_dates", "title.terms_overlap"]
    sent = {
        "工号": "0101",
        "派出学校代码": "0002",
        "受援单位": "柳河小学",
        "类型": "结对帮扶",
        "开始日期": "2024-09-01",
    }
    outcome = imported(district, tmp_path, "assistance", [sent])
    assert outcome.accepted and codes(outcome) == ["assistance.other_sending_school"]


def test_an_exported_row_marked_for_deletion_goes_and_can_come_back(district: Program, tmp_path: Path) -> None:
    imported(district, tmp_path, "titles", [{**TITLE, "状态": "暂停", "状态日期": "2025-01-10"}])
    with district.read(operator()) as work:
        number = str(work.session.scalars(select(Title.id)).one())
    batch = imported(district, tmp_path, "titles", [{**TITLE, "记录号": number, "操作": "删除"}])
    with district.begin(operator()) as work:
        assert work.session.scalar(select(func.count()).select_from(Title)) == 0
        undo(work, batch.batch_id or 0)
    with district.read(operator()) as work:
        assert work.session.execute(select(Title.tier, TitleState.state).join(TitleState)).one() == (
            "district_subject_head",
            "suspended",
        )


def test_every_kind_goes_out_and_comes_back_unchanged(district: Program, tmp_path: Path) -> None:
    imported(district, tmp_path, "training", [COURSE])
    imported(district, tmp_path, "titles", [{**TITLE, "状态": "暂停", "状态日期": "2025-01-10"}])
    path = tmp_path / "全部.xlsx"
    with district.begin(operator()) as work:
        assert export_workbook(work, list(BY_CODE), path) == 5
    with district.begin(operator()) as work:
        outcome = load(work, read_files([path], COMMAND_LINE), as_of=None)
    assert (outcome.changes, codes(outcome)) == (0, [])
    assert sum(sheet["unchanged"] for sheet in outcome.sheets()) == 5


def test_a_key_column_the_sheet_lacks_is_as_good_as_empty(district: Program, tmp_path: Path) -> None:
    result = {"工号": "0101", "竞赛名称": "和平杯", "级别": "区县级", "等级": "一等奖", "获奖日期": "2024-05-01"}
    assert imported(district, tmp_path, "results", [result]).sheets()[0]["added"] == 1
    assert imported(district, tmp_path, "results", [result]).sheets()[0]["unchanged"] == 1
    again = imported(district, tmp_path, "results", [{**result, "等级": "二等奖", "作品名称": ""}])
    assert again.sheets()[0]["updated"] == 1


def test_another_referent_is_a_change_with_the_ids_in_its_image(district: Program, tmp_path: Path) -> None:
    sent = {"工号": "0101", "原学校代码": "0001", "交流学校代码": "0002", "开始日期": "2024-09-01"}
    imported(district, tmp_path, "exchanges", [sent])
    outcome = imported(district, tmp_path, "exchanges", [{**sent, "原学校代码": "0002", "交流学校代码": "0001"}])
    assert outcome.sheets()[0]["updated"] == 1
    with district.read(operator()) as work:
        first, second = work.session.scalars(select(School.id).order_by(School.code)).all()[:2]
        row = work.session.scalars(select(ChangeImage)).one()
        assert json.loads(row.before) == {"from_school_id": first, "to_school_id": second, "version": 1}
        assert json.loads(row.after) == {"from_school_id": second, "to_school_id": first, "version": 2}


@pytest.mark.parametrize(
    ("start", "hours", "found"),
    [
        ("2024-05-01", "8", []),
        ("2024-05-01", "8.5", ["training.over_daily_maximum"]),
        ("2024-04-30", "16", []),
        ("", "30", []),
    ],
)
def test_days_too_long_are_noticed_and_never_stopped(
    district: Program, tmp_path: Path, start: str, hours: str, found: list[str]
) -> None:
    outcome = imported(district, tmp_path, "training", [{**COURSE, "开始日期": start, "学时": hours}])
    assert outcome.accepted and codes(outcome) == found


def test_an_office_takes_along_its_own_schools_rows_alone(district: Program, tmp_path: Path) -> None:
    add_person(district, "0202", school_code="S2")
    imported(district, tmp_path, "training", [COURSE, {**COURSE, "工号": "0202", "项目名称": "他校"}])
    clerk = actor(district, add_account(district, "school", school_code="S2"))
    with district.begin(clerk) as work:
        rows = export_workbook(work, ("training", "teachers"), tmp_path / "own.xlsx")
    book = CalamineWorkbook.from_path(tmp_path / "own.xlsx")
    cells = {cell for name in book.sheet_names for row in book.get_sheet_by_name(name).to_python() for cell in row}
    assert rows == 2 and {"0202", "他校"} <= cells and not {"0101", "学科德育"} & cells
