"""Whole sheets: every issue at once, in its place."""

from pathlib import Path
from typing import Any

import pytest

from talent.workbooks.rows import ParsedRow
from tests.workbooks.staff import GOOD_ID, HEADER, codes, header_row, parsed, parsed_file, text_cell, write_sheet_xml

ZHANG = {"staff_no": "001", "name": "张三", "school_code": "S1"}


def test_a_row_carries_what_the_file_has() -> None:
    sheet = parsed([[*HEADER, "性别"], ["001", "张三", "S1", ""]])
    assert sheet.rows == [ParsedRow(2, ZHANG | {"sex": None})]
    assert (sheet.issues, sheet.damaged, sheet.count) == ([], [], 1)


def test_every_issue_of_every_row_at_once() -> None:
    sheet = parsed([[*HEADER, "性别", "生效日期"], ["001", "", "S1", "南", "2020.1"], ["", "李四", "S1", "", "昨天"]])
    assert [(issue.cell, issue.column, issue.code.partition(".")[2]) for issue in sheet.issues] == [
        ("D2", "性别", "choice_unknown"),
        ("E2", "生效日期", "date_two_readings"),
        ("B2", "姓名*", "required"),
        ("E3", "生效日期", "not_a_date"),
        ("A3", "工号*", "required"),
    ]
    assert sheet.rows == []
    assert [row.values for row in sheet.damaged] == [
        {"staff_no": "001", "school_code": "S1"},
        {"name": "李四", "school_code": "S1", "sex": None},
    ]


def test_blank_rows_never_end_the_reading() -> None:
    sheet = parsed([HEADER, ["001", "张三", "S1"], ["", " ", ""], ["", "", ""], ["002", "李四", "S1"]])
    assert [row.number for row in sheet.rows] == [2, 5]


def test_rows_with_only_a_running_number_are_blank() -> None:
    sheet = parsed([["序号", *HEADER], [1.0, "001", "张三", "S1"], [2.0, "", "", ""]])
    assert (len(sheet.rows), codes(sheet), sheet.count) == (1, [], 1)


@pytest.mark.parametrize(
    "row",
    [["合计", "", "", 12.0], ["合 计：", "", "", 12.0], ["", "总计", "", 12.0], ["小计", "2", "x", 12.0]],
)
def test_a_total_is_refused_by_name_and_nothing_else_is_said(row: list[object]) -> None:
    sheet = parsed([[*HEADER, "周课时"], ["001", "张三", "S1", 12.0], row])
    assert codes(sheet) == ["workbooks.totals_row"]
    assert sheet.issues[0].row == 3
    assert len(sheet.rows) == 1


def test_an_equal_row_is_ignored_with_a_warning() -> None:
    sheet = parsed([HEADER, ["001", "张三", "S1"], ["001", " 张三", "S1"]])
    assert [(issue.code, issue.level, issue.params) for issue in sheet.issues] == [
        ("workbooks.row_repeated", "warning", {"first": 2, "second": 3})
    ]
    assert ([row.number for row in sheet.rows], sheet.count) == ([2], 2)


def test_one_key_with_other_values_names_both_rows() -> None:
    sheet = parsed([HEADER, ["001", "张三", "S1"], ["001", "张三", "S2"], ["002", "李四", "S1"]])
    assert [(issue.code, issue.params) for issue in sheet.issues] == [
        ("workbooks.key_twice", {"first": 2, "second": 3})
    ]
    assert [row.number for row in sheet.rows] == [4]
    assert [row.number for row in sheet.damaged] == [2, 3]


def test_a_row_to_be_removed_keeps_its_key_only() -> None:
    header = ["记录号", *HEADER, "性别", "操作"]
    sheet = parsed(
        [header, ["7", "001", "", "", "南", "删除"], ["8", "", "", "", "", "删除"], ["", "", "张", "", "", "删除"]]
    )
    assert [row.values for row in sheet.rows] == [
        {"record_id": "7", "staff_no": "001", "operation": "delete"},
        {"record_id": "8", "staff_no": None, "operation": "delete"},
    ]
    assert all(row.deleted for row in sheet.rows)
    assert [(issue.row, issue.code) for issue in sheet.issues] == [(4, "workbooks.required")]
    assert [row.values for row in sheet.damaged] == [{"record_id": None, "operation": "delete"}]


