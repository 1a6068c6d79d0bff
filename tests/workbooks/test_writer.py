"""Exports, templates and reports, read back as the user would send them."""

import zipfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from python_calamine import load_workbook

from talent.words.workbooks import WORDS
from talent.workbooks.headers import Layout, match
from talent.workbooks.issues import Issue
from talent.workbooks.kinds import CODE_SHEET, ERRORS_SHEET, NOTES_SHEET, PartialDate
from talent.workbooks.reader import Workbook, read
from talent.workbooks.writer import write_records, write_report, write_template
from tests.workbooks.staff import GOOD_ID, HEADER, KINDS, STAFF, TRAINING, parsed_file, sheet_of, write_xlsx

ZHANG = {
    "staff_no": "0012", "name": "买买提·吐尔逊", "school_code": "007", "teaching_at": ("007", "008"),
    "id_number": GOOD_ID, "sex": "female", "born_on": PartialDate(date(1990, 1, 1), "month"), "phone": "13800001234",
    "weekly_hours": 1250, "rank": 3, "valid_from": date(2020, 9, 1), "record_id": "41", "operation": None,
}  # fmt: skip


def test_what_is_exported_is_read_back(tmp_path: Path) -> None:
    write_records(tmp_path / "a.xlsx", [(STAFF, iter([ZHANG])), (TRAINING, [])], note="2026-09-08 导出")
    sheet = parsed_file(tmp_path / "a.xlsx")
    assert sheet.issues == []
    assert [row.values for row in sheet.rows] == [ZHANG]


def test_cells_are_what_the_office_expects(tmp_path: Path) -> None:
    write_records(tmp_path / "a.xlsx", [(STAFF, [ZHANG])])
    header, row = load_workbook(str(tmp_path / "a.xlsx")).get_sheet_by_name("教职工").to_python()
    assert header[:3] == ["工号*", "姓名*", "学校代码*"]
    assert row == [
        "0012", "买买提·吐尔逊", "007", "007；008", GOOD_ID, "女", "1990-01", "13800001234", 12.5, 3.0,
        date(2020, 9, 1), "41", "",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "text", ["=HYPERLINK(1)", "+1", "-1", "@x", "\t1", "＝1", "http://x.cn", "_x0041_", "1e5", "007"]
)
def test_texts_never_become_formulas_links_or_numbers(tmp_path: Path, text: str) -> None:
    write_records(tmp_path / "a.xlsx", [(STAFF, [ZHANG | {"name": text}])])
    assert parsed_file(tmp_path / "a.xlsx").rows[0].values["name"] == text
    with zipfile.ZipFile(tmp_path / "a.xlsx") as archive:
        xml = archive.read("xl/worksheets/sheet1.xml")
    assert b"<f>" not in xml
    assert b"hyperlink" not in xml


def test_a_generator_is_written_as_it_comes(tmp_path: Path) -> None:
    def rows() -> Iterator[dict[str, object]]:
        for number in range(3):
            yield ZHANG | {"staff_no": f"{number:04d}", "record_id": None}

    write_records(tmp_path / "a.xlsx", [(STAFF, rows())])
    assert [row.values["staff_no"] for row in parsed_file(tmp_path / "a.xlsx").rows] == ["0000", "0001", "0002"]


def test_a_kind_longer_than_a_sheet_goes_on_in_another(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("talent.workbooks.writer._LAST_ROW", 2)
    write_records(tmp_path / "a.xlsx", [(STAFF, [ZHANG] * 5)])
    sheets = read(tmp_path / "a.xlsx").sheets
    assert [(sheet.name, len(sheet.rows)) for sheet in sheets] == [("教职工", 3), ("教职工(2)", 3), ("教职工(3)", 2)]
    assert all(isinstance(match(sheet, KINDS), Layout) for sheet in sheets)


def test_a_template_is_empty_and_answers_to_its_kinds(tmp_path: Path) -> None:
    write_template(tmp_path / "a.xlsx", KINDS)
    book = read(tmp_path / "a.xlsx")
    layouts = [match(sheet, KINDS) for sheet in book.sheets]
    assert [layout.kind for layout in layouts if isinstance(layout, Layout)] == list(KINDS)
    names = [meta.name for meta in load_workbook(str(tmp_path / "a.xlsx")).sheets_metadata]
    assert names == ["教职工", "培训", "缺勤", NOTES_SHEET, CODE_SHEET]
    with zipfile.ZipFile(tmp_path / "a.xlsx") as archive:
        xml = archive.read("xl/worksheets/sheet1.xml").decode()
        comments = archive.read("xl/comments1.xml").decode()
    assert "<dataValidation " in xml
    assert f"'{CODE_SHEET}'!$A$1:$A$2" in xml
    assert "保留前导零" in comments


def test_a_report_is_the_users_own_sheet_with_the_bad_cells_marked(tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "名单.xlsx", {"教职工": [["花名册"], HEADER, ["001", "张三", ""]]})
    source = read(path)
    issue = Issue("名单.xlsx", "教职工", 3, "学校代码*", "C3", None, "workbooks.required", {})
    write_report(tmp_path / "report.xlsx", source, [(issue, *WORDS["workbooks.required"])])
    again = read(tmp_path / "report.xlsx")
    assert again.sheets[0].rows == source.sheets[0].rows
    assert [sheet.name for sheet in again.sheets] == ["教职工"]
    errors = load_workbook(str(tmp_path / "report.xlsx")).get_sheet_by_name(ERRORS_SHEET).to_python()
    assert errors[2] == ["错误", "教职工", "C3", "学校代码*", "", "必填项为空", "请填写"]
    with zipfile.ZipFile(tmp_path / "report.xlsx") as archive:
        assert 'ref="C3"' in archive.read("xl/comments1.xml").decode()


@pytest.mark.parametrize("name", ["a/b[1]:*?", "很长的名字" * 9, "错误", "'"])
def test_a_report_of_a_file_called_anything(tmp_path: Path, name: str) -> None:
    source = Workbook("f", [sheet_of([["x"]], name=name), sheet_of([["y"]], name=name)])
    write_report(tmp_path / "report.xlsx", source, [])
    assert [sheet.rows for sheet in read(tmp_path / "report.xlsx").sheets] == [[["x"]], [["y"]]]
