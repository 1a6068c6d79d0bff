"""Finding the header row and the kind of a sheet."""

import pytest

from talent.workbooks.headers import HeaderRefused, Layout, match, match_workbook
from talent.workbooks.reader import Workbook
from talent.workbooks.titles import normalise_title
from tests.workbooks.staff import ABSENCES, KINDS, STAFF, TRAINING, Rows, sheet_of

DATA = ["001", "张三", "S1"]


@pytest.mark.parametrize(
    "written",
    [
        "工号",
        "*工 号",
        "工\n号*",
        "工号（必填）",
        "【必填】工号",
        "工号(必填(文本))",
        "工号：",
        "工号 [8 位",
        "\u3000工号＊",
        "(工号)",
    ],
)
def test_titles_as_people_write_them(written: str) -> None:
    assert normalise_title(written) == "工号"


@pytest.mark.parametrize(
    ("name", "rows", "header_row"),
    [
        ("at once", [["工号", "姓名", "学校代码"], DATA], 1),
        ("below a title", [["某区教职工花名册", "", ""], ["工号", "姓名", "学校代码"], DATA], 2),
        ("below notes and a gap", [["说明", "", ""], ["", "", ""], ["工号", "姓名", "学校代码"], DATA], 3),
        ("in two rows", [["工号", "基本情况", ""], ["", "姓名", "学校代码"], DATA], 2),
        ("by other names", [["教职工号", "姓名", "学校"], DATA], 1),
        ("in another order", [["姓名", "学校代码", "工号"], ["张三", "S1", "001"]], 1),
    ],
)
def test_the_header_row_is_found(name: str, rows: Rows, header_row: int) -> None:
    layout = match(sheet_of(rows), KINDS)
    assert isinstance(layout, Layout)
    assert (layout.kind, layout.header_row, layout.first_data) == (STAFF, header_row, header_row)


def test_rare_headers_weigh_more_than_common_ones() -> None:
    """A training sheet without its hours also has every header of an absence: it is still training."""
    refused = match(sheet_of([["工号", "项目名称", "结束日期", "开始日期"]]), KINDS)
    assert isinstance(refused, HeaderRefused)
    assert (refused.kind, refused.near) == (TRAINING, True)
    assert refused.issues[0].params["missing"] == "学时"


@pytest.mark.parametrize(("name", "kind"), [("缺勤", ABSENCES), ("请假表", ABSENCES)])
def test_a_sheet_of_one_kind(name: str, kind: object) -> None:
    layout = match(sheet_of([["工号", "开始日期", "结束日期"]], name=name), KINDS)
    assert isinstance(layout, Layout)
    assert layout.kind is kind


def test_a_header_twice_is_refused_with_both_cells() -> None:
    refused = match(sheet_of([["工号", "姓名", "学校代码", "教职工号"]]), KINDS)
    assert isinstance(refused, HeaderRefused)
    assert refused.issues[0].params == {"header": "工号", "first": "A1", "second": "D1"}


def test_columns_nobody_asked_for_are_named() -> None:
    layout = match(sheet_of([["序号", "工号", "姓名", "学校代码", "备注（选填）"]]), KINDS)
    assert isinstance(layout, Layout)
    assert [(issue.code, issue.level, issue.params["headers"]) for issue in layout.issues] == [
        ("workbooks.unknown_columns", "warning", "序号、备注（选填）")
    ]


def test_notes_and_empty_sheets_are_passed_over_beside_a_good_one() -> None:
    sheets = [
        sheet_of([["填写要求"]], name="填写要求"),
        sheet_of([], name="Sheet3"),
        sheet_of([["工号", "姓名", "学校代码"], DATA]),
    ]
    found = match_workbook(Workbook("f.xlsx", sheets), KINDS)
    assert [layout.kind for _, layout in found.sheets] == [STAFF]
    assert [(issue.sheet, issue.code, issue.level) for issue in found.issues] == [
        ("填写要求", "workbooks.sheet_skipped", "warning"),
        ("Sheet3", "workbooks.sheet_empty", "warning"),
    ]


def test_a_workbook_of_nothing_says_what_was_expected() -> None:
    empty = match_workbook(Workbook("f.xlsx", [sheet_of([])]), KINDS)
    assert [(issue.code, issue.params["known"]) for issue in empty.issues] == [
        ("workbooks.nothing_to_read", "教职工、培训、缺勤")
    ]
    other = match_workbook(Workbook("f.xlsx", [sheet_of([["学号", "姓名"]])]), KINDS)
    assert [(issue.code, issue.level) for issue in other.issues] == [("workbooks.no_header", "error")]
    assert other.issues[0].params["expected"] == "教职工"
    assert other.issues[0].params["missing"] == "工号、学校代码"


def test_a_damaged_sheet_is_an_error_even_beside_a_good_one() -> None:
    sheets = [sheet_of([["工号", "姓名", "学校代码"]]), sheet_of([["工号", "姓名"]], name="二")]
    assert [issue.code for issue in match_workbook(Workbook("f.xlsx", sheets), KINDS).issues] == [
        "workbooks.header_missing"
    ]


def test_hidden_sheets_and_rows_are_read_and_said() -> None:
    layout = match(sheet_of([["工号", "姓名", "学校代码"]], hidden=True, hidden_rows=3), KINDS)
    assert isinstance(layout, Layout)
    assert [issue.code for issue in layout.issues] == ["workbooks.sheet_hidden", "workbooks.hidden_rows"]
