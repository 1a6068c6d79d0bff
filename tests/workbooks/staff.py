"""A sheet of staff for the tests of this room, and ways to make files by hand."""

import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import xlsxwriter

from talent.workbooks.headers import Layout, match
from talent.workbooks.kinds import CellType, Column, Kind
from talent.workbooks.reader import RawSheet, read
from talent.workbooks.rows import ParsedSheet, parse

STAFF = Kind(
    "staff",
    "教职工",
    (
        Column("staff_no", "工号", CellType.CODE, required=True, key=True, header_aliases=("教职工号",)),
        Column("name", "姓名", CellType.TEXT, required=True),
        Column("school_code", "学校代码", CellType.CODE, required=True, header_aliases=("学校",)),
        Column("teaching_at", "任教学校代码", CellType.MULTI),
        Column("id_number", "证件号码", CellType.ID_NUMBER, header_aliases=("身份证",)),
        Column("sex", "性别", CellType.CHOICE, choices={"男": "male", "女": "female"}, aliases={"女性": "女"}),
        Column("born_on", "出生日期", CellType.DATE_OR_MONTH, header_aliases=("出生年月",)),
        Column("phone", "手机号码", CellType.PHONE, header_aliases=("手机号",)),
        Column("weekly_hours", "周课时", CellType.DECIMAL, minimum=0, maximum=40),
        Column("rank", "团队排名", CellType.INTEGER, minimum=1),
        Column("valid_from", "生效日期", CellType.DATE),
    ),
)
TRAINING = Kind(
    "training",
    "培训",
    (
        Column("staff_no", "工号", CellType.CODE, required=True, key=True),
        Column("programme", "项目名称", CellType.TEXT, required=True, key=True),
        Column("ends_on", "结束日期", CellType.DATE, required=True, key=True),
        Column("hours", "学时", CellType.DECIMAL, required=True),
        Column("starts_on", "开始日期", CellType.DATE),
    ),
)
ABSENCES = Kind(
    "absences",
    "缺勤",
    (
        Column("staff_no", "工号", CellType.CODE, required=True, key=True),
        Column("starts_on", "开始日期", CellType.DATE, required=True, key=True),
        Column("ends_on", "结束日期", CellType.DATE, required=True),
    ),
)
KINDS = (STAFF, TRAINING, ABSENCES)

HEADER = ["工号*", "姓名*", "学校代码*"]
GOOD_ID = "11010519491231002X"

Rows = Sequence[Sequence[object]]


def sheet_of(rows: Rows, **facts: Any) -> RawSheet:
    """A raw sheet as the reader would hand it over."""
    return RawSheet(facts.pop("name", "教职工"), [list(row) for row in rows], file="f.xlsx", **facts)


def parsed(rows: Rows, kinds: Sequence[Kind] = KINDS, **facts: Any) -> ParsedSheet:
    """Match and parse rows, the first of which is the header."""
    sheet = sheet_of(rows, **facts)
    layout = match(sheet, kinds)
    assert isinstance(layout, Layout), layout
    return parse(sheet, layout)


def parsed_file(path: Path, kinds: Sequence[Kind] = KINDS) -> ParsedSheet:
    """The first sheet of a file."""
    sheet = read(path).sheets[0]
    layout = match(sheet, kinds)
    assert isinstance(layout, Layout), layout
    return parse(sheet, layout)


def codes(sheet: ParsedSheet) -> list[str]:
    return [issue.code for issue in sheet.issues]


def write_xlsx(path: Path, sheets: Mapping[str, Rows], **options: object) -> Path:
    """Plain cells: texts as texts, numbers as numbers."""
    with xlsxwriter.Workbook(str(path), options) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for number, row in enumerate(rows):
                for index, value in enumerate(row):
                    if isinstance(value, str):
                        sheet.write_string(number, index, value)
                    else:
                        sheet.write(number, index, value)
    return path


def write_sheet_xml(path: Path, body: bytes, *, more: Mapping[str, bytes] | None = None, prolog: bytes = b"") -> Path:
    """A workbook whose only sheet holds ``body`` as its sheetData; ``more`` adds or replaces members."""
    plain = path.with_name("plain.xlsx")
    write_xlsx(plain, {"教职工": [["x"]]})
    xml = (
        b'<?xml version="1.0" encoding="UTF-8"?>' + prolog + b'<worksheet xmlns="http://schemas.openxmlformats.org/'
        b'spreadsheetml/2006/main"><sheetData>' + body + b"</sheetData></worksheet>"
    )
    replaced = {"xl/worksheets/sheet1.xml": xml, **(more or {})}
    with zipfile.ZipFile(plain) as source, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
        for member in source.infolist():
            target.writestr(member.filename, replaced.pop(member.filename, source.read(member)))
        for name, content in replaced.items():
            target.writestr(name, content)
    return path


def text_cell(name: str, text: str) -> bytes:
    return f'<c r="{name}" t="inlineStr"><is><t>{text}</t></is></c>'.encode()


def header_row(number: int = 1) -> bytes:
    cells = b"".join(text_cell(f"{letter}{number}", text) for letter, text in zip("ABC", HEADER, strict=True))
    return f'<row r="{number}">'.encode() + cells + b"</row>"
