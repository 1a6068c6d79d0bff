"""A person's own copy of what is held about them, as a workbook."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from io import BytesIO

from talent.workbooks.writer import SAFE

LONGEST_SHEET = 31
WIDTH = 18


@dataclass(frozen=True, slots=True)
class Page:
    """One sheet: what it is called, a line above the table, headers and rows, all worded."""

    title: str
    note: str
    headers: Sequence[str]
    rows: Sequence[Sequence[str]]


def written(pages: Iterable[Page]) -> bytes:
    """The pages as a workbook, made in memory; every cell is text, so that nothing is ever run or rounded."""
    # XlsxWriter costs 0.2 s and only downloads need it
    import xlsxwriter

    made = BytesIO()
    with xlsxwriter.Workbook(made, SAFE | {"in_memory": True}) as book:
        head = book.add_format({"bold": True, "bg_color": "#DDE8F3", "border": 1})
        for page in pages:
            sheet = book.add_worksheet(page.title[:LONGEST_SHEET])
            sheet.set_column(0, max(len(page.headers) - 1, 0), WIDTH)
            sheet.write_string(0, 0, page.note)
            for column, header in enumerate(page.headers):
                sheet.write_string(1, column, header, head)
            for number, row in enumerate(page.rows, 2):
                for column, cell in enumerate(row):
                    sheet.write_string(number, column, cell)
    return made.getvalue()
