"""Tables of figures as a workbook to read and file: no kinds, no keys, nothing that is imported again."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from pathlib import Path

import xlsxwriter
from xlsxwriter.format import Format

#: A cell: text as it is, numbers unrounded, None for no data (an empty cell, never 0).
Cell = str | int | float | Fraction | date | None

_SAFE = {
    "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "constant_memory": True,
}
_WIDEST, _NARROWEST = 44, 9


@dataclass(frozen=True, slots=True)
class Table:
    """One sheet: its name, its column heads, its rows in order."""

    name: str
    heads: Sequence[str]
    rows: Sequence[Sequence[Cell]]


def write_tables(path: Path | str, tables: Iterable[Table]) -> None:
    """Write the tables, a sheet each, heads repeated on every printed page."""
    with xlsxwriter.Workbook(str(path), _SAFE) as book:
        head = book.add_format({"bold": True, "bg_color": "#DDE8F3", "border": 1, "text_wrap": True})
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        number = book.add_format({"num_format": "#,##0.00####"})
        for table in tables:
            _write(book, table, head, day, number)


def _write(book: xlsxwriter.Workbook, table: Table, head: Format, day: Format, number: Format) -> None:
    sheet = book.add_worksheet(table.name)
    sheet.set_landscape()
    sheet.set_paper(9)  # A4
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    sheet.freeze_panes(1, 0)
    for place, width in enumerate(_widths(table)):
        sheet.set_column(place, place, width)
    for place, title in enumerate(table.heads):
        sheet.write_string(0, place, title, head)
    for line, cells in enumerate(table.rows, 1):
        for place, cell in enumerate(cells):
            if isinstance(cell, date):
                sheet.write_datetime(line, place, cell, day)
            elif isinstance(cell, str):
                sheet.write_string(line, place, cell)
            elif isinstance(cell, int):
                sheet.write_number(line, place, cell)
            elif cell is not None:
                sheet.write_number(line, place, float(cell), number)


def _widths(table: Table) -> list[int]:
    """Wide enough for head and texts; a full-width character takes two places."""
    columns = zip(table.heads, *([_shown(cell) for cell in row] for row in table.rows), strict=True)
    return [min(_WIDEST, max(_NARROWEST, *map(_width, column))) for column in columns]


def _width(text: str) -> int:
    return 2 + sum(2 if ord(sign) > 0x2E7F else 1 for sign in text)


def _shown(cell: Cell) -> str:
    return cell if isinstance(cell, str) else "" if cell is None else str(cell)[:12]
