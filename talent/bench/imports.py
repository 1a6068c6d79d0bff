"""Importing training records, against the parser and the database alone; then the same file again."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from python_calamine import CalamineWorkbook

from talent.bench import district
from talent.bench.measure import Figure, Setting, compared, expect, in_turn, timed
from talent.core import terms
from talent.core.access import operator
from talent.core.work import Program
from talent.exchange.commands import Outcome, load
from talent.exchange.reading import read_files
from talent.sample.workbooks import SHEETS, write
from talent.workbooks.guard import COMMAND_LINE

PRAGMAS = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA cache_size=-65536"
_FIRST_DAY = date(2023, 9, 1)
_INSERT = (
    "INSERT INTO trainings (person_id, name, level, mode, theme, started_on, ended_on, hours_hundredths, organiser, "
    "result, certificate_no, state, version) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'recognised', 1)"
)


@dataclass(frozen=True, slots=True)
class Times:
    """CPU seconds of one round's steps. ``again`` is the whole of the second import, 0 for the counterpart."""

    read: float
    write: float
    again: float = 0.0

    @property
    def whole(self) -> float:
        """From the file to the commit."""
        return self.read + self.write


def training(setting: Setting) -> list[Figure]:
    """``import-training``: the whole import, its part after validation of the file, and the repeat."""
    path = _workbook(setting)
    program = district.empty(setting.folder / "template")
    district.settle(program, setting.size.training_people)
    rows = setting.size.training_rows
    ours, bare = in_turn(
        setting.rounds,
        lambda: _import(district.copy(program, setting.folder / "ours"), path, rows),
        lambda: _insert(district.copy(program, setting.folder / "bare"), path, rows),
    )
    first = [times.whole for times in ours]
    return [
        compared("import-training", first, [times.whole for times in bare], "CPU s"),
        compared("import-training-load", [times.write for times in ours], [times.write for times in bare], "CPU s",
                 "≤ 1.8"),
        compared("import-training-again", [times.again for times in ours], first, "CPU s", "≤ 0.5, 0 rows"),
    ]


def _import(program: Program, path: Path, rows: int) -> Times:
    read, written, first = _load(program, path)
    expect(first.accepted and first.changes == rows, f"{rows} rows are added")
    read_again, compared_again, again = _load(program, path)
    expect(again.accepted and again.changes == 0, "the same file changes nothing")
    program.engine.dispose()
    return Times(read, written, read_again + compared_again)


def _load(program: Program, path: Path) -> tuple[float, float, Outcome]:
    """Seconds of reading, seconds of planning and writing with the commit, and what was done."""
    with timed() as read:
        reading = read_files([path], COMMAND_LINE)
    with timed() as written, program.begin(operator()) as work:
        outcome = load(work, reading, as_of=None)
    return read.seconds, written.seconds, outcome


def _insert(program: Program, path: Path, rows: int) -> Times:
    """The same rows into the same table: bare parser, bare driver, nothing checked."""
    with closing(sqlite3.connect(district.database(program))) as connection:
        connection.executescript(PRAGMAS)
        people = dict(connection.execute("SELECT staff_no, id FROM people"))
        with timed() as read:
            records = list(_records(path, people))
        with timed() as written, connection:
            connection.executemany(_INSERT, records)
        stored = connection.execute("SELECT count(*) FROM trainings").fetchone()[0]
    expect(stored == rows, f"{rows} rows are inserted")
    return Times(read.seconds, written.seconds)


def _records(path: Path, people: dict[str, int]) -> Iterator[Sequence[Any]]:
    lines = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).iter_rows()
    next(lines)
    for staff_no, _name, name, level, mode, theme, first, last, hours, organiser, result, certificate in lines:
        yield (people[str(staff_no)], name, terms.TRAINING_LEVEL[str(level)], terms.TRAINING_MODE[str(mode)], theme,
               str(first), str(last), int(Decimal(str(hours)) * 100), organiser,
               terms.TRAINING_RESULT[str(result)], certificate)


def _workbook(setting: Setting) -> Path:
    path = setting.folder / "training.xlsx"
    write(path, SHEETS["training"], _rows(setting.size.training_rows, setting.size.training_people),
          created=date(2026, 9, 1))
    return path


def _rows(count: int, people: int) -> Iterator[tuple[object, ...]]:
    """Everybody in every course in turn: courses differ in name, days, level and hours."""
    for number in range(count):
        course, person = divmod(number, people)
        first = _FIRST_DAY + timedelta(days=7 * course)
        yield (
            district.staff_no(person + 1), f"教师{person + 1}", f"课程{course}", ("区培", "国培", "校本")[course % 3],
            ("线下", "线上")[course % 2], f"主题{course % 12}", first, first + timedelta(days=4),
            Decimal(course % 30 + 1) + Decimal("0.5"), "区教师发展中心", "合格", f"证{number:08d}",
        )
