"""The user's own sheets given back: bad cells in red with reason and hint, and one list of everything."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from talent.workbooks.issues import Issue, column_index
from talent.workbooks.kinds import ERRORS_SHEET, ERRORS_TITLE
from talent.workbooks.raw import RawSheet
from talent.workbooks.reader import Workbook

WordedIssue = tuple[Issue, str, str]
"""An issue with its reason and hint in the reader's language."""

_MOST_COMMENTS = 5_000  # Excel opens a sheet with more of them very slowly
_LONGEST_CELL = 32_000
_LAST_ROW = 1_048_575
_TITLES = ("级别", "工作表", "单元格", "列", "值", "原因", "建议")
_WIDTHS = (8, 16, 10, 18, 24, 60, 60)
_LEVELS = {"error": "错误", "warning": "提醒"}


def write_report(path: Path | str, source_workbook: Workbook, issues_with_words: Sequence[WordedIssue]) -> None:
    """Values stand as they were read; the list on 错误 shows personal numbers masked, as issues do."""
    options = {
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "date_1904": source_workbook.date1904,
    }
    with xlsxwriter.Workbook(str(path), options) as book:
        taken: set[str] = {ERRORS_SHEET.lower()}
        looks = _Looks(book)
        for sheet in source_workbook.sheets:
            target = book.add_worksheet(_sheet_name(sheet.name, taken))
            _write_sheet(target, sheet, _by_cell(sheet, issues_with_words), looks)
        _write_list(book, issues_with_words)


class _Looks:
    """Plain and red, for each way a value is shown."""

    def __init__(self, book: xlsxwriter.Workbook) -> None:
        red = {"bg_color": "#FFC7CE", "font_color": "#9C0006", "border": 1}
        amber = {"bg_color": "#FFEB9C", "border": 1}
        shapes = {"": {}, "date": {"num_format": "yyyy-mm-dd"}, "time": {"num_format": "yyyy-mm-dd hh:mm:ss"}}
        shapes |= {"clock": {"num_format": "[h]:mm:ss"}, "text": {"num_format": "@"}}
        self._formats: dict[tuple[str, str], Format] = {
            (shape, level): book.add_format(look | extra)
            for shape, look in shapes.items()
            for level, extra in (("", {}), ("error", red), ("warning", amber))
        }

    def of(self, value: object, level: str) -> Format:
        shape = ""
        if isinstance(value, datetime):
            shape = "time"
        elif isinstance(value, date):
            shape = "date"
        elif isinstance(value, time | timedelta):
            shape = "clock"
        elif isinstance(value, str):
            shape = "text"
        return self._formats[shape, level]


def _by_cell(sheet: RawSheet, worded: Sequence[WordedIssue]) -> dict[tuple[int, int], list[WordedIssue]]:
    """(row number, zero-based column) → its issues; an issue of a row only stands at the row's first cell."""
    cells: dict[tuple[int, int], list[WordedIssue]] = defaultdict(list)
    for entry in worded:
        issue = entry[0]
        if issue.sheet != sheet.name or issue.file != sheet.file or issue.row is None:
            continue
        letters = "".join(char for char in (issue.cell or "").partition(":")[0] if char.isalpha())
        column = column_index(letters) if letters else sheet.first_column
        cells[issue.row, column].append(entry)
    return cells


def _write_sheet(
    target: Worksheet, sheet: RawSheet, cells: dict[tuple[int, int], list[WordedIssue]], looks: _Looks
) -> None:
    target.set_column(sheet.first_column, sheet.first_column + len(sheet.rows[0] if sheet.rows else ()), 14)
    for index, row in enumerate(sheet.rows):
        number = sheet.number(index)
        for offset, value in enumerate(row):
            column = sheet.first_column + offset
            found = cells.get((number, column))
            if value != "" or found:
                _write_value(target, number - 1, column, value, looks.of(value, _worst(found)))
    for (number, column), found in list(cells.items())[:_MOST_COMMENTS]:
        text = "\n".join(f"{reason}\n{hint}" for _, reason, hint in found)
        target.write_comment(number - 1, column, text[:_LONGEST_CELL], {"x_scale": 2, "y_scale": 1.5})


def _worst(found: Sequence[WordedIssue] | None) -> str:
    if not found:
        return ""
    return "error" if any(issue.level == "error" for issue, _, _ in found) else "warning"


def _write_value(target: Worksheet, row: int, column: int, value: object, look: Format) -> None:
    if isinstance(value, bool):
        target.write_boolean(row, column, value, look)
    elif isinstance(value, int | float):
        target.write_number(row, column, value, look)
    elif isinstance(value, date | time | timedelta) and not _before_1900(value):
        target.write_datetime(row, column, value, look)
    elif value == "":
        target.write_blank(row, column, None, look)
    else:
        target.write_string(row, column, str(value)[:_LONGEST_CELL], look)


def _before_1900(value: object) -> bool:
    return isinstance(value, date) and value.year < 1900


def _write_list(book: xlsxwriter.Workbook, worded: Sequence[WordedIssue]) -> None:
    sheet = book.add_worksheet(ERRORS_SHEET)
    sheet.write_string(0, 0, ERRORS_TITLE, book.add_format({"bold": True, "font_size": 14}))
    header = book.add_format({"bold": True, "bg_color": "#DDE8F3", "border": 1})
    for index, (title, width) in enumerate(zip(_TITLES, _WIDTHS, strict=True)):
        sheet.set_column(index, index, width)
        sheet.write_string(1, index, title, header)
    for row, (issue, reason, hint) in enumerate(worded[: _LAST_ROW - 2], 2):
        cells = (_LEVELS[issue.level], issue.sheet, issue.cell, issue.column, issue.value, reason, hint)
        for index, text in enumerate(cells):
            if text:
                sheet.write_string(row, index, text[:_LONGEST_CELL])
    sheet.freeze_panes(2, 0)
    sheet.autofilter(1, 0, 1 + max(len(worded), 1), len(_TITLES) - 1)


def _sheet_name(name: str, taken: set[str]) -> str:
    """A name Excel accepts, told apart from the others (a text file may be called anything)."""
    allowed = "".join("_" if char in "[]:*?/\\" else char for char in name).strip("'")[:28] or "表"
    chosen, number = allowed, 1
    while chosen.lower() in taken:
        number += 1
        chosen = f"{allowed}{number}"
    taken.add(chosen.lower())
    return chosen
