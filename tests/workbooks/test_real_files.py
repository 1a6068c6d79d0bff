"""Workbooks as offices really make them."""

from pathlib import Path

import pytest

from talent.workbooks.headers import Layout, Matches, match, match_workbook
from talent.workbooks.kinds import CellType, Column, Kind
from talent.workbooks.reader import read
from talent.workbooks.rows import parse
from tests.workbooks.staff import STAFF


def kind(code: str, *headers: str) -> Kind:
    """A kind of required texts; the first column is its key."""
    columns = (
        Column(f"c{number}", header, CellType.TEXT, required=True, key=number == 0, max_length=5000)
        for number, header in enumerate(headers)
    )
    return Kind(code, code, tuple(columns))


ROSTER = Kind(
    "roster",
    "花名册",
    (
        Column("staff_no", "工号", CellType.CODE, required=True, key=True),
        Column("name", "姓名", CellType.TEXT, required=True),
        Column("sex", "性别", CellType.CHOICE, choices={"男性": "male", "女性": "female"}),
        Column("unit", "单位", CellType.TEXT, required=True),
    ),
)


@pytest.fixture
def folder(extra_data: Path) -> Path:
    return extra_data / "messy_xlsx"


def matched(path: Path, *kinds: Kind) -> Matches:
    return match_workbook(read(path), kinds)


def test_every_file_is_read(folder: Path) -> None:
    paths = [path for path in folder.iterdir() if path.suffix in {".xls", ".xlsx", ".csv"}]
    assert len(paths) == 23
    for path in paths:
        assert read(path).sheets


def test_rules_written_into_the_header(folder: Path) -> None:
    path = folder / "员工导入_说明写在表头.xlsx"
    found = matched(path, kind("员工", "员工账号", "员工姓名", "角色", "是否坐席"))
    assert [sheet.name for sheet, _ in found.sheets] == ["员工导入"]
    assert [issue.code for issue in found.issues if issue.sheet == "导入规则(必读)"] == ["workbooks.sheet_skipped"]


def test_an_instruction_above_starred_headers(folder: Path) -> None:
    layout = matched(folder / "ez_t01_第一行说明.xls", kind("产品", "品名", "材质", "规格")).sheets[0][1]
    assert (layout.header_row, [field.title for field in layout.fields]) == (2, ["材质*", "规格*", "品名*"])


def test_a_title_merged_above_the_header(folder: Path) -> None:
    (sheet, layout), *_ = matched(folder / "成绩表_标题合并行.xlsx", kind("成绩", "课程名称", "姓名", "学号")).sheets
    rows = parse(sheet, layout)
    assert layout.header_row == 2
    assert not any(issue.code == "workbooks.merged" for issue in rows.issues)
    assert rows.rows[0].values["c0"] == "超星尔雅：对话大国工匠 致敬劳动模范"


def test_departments_merged_down_are_an_error_with_the_range(folder: Path) -> None:
    (sheet, layout), *_ = matched(folder / "按时完成名单_合并单元格.xlsx", kind("名单", "责任人", "部门")).sheets
    merged = [issue.cell for issue in parse(sheet, layout).issues if issue.code == "workbooks.merged"]
    assert (len(merged), merged[0]) == (10, "A2:A10")


def test_the_49_headers_of_the_national_record(folder: Path) -> None:
    """姓名 and 教职工号 are there, 学校代码 is not: the refusal names it; Sheet2 is a list of codes."""
    found = matched(folder / "gkicmp_教师导入模板_49列.xls", STAFF)
    assert [(issue.sheet, issue.code, issue.params["missing"]) for issue in found.issues] == [
        ("Sheet1", "workbooks.header_missing", "学校代码")
    ]
    teacher = Kind("teacher", "教师", (*STAFF.columns[:2], *STAFF.columns[4:8]))
    sheet, layout = matched(folder / "gkicmp_教师导入模板_49列.xls", teacher).sheets[0]
    row = parse(sheet, layout).rows[0]
    assert (row.values["staff_no"], row.values["name"]) == ("1", "测试")
    assert row.values["born_on"].precision == "month"


def test_gb18030_gives_the_rows_of_the_workbook_with_their_zeros(folder: Path) -> None:
    book = read(folder / "college_教师信息_517_gb18030.csv")
    assert (book.encoding, book.encoding_guessed) == ("gb18030", True)
    both = []
    for sheet in (book.sheets[0], read(folder / "college_教师信息_517.xlsx").sheets[0]):
        layout = match(sheet, [ROSTER])
        assert isinstance(layout, Layout)
        both.append(parse(sheet, layout))
    assert [row.values for row in both[0].rows] == [row.values for row in both[1].rows]
    assert (both[0].count, both[0].rows[0].values["staff_no"]) == (517, "0148")
