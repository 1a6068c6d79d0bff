"""A plain table as a workbook, for reading and printing: not a sheet to be imported again."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

Cell = str | int | None


@dataclass(frozen=True, slots=True)
class TableSheet:
    """Heads and rows under a title line; ``notes`` say what the figures rest on."""

    name: str
    title: str
    heads: Sequence[str]
    rows: Iterable[Sequence[Cell]]
    notes: Sequence[str] = ()


def write_table(path: Path | str, sheet: TableSheet) -> int:
    """Write the table; answers the number of rows. Text stays text: no formula, no link comes of it."""
    # Only exports need XlsxWriter, which costs 0.2 s.
    import xlsxwriter

    from talent.workbooks.writer import SAFE

    book = xlsxwriter.Workbook(str(path), SAFE | {"constant_memory": True})
    page = book.add_worksheet(sheet.name[:31])
    bold, head = book.add_format({"bold": True, "font_size": 14}), book.add_format({"bold": True, "bottom": 1})
    page.write_string(0, 0, sheet.title, bold)
    for place, note in enumerate(sheet.notes, 1):
        page.write_string(place, 0, note)
    first = len(sheet.notes) + 1
    for column, name in enumerate(sheet.heads):
        page.set_column(column, column, max(10, min(40, 2 * len(name) + 4)))
        page.write_string(first, column, name, head)
    last = first
    for last, row in enumerate(sheet.rows, first + 1):
        for column, cell in enumerate(row):
            if isinstance(cell, str):
                page.write_string(last, column, cell)
            elif cell is not None:
                page.write_number(last, column, cell)
    page.autofilter(first, 0, last, len(sheet.heads) - 1)
    page.freeze_panes(first + 1, 0)
    page.repeat_rows(first)
    page.set_landscape()
    page.set_paper(9)
    page.fit_to_pages(1, 0)
    book.close()
    return last - first
