"""Exports, empty templates and marked reports. Memory stays flat: rows go to disk as they come."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from talent.workbooks.kinds import (
    CODE_SHEET,
    CONTROL_COLUMNS,
    NOTES_SHEET,
    NOTES_TITLE,
    CellType,
    Column,
    Kind,
)
from talent.workbooks.render import AS_STORED, NUMBER_FORMATS, renderer_of
from talent.workbooks.report import write_report

__all__ = ["Record", "write_records", "write_report", "write_template"]

Record = Mapping[str, Any]

_LAST_ROW = 1_048_575
SAFE = {
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "nan_inf_to_errors": False,
}
_HINTS = {
    CellType.CODE: "文本，保留前导零",
    CellType.CHOICE: "从下拉列表中选择",
    CellType.MULTI: "可填多个，以“；”分隔",
    CellType.INTEGER: "整数",
    CellType.DECIMAL: "数字，最多两位小数",
    CellType.DATE: "日期，如 2020-09-01",
    CellType.DATE_OR_MONTH: "日期或月份，如 2020-09-01 或 2020-09",
    CellType.ID_NUMBER: "18 位身份证号码，单元格须为文本",
    CellType.PHONE: "手机号码，单元格须为文本",
}
_WIDTHS = {
    CellType.TEXT: 18,
    CellType.DATE: 12,
    CellType.DATE_OR_MONTH: 12,
    CellType.ID_NUMBER: 22,
    CellType.PHONE: 15,
    CellType.MULTI: 20,
}


def write_records(path: Path | str, sheets: Iterable[tuple[Kind, Iterable[Record]]], note: str | None = None) -> None:
    """Write records under the headers of their kinds, with 记录号 and 操作; what is read back equals them.

    ``rows`` may be generators. ``note`` becomes a sheet of its own. A kind with more rows than Excel has
    is continued on a further sheet.
    """
    with _Book(path, constant_memory=True) as book:
        for kind, rows in sheets:
            book.write_kind(kind, rows)
        if note:
            book.write_notes([note])
        book.write_codes()


def write_template(path: Path | str, kinds: Sequence[Kind]) -> None:
    """Empty sheets with notes, drop-downs and the rule of each column as a comment on its header."""
    with _Book(path, constant_memory=False) as book:
        for kind in kinds:
            book.write_empty(kind)
        book.write_notes(_guide(kinds))
        book.write_codes()


class _Book:
    """A workbook under construction: formats once, one list of codes per set of choices."""

    def __init__(self, path: Path | str, *, constant_memory: bool) -> None:
        self._file = xlsxwriter.Workbook(str(path), SAFE | {"constant_memory": constant_memory})
        self._formats: dict[str, Format] = {}
        self._code_lists: dict[tuple[str, ...], int] = {}

    def __enter__(self) -> "_Book":
        return self

    def __exit__(self, *failure: object) -> None:
        self._file.close()

    def write_kind(self, kind: Kind, rows: Iterable[Record]) -> None:
        columns = [
            (index, column.name, None if column.type in AS_STORED else renderer_of(column))
            for index, column in enumerate((*kind.columns, *CONTROL_COLUMNS))
        ]
        sheet, parts, row = self._add_sheet(kind, kind.sheet), 1, 0
        write_string, write_number = sheet.write_string, sheet.write_number
        for record in rows:
            if row == _LAST_ROW:
                self._finish(sheet, kind, row)
                parts, row = parts + 1, 0
                sheet = self._add_sheet(kind, f"{kind.sheet}({parts})")
                write_string, write_number = sheet.write_string, sheet.write_number
            row += 1
            for index, name, render in columns:
                value = record.get(name)
                if value is None:
                    continue
                cell = render(value) if render else value
                if isinstance(cell, str):
                    write_string(row, index, cell)
                else:
                    write_number(row, index, cell)
        self._finish(sheet, kind, row)

    def write_empty(self, kind: Kind) -> None:
        sheet = self._add_sheet(kind, kind.sheet)
        for index, column in enumerate((*kind.columns, *CONTROL_COLUMNS)):
            sheet.write_comment(0, index, describe(column), {"x_scale": 1.6, "font_size": 9})
        self._finish(sheet, kind, 0)

    def write_notes(self, lines: Iterable[str]) -> None:
        sheet = self._file.add_worksheet(NOTES_SHEET)
        sheet.set_column(0, 0, 110, self._format({"text_wrap": True, "valign": "top"}))
        sheet.write_string(0, 0, NOTES_TITLE, self._format({"bold": True, "font_size": 14}))
        for row, line in enumerate(lines, 1):
            sheet.write_string(row, 0, line)

    def write_codes(self) -> None:
        """The hidden sheet behind the drop-downs: one column per distinct list, in row order."""
        if not self._code_lists:
            return
        sheet = self._file.add_worksheet(CODE_SHEET)
        sheet.hide()
        lists = list(self._code_lists)
        for row in range(max(map(len, lists))):
            for index, labels in enumerate(lists):
                if row < len(labels):
                    sheet.write_string(row, index, labels[row])

    def _add_sheet(self, kind: Kind, name: str) -> Worksheet:
        sheet = self._file.add_worksheet(name)
        for index, column in enumerate((*kind.columns, *CONTROL_COLUMNS)):
            title = f"{column.header}*" if column.required else column.header
            width = max(_WIDTHS.get(column.type, 11), 2 * len(title) + 3)
            cell_format = self._format({"num_format": NUMBER_FORMATS.get(column.type, "@")})
            sheet.set_column(index, index, width, cell_format)
            sheet.write_string(0, index, title, self._header_format(column))
            if column.choices and column.type is CellType.CHOICE:
                self._add_drop_down(sheet, index, tuple(column.choices))
        sheet.freeze_panes(1, 0)
        return sheet

    def _finish(self, sheet: Worksheet, kind: Kind, last_row: int) -> None:
        sheet.autofilter(0, 0, last_row, len(kind.columns) + len(CONTROL_COLUMNS) - 1)

    def _add_drop_down(self, sheet: Worksheet, index: int, labels: tuple[str, ...]) -> None:
        place = self._code_lists.setdefault(labels, len(self._code_lists))
        letters = xlsxwriter.utility.xl_col_to_name(place, col_abs=True)
        source = f"='{CODE_SHEET}'!{letters}$1:{letters}${len(labels)}"
        rule = {
            "validate": "list",
            "source": source,
            "error_type": "warning",  # aliases are accepted too
            "error_title": "请核对",
            "error_message": "不在下拉列表中",
        }
        sheet.data_validation(1, index, _LAST_ROW, index, rule)

    def _header_format(self, column: Column) -> Format:
        look = {"border": 1, "bg_color": "#DDE8F3", "text_wrap": True, "valign": "vcenter", "num_format": "@"}
        return self._format(look | ({"bold": True} if column.key else {}))

    def _format(self, look: dict[str, Any]) -> Format:
        return self._formats.setdefault(repr(sorted(look.items())), self._file.add_format(look))


def describe(column: Column) -> str:
    """The rule of a column in one or two lines."""
    parts = ["必填" if column.required else "选填"]
    if column.key:
        parts.append("识别一条记录的列")
    if column.type in _HINTS:
        parts.append(_HINTS[column.type])
    if column.minimum is not None:
        parts.append(f"不小于 {column.minimum}")
    if column.maximum is not None:
        parts.append(f"不大于 {column.maximum}")
    text = "；".join(parts)
    if column.choices:
        text += "：" + "、".join(column.choices)
    return f"{text}\n{column.note}" if column.note else text


def _guide(kinds: Iterable[Kind]) -> list[str]:
    lines = [
        "带 * 的列必填；加粗的列用来识别一条记录：已有的记录会被更新，没有的会被新增。",
        "列的次序可以调整，不需要的列可以删去；请勿合并单元格，公式请粘贴为数值。",
        "工号、学校代码、证件号码、手机号码须为文本格式，以免丢失前导零和末尾数字。",
    ]
    for kind in kinds:
        lines.append(f"【{kind.sheet}】")
        for column in kind.columns:
            rule = describe(column).replace("\n", "；")
            lines.append(f"{column.header}：{rule}")
    return lines
