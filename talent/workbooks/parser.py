"""The one place that calls python-calamine.

The counts inside an .xls are believed by the parser: one wrong byte makes it ask for terabytes, and the whole
process is aborted. So an .xls is parsed in a process of its own (this module run by :func:`parse_apart`), with a
ceiling of memory where the system knows one. An .xlsx was measured by the guard and is parsed here.
"""

import os
import pickle
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
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

from talent.core.memory import without_cycle_search
from talent.workbooks.guard import FileRefused, Inspection, Limits
from talent.workbooks.raw import RawSheet
from talent.workbooks.sheet_scan import SheetScan

_CHILD_MEMORY = 4 << 30
_CHILD_SECONDS = 300


def parse(path: Path, file: str, found: Inspection, limits: Limits) -> list[RawSheet]:
    """Every worksheet of a guarded file; FileRefused when the parser fails."""
    with _calamine(path) as book, without_cycle_search():
        return [
            _raw_sheet(book, meta.name, file, found, limits, hidden=meta.visible is not SheetVisibleEnum.Visible)
            for meta in book.sheets_metadata
            if meta.typ is SheetTypeEnum.WorkSheet
        ]


def parse_apart(path: Path, file: str, found: Inspection, limits: Limits) -> list[RawSheet]:
    """As :func:`parse`, in a child process whose death is a damaged file and nothing more."""
    request = pickle.dumps((path.absolute(), file, found, limits))
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    command = [sys.executable, "-m", "talent.workbooks.parser"]
    try:
        child = subprocess.run(command, input=request, capture_output=True, env=environment, timeout=_CHILD_SECONDS)
    except subprocess.TimeoutExpired as error:
        raise FileRefused("workbooks.damaged") from error
    if child.returncode != 0:
        raise FileRefused("workbooks.damaged")
    answer: list[RawSheet] | tuple[str, dict[str, object]] = pickle.loads(child.stdout)
    if isinstance(answer, tuple):
        raise FileRefused(*answer)
    return answer


def main() -> None:
    """The child: a request on stdin, sheets or a refusal on stdout."""
    path, file, found, limits = pickle.load(sys.stdin.buffer)
    _limit_memory()
    answer: list[RawSheet] | tuple[str, dict[str, object]]
    try:
        answer = parse(path, file, found, limits)
    except FileRefused as refused:
        answer = refused.code, dict(refused.params)
    pickle.dump(answer, sys.stdout.buffer, protocol=pickle.HIGHEST_PROTOCOL)


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


if __name__ == "__main__":
    main()
