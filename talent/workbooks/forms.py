"""Sheets to print, sign and file: a title, a table with its sum, lines for signatures. Sums of money are exact.

The same content gives the same bytes: the time in the file is the one given.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from io import BytesIO
from typing import Any

#: Text as it is, whole numbers as they are, money as Decimal yuan, None for nothing.
Cell = str | int | Decimal | None


@dataclass(frozen=True, slots=True)
class Form:
    """One sheet. ``feet`` are rows under the table, ``signatures`` stand in one line below."""

    name: str
    title: str
    heads: Sequence[str]
    widths: Sequence[int]
    rows: Sequence[Sequence[Cell]]
    notes: Sequence[str] = ()
    feet: Sequence[Sequence[Cell]] = ()
    signatures: Sequence[str] = ()


def write_forms(forms: Sequence[Form], made_at: datetime) -> bytes:
    """The workbook with a sheet for each form."""
    # Only exports need XlsxWriter, which costs 0.2 s.
    import xlsxwriter

    from talent.workbooks.writer import SAFE

    content = BytesIO()
    with xlsxwriter.Workbook(content, SAFE | {"in_memory": True}) as book:
        book.set_properties({"created": made_at.replace(tzinfo=None)})
        looks = _looks(book)
        names: set[str] = set()
        for form in forms:
            _write(book.add_worksheet(_sheet_name(form.name, names)), form, looks)
    return content.getvalue()


def _sheet_name(name: str, taken: set[str]) -> str:
    """A name Excel takes: 31 characters, none of ``[]:*?/\\``, and none twice."""
    plain = "".join("_" if sign in "[]:*?/\\" else sign for sign in name).strip("'")[:31] or "1"
    made, number = plain, 1
    while made.lower() in taken:
        number += 1
        made = f"{plain[:27]}({number})"
    taken.add(made.lower())
    return made


def _looks(book: Any) -> dict[str, Any]:
    border = {"border": 1, "valign": "vcenter"}
    return {
        "title": book.add_format({"bold": True, "font_size": 16, "align": "center"}),
        "note": book.add_format({"font_size": 10}),
        "head": book.add_format({"bold": True, "bg_color": "#DDE8F3", "align": "center", "text_wrap": True, **border}),
        "text": book.add_format({"num_format": "@", **border}),
        "number": book.add_format(border),
        "money": book.add_format({"num_format": "#,##0.00", **border}),
        "sign": book.add_format({"font_size": 11, "valign": "top"}),
    }


def _write(sheet: Any, form: Form, looks: dict[str, Any]) -> None:
    last = len(form.heads) - 1
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    for column, width in enumerate(form.widths):
        sheet.set_column(column, column, width)
    if last:
        sheet.merge_range(0, 0, 0, last, form.title, looks["title"])
    else:
        sheet.write_string(0, 0, form.title, looks["title"])
    for row, note in enumerate(form.notes, 1):
        sheet.write_string(row, 0, note, looks["note"])
    at = len(form.notes) + 1
    for column, head in enumerate(form.heads):
        sheet.write_string(at, column, head, looks["head"])
    sheet.repeat_rows(at)
    sheet.freeze_panes(at + 1, 0)
    for at, cells in enumerate((*form.rows, *form.feet), at + 1):  # noqa: B020
        for column, cell in enumerate(cells):
            _write_cell(sheet, at, column, cell, looks)
    if form.signatures:
        sheet.set_row(at + 2, 28)
        sheet.write_string(at + 2, 0, "　　　　　　".join(f"{label}：" for label in form.signatures), looks["sign"])


def _write_cell(sheet: Any, row: int, column: int, cell: Cell, looks: dict[str, Any]) -> None:
    if isinstance(cell, str):
        sheet.write_string(row, column, cell, looks["text"])
    elif isinstance(cell, Decimal):
        sheet.write_number(row, column, cell, looks["money"])
    elif cell is None:
        sheet.write_blank(row, column, None, looks["text"])
    else:
        sheet.write_number(row, column, cell, looks["number"])