def test_a_record_number_twice() -> None:
    sheet = parsed([["记录号", *HEADER], ["7", "001", "张三", "S1"], ["7", "002", "李四", "S1"]])
    assert codes(sheet) == ["workbooks.key_twice"]


def test_personal_numbers_are_masked_wherever_they_are_quoted() -> None:
    wrong = "110105194912310021"
    sheet = parsed([[*HEADER, "证件号码", "性别", "手机号码"], ["001", "张三", "S1", wrong, wrong, "1381234"]])
    assert [issue.value for issue in sheet.issues] == ["110*************21", "110*************21", "*******"]
    assert wrong not in repr(sheet.issues)


def test_true_and_one_are_not_confused() -> None:
    sheet = parsed([[*HEADER, "团队排名"], ["1", "张", "S", 1.0], ["2", "李", "S", True]])
    assert [(issue.cell, issue.code) for issue in sheet.issues] == [("D3", "workbooks.not_a_number")]


def test_merged_cells_in_the_data_are_an_error_with_the_range() -> None:
    rows = [HEADER, ["001", "张三", "S1"], ["002", "李四", ""], ["003", "王五", "S1"]]
    sheet = parsed(rows, merges=((1, 0, 1, 2), (2, 2, 3, 2)))
    assert [(issue.code, issue.cell, issue.params) for issue in sheet.issues] == [
        ("workbooks.merged", "C2:C3", {"area": "C2:C3"})
    ]
    assert [row.number for row in sheet.rows] == [4]


def test_merges_outside_the_columns_read_do_not_matter() -> None:
    assert codes(parsed([[*HEADER, "备注"], ["001", "张三", "S1", "x"]], merges=((2, 3, 3, 3),))) == []


def test_a_comma_too_many_in_a_text_file() -> None:
    sheet = parsed([[*HEADER, ""], ["001", "张", "三", "S1"], ["002", "李四", "S1", ""]], is_csv=True)
    assert [(issue.row, issue.code) for issue in sheet.issues] == [(2, "workbooks.row_too_long")]
    assert [row.number for row in sheet.rows] == [3]


def test_error_cells_and_uncalculated_formulas(tmp_path: Path) -> None:
    body = header_row() + b'<row r="2">' + text_cell("A2", "001") + text_cell("B2", "x")
    body += b'<c r="C2" t="e"><v>#REF!</v></c></row><row r="3">' + text_cell("A3", "002") + b'<c r="B3"><f>A1</f></c>'
    body += text_cell("C3", "S1") + b"</row>"
    sheet = parsed_file(write_sheet_xml(tmp_path / "a.xlsx", body))
    assert [(issue.cell, issue.code) for issue in sheet.issues] == [
        ("C2", "workbooks.error_cell"),
        ("B3", "workbooks.formula_without_value"),
    ]


@pytest.mark.parametrize("extra", [{"first_column": 3}, {"first_row": 7}])
def test_cells_are_named_where_the_user_sees_them(extra: dict[str, Any]) -> None:
    sheet = parsed([HEADER, ["001", "张三", ""]], **extra)
    assert [issue.cell for issue in sheet.issues] == ["F2" if "first_column" in extra else "C8"]


def test_good_identity_numbers_pass_and_doubts_do_not_stop_a_row() -> None:
    sheet = parsed([[*HEADER, "证件号码"], ["001", "张\ue863", "S1", GOOD_ID]])
    assert [(issue.code, issue.level) for issue in sheet.issues] == [("workbooks.private_character", "warning")]
    assert sheet.rows[0].values["id_number"] == GOOD_ID
