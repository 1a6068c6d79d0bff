"""The one place that calls python-calamine.

The counts inside an .xls are believed by the parser: one wrong byte makes it ask for terabytes, and the whole
process is aborted. So an .xls is parsed in a process of its own (this module run by :func:`parse_apart`), with a
ceiling of memory where the system knows one. What the child says is read as JSON and nothing else: a file that took
the child over could make it say what it likes, and not do anything here. An .xlsx was measured by the guard and is
parsed here.
"""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any, Final, NamedTuple, cast

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
    load_workbook,
)

from talent.core.memory import without_cycle_search
from talent.workbooks.guard import FileRefused, Inspection, Limits
from talent.workbooks.raw import RawSheet
from talent.workbooks.sheet_scan import SheetScan

_CHILD_MEMORY = 4 << 30
_CHILD_SECONDS = 300
_TICK: Final = timedelta(microseconds=1)
#: How a cell that JSON has no word for is said: a letter before its text. The order matters: a datetime is a date.
_SAID: Final[Mapping[str, tuple[type, Callable[[Any], str], Callable[[str], object]]]] = {
    "t": (datetime, datetime.isoformat, datetime.fromisoformat),
    "d": (date, date.isoformat, date.fromisoformat),
    "h": (time, time.isoformat, time.fromisoformat),
    "s": (timedelta, lambda span: str(span // _TICK), lambda said: int(said) * _TICK),
}
#: What a child may refuse a file for; anything else it says is a damaged file.
_REFUSALS: Final = frozenset({"workbooks.encrypted", "workbooks.too_many_rows", "workbooks.too_many_columns"})


class Parsed(NamedTuple):
    """A sheet as the parser gives it. A merge is (first row, first column, last row, last column), from zero."""

    name: str
    hidden: bool
    first_column: int
    rows: list[list[object]]
    merges: list[tuple[int, int, int, int]]


def parse(path: Path, file: str, found: Inspection, limits: Limits) -> list[RawSheet]:
    """Every worksheet of a guarded file; FileRefused when the parser fails."""
    with without_cycle_search():
        return [_raw_sheet(sheet, file, found) for sheet in _parsed(path, limits)]


def parse_apart(path: Path, file: str, found: Inspection, limits: Limits) -> list[RawSheet]:
    """As :func:`parse`, in a child process whose death is a damaged file and nothing more."""
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    command = [sys.executable, "-m", "talent.workbooks.parser", str(path.absolute()), str(limits.rows),
               str(limits.columns)]
    try:
        child = subprocess.run(  # noqa: S603 our own interpreter and module
            command, capture_output=True, env=environment, timeout=_CHILD_SECONDS)
    except subprocess.TimeoutExpired as error:
        raise FileRefused("workbooks.damaged") from error
    if child.returncode != 0:
        raise FileRefused("workbooks.damaged")
    with without_cycle_search():
        return [_raw_sheet(sheet, file, found) for sheet in heard(child.stdout)]


def heard(said: bytes) -> list[Parsed]:
    """The sheets a child told of; FileRefused for its refusal, and for whatever is no such answer."""
    try:
        answer = json.loads(said)
        if isinstance(answer, dict):
            code = answer["refused"] if answer["refused"] in _REFUSALS else "workbooks.damaged"
            raise FileRefused(code, {name: int(value) for name, value in answer["params"].items() if name == "limit"})
        return [Parsed(str(name), bool(hidden), int(first), [list(map(_cell, row)) for row in rows],
                       [_merge(*each) for each in merges])
                for name, hidden, first, rows, merges in answer]
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError, OverflowError) as error:
        raise FileRefused("workbooks.damaged") from error


def _merge(first_row: int, first: int, last_row: int, last: int) -> tuple[int, int, int, int]:
    return int(first_row), int(first), int(last_row), int(last)


def _cell(said: Any) -> object:
    if isinstance(said, list):
        kind, written = said
        return _SAID[kind][2](written)
    if said is None or isinstance(said, (str, int, float)):
        return said
    raise TypeError(type(said))


def _in_words(cell: object) -> list[str]:
    """A cell JSON has no word for."""
    for kind, (of, write, _) in _SAID.items():
        if isinstance(cell, of):
            return [kind, write(cell)]
    raise TypeError(type(cell))


def main() -> None:
    """The child: path and limits as arguments, sheets or a refusal on stdout."""
    path, rows, columns = sys.argv[1:]
    _limit_memory()
    answer: object
    try:
        answer = _parsed(Path(path), Limits(int(rows), int(columns), 0))
    except FileRefused as refused:
        answer = {"refused": refused.code, "params": dict(refused.params)}
    sys.stdout.buffer.write(json.dumps(answer, default=_in_words).encode())


def _limit_memory() -> None:
    if sys.platform != "win32":
        import resource  # exists on POSIX only

        resource.setrlimit(resource.RLIMIT_AS, (_CHILD_MEMORY, resource.getrlimit(resource.RLIMIT_AS)[1]))


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


def _parsed(path: Path, limits: Limits) -> list[Parsed]:
    with _calamine(path) as book, without_cycle_search():
        return [_sheet(book.get_sheet_by_name(meta.name), limits, meta.visible is not SheetVisibleEnum.Visible)
                for meta in book.sheets_metadata if meta.typ is SheetTypeEnum.WorkSheet]


def _sheet(sheet: CalamineSheet, limits: Limits, hidden: bool) -> Parsed:
    _check_size(sheet, limits)
    return Parsed(
        sheet.name, hidden, sheet.start[1] if sheet.start else 0, cast(list[list[object]], list(sheet.iter_rows())),
        [(first[0], first[1], last[0], last[1]) for first, last in sheet.merged_cell_ranges or ()])


def _raw_sheet(sheet: Parsed, file: str, found: Inspection) -> RawSheet:
    scan = found.scans.get(sheet.name, SheetScan())
    return RawSheet(
        name=sheet.name,
        rows=sheet.rows,
        file=file,
        first_column=sheet.first_column,
        date1904=found.date1904,
        hidden=sheet.hidden,
        hidden_rows=scan.hidden_rows,
        marks=scan.marks,
        merges=tuple((top + 1, left, bottom + 1, right) for top, left, bottom, right in sheet.merges),
    )


def _check_size(sheet: CalamineSheet, limits: Limits) -> None:
    """The limits again, for .xls, which the guard does not walk."""
    if sheet.total_height > limits.rows + 1:
        raise FileRefused("workbooks.too_many_rows", {"limit": limits.rows})
    if sheet.total_width > limits.columns:
        raise FileRefused("workbooks.too_many_columns", {"limit": limits.columns})


if __name__ == "__main__":
    main()
