"""From a file to raw rows: .xlsx and .xls by python-calamine, .csv by the standard library."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
    load_workbook,
)

from talent.workbooks.csv_text import decode, split_rows
from talent.workbooks.guard import SITE, FileRefused, Inspection, Limits, inspect
from talent.workbooks.kinds import CODE_SHEET, ERRORS_SHEET, ERRORS_TITLE, NOTES_SHEET, NOTES_TITLE
from talent.workbooks.sheet_scan import MarkCode, SheetScan

_OWN_TITLES = {NOTES_SHEET: NOTES_TITLE, ERRORS_SHEET: ERRORS_TITLE}


@dataclass(frozen=True, slots=True)
class RawSheet:
    """Cells as python-calamine gives them. ``rows[0]`` is the row Excel numbers ``first_row``, and its first
    cell stands in the zero-based column ``first_column``. ``marks`` and ``merges`` use row numbers and
    zero-based columns of the sheet; a merge is (first row, first column, last row, last column)."""

    name: str
    rows: list[list[object]]
    file: str = ""
    first_row: int = 1
    first_column: int = 0
    date1904: bool = False
    hidden: bool = False
    is_csv: bool = False
    hidden_rows: int = 0
    marks: dict[tuple[int, int], MarkCode] = field(default_factory=dict)
    merges: tuple[tuple[int, int, int, int], ...] = ()

    def number(self, index: int) -> int:
        """Index into ``rows`` → the row number Excel shows."""
        return self.first_row + index


@dataclass(frozen=True, slots=True)
class Workbook:
    """A file read. ``encoding`` is set for text only; ``encoding_guessed`` when a person should confirm it."""

    file: str
    sheets: list[RawSheet]
    encoding: str | None = None
    encoding_guessed: bool = False

    @property
    def date1904(self) -> bool:
        """Whether the file counts days from 1904."""
        return any(sheet.date1904 for sheet in self.sheets)


def read(path: Path | str, limits: Limits = SITE, encoding: str | None = None, name: str | None = None) -> Workbook:
    """Guard and read ``path``; ``name`` is what the user called the file. Raises only FileRefused.

    The code sheet, the notes and the error list of our own files are left out.
    """
    path = Path(path)
    file = name or path.name
    found = inspect(path, limits)
    if found.type == "text":
        return _read_csv(path, file, limits, encoding)
    with _calamine(path) as book, without_cycle_search():
        sheets = [
            _raw_sheet(book, meta.name, file, found, limits, hidden=meta.visible is not SheetVisibleEnum.Visible)
            for meta in book.sheets_metadata
            if meta.typ is SheetTypeEnum.WorkSheet
        ]
    return Workbook(file, [sheet for sheet in sheets if not _is_ours(sheet)])


def _read_csv(path: Path, file: str, limits: Limits, encoding: str | None) -> Workbook:
    text, used, guessed = decode(path.read_bytes(), encoding)
    rows = split_rows(text, limits)
    sheet = RawSheet(Path(file).stem, rows, file=file, is_csv=True)
    return Workbook(file, [sheet], encoding=used, encoding_guessed=guessed)


@contextmanager
def without_cycle_search() -> Iterator[None]:
    """Python's collector looks again and again for cycles among the millions of cells just made; there are
    none, and pausing it saves a fifth of the time. References are counted as ever."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


@contextmanager
def _calamine(path: Path) -> Iterator[CalamineWorkbook]:
    """The workbook, every failure of the parser turned into a refusal."""
    try:
        with load_workbook(str(path)) as book:
            yield book
    except FileRefused:
        raise
    except PasswordError as error:
        raise FileRefused("workbooks.encrypted") from error
    except (CalamineError, OSError, ValueError, MemoryError) as error:
        raise FileRefused("workbooks.damaged") from error
    except BaseException as error:
        if type(error).__name__ != "PanicException":  # a Rust panic derives from BaseException
            raise
        raise FileRefused("workbooks.damaged") from error


def _raw_sheet(
    book: CalamineWorkbook, name: str, file: str, found: Inspection, limits: Limits, *, hidden: bool
) -> RawSheet:
    sheet = book.get_sheet_by_name(name)
    _check_size(sheet, limits)
    scan = found.scans.get(name, SheetScan())
    return RawSheet(
        name=name,
        rows=cast(list[list[object]], list(sheet.iter_rows())),
        file=file,
        first_column=sheet.start[1] if sheet.start else 0,
        date1904=found.date1904,
        hidden=hidden,
        hidden_rows=scan.hidden_rows,
        marks=scan.marks,
        merges=tuple((first[0] + 1, first[1], last[0] + 1, last[1]) for first, last in sheet.merged_cell_ranges or ()),
    )


def _check_size(sheet: CalamineSheet, limits: Limits) -> None:
    """The limits again, for .xls, which the guard does not walk."""
    if sheet.total_height > limits.rows + 1:
        raise FileRefused("workbooks.too_many_rows", {"limit": limits.rows})
    if sheet.total_width > limits.columns:
        raise FileRefused("workbooks.too_many_columns", {"limit": limits.columns})


def _is_ours(sheet: RawSheet) -> bool:
    if sheet.name == CODE_SHEET and sheet.hidden:
        return True
    title = _OWN_TITLES.get(sheet.name)
    return title is not None and bool(sheet.rows) and sheet.rows[0][:1] == [title]


def is_blank(row: list[object]) -> bool:
    """No cell holds more than white space."""
    return all(isinstance(cell, str) and (not cell or cell.isspace()) for cell in row)


def first_values(workbook: Workbook, count: int = 3) -> list[str]:
    """A few texts beyond ASCII as they were decoded, so that a person can confirm a guessed encoding."""
    found: list[str] = []
    for sheet in workbook.sheets:
        for row in sheet.rows[1:200]:
            for cell in row:
                if isinstance(cell, str) and not cell.isascii() and cell not in found:
                    found.append(cell)
                if len(found) == count:
                    return found
    return found
