"""From a file to raw rows: .xlsx and .xls by python-calamine, .csv by the standard library."""

from dataclasses import dataclass
from pathlib import Path

from talent.workbooks.csv_text import decode, split_rows
from talent.workbooks.guard import SITE, Limits, inspect
from talent.workbooks.kinds import CODE_SHEET, ERRORS_SHEET, ERRORS_TITLE, NOTES_SHEET, NOTES_TITLE
from talent.workbooks.parser import parse, parse_apart
from talent.workbooks.raw import RawSheet

__all__ = ["RawSheet", "Workbook", "first_values", "read"]

_OWN_TITLES = {NOTES_SHEET: NOTES_TITLE, ERRORS_SHEET: ERRORS_TITLE}


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
    parsed = parse_apart if found.type == "xls" else parse
    return Workbook(file, [sheet for sheet in parsed(path, file, found, limits) if not _is_ours(sheet)])


def _read_csv(path: Path, file: str, limits: Limits, encoding: str | None) -> Workbook:
    text, used, guessed = decode(path.read_bytes(), encoding)
    rows = split_rows(text, limits)
    sheet = RawSheet(Path(file).stem, rows, file=file, is_csv=True)
    return Workbook(file, [sheet], encoding=used, encoding_guessed=guessed)


def _is_ours(sheet: RawSheet) -> bool:
    if sheet.name == CODE_SHEET and sheet.hidden:
        return True
    title = _OWN_TITLES.get(sheet.name)
    return title is not None and bool(sheet.rows) and sheet.rows[0][:1] == [title]


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
