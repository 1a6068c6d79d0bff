"""A year of incentive pay, computed and stored, against inserting the lines of its ledger alone."""

import sqlite3
from collections.abc import Sequence
from contextlib import closing

from sqlalchemy import select

from talent.bench import district
from talent.bench.imports import PRAGMAS
from talent.bench.measure import Figure, Setting, compared, expect, in_turn, timed
from talent.core.access import operator
from talent.core.work import Program
from talent.pay.commands import compute
from talent.pay.models import PayBatch, PayLine

_COLUMNS = [column.name for column in PayLine.__table__.columns]
_INSERT = f"INSERT INTO pay_lines ({', '.join(_COLUMNS)}) VALUES ({', '.join('?' * len(_COLUMNS))})"


def year(setting: Setting) -> list[Figure]:
    """``pay``: everybody on assistance for twelve months; facts read, lines and receipts computed, batch stored."""
    people = setting.size.assignments
    program = district.empty(setting.folder / "template")
    district.settle(program, people)
    district.send(program, people)
    lines = _lines(district.copy(program, setting.folder / "lines"), people)
    ours, bare = in_turn(
        setting.rounds,
        lambda: _compute(district.copy(program, setting.folder / "ours"), people),
        lambda: _insert(district.copy(program, setting.folder / "bare"), lines),
    )
    return [compared("pay", ours, bare, "CPU s", "≤ 1.3")]


def _compute(program: Program, people: int) -> float:
    with timed() as watch, program.begin(operator()) as work:
        batch = compute(work, year=district.PAY_YEAR)
        batch_id = batch.id
    with program.read(operator()) as work:
        counted = work.session.scalars(
            select(PayLine.month_count).where(PayLine.batch_id == batch_id)).all()
    program.engine.dispose()
    expect(len(counted) == people and set(counted) == {12}, f"{people} lines of twelve months are stored")
    return watch.seconds


def _lines(program: Program, people: int) -> list[Sequence[object]]:
    """The rows of the ledger as the program stores them, to be stored again by the driver alone."""
    _compute(program, people)
    with closing(sqlite3.connect(district.database(program))) as connection:
        return connection.execute(f"SELECT {', '.join(_COLUMNS)} FROM pay_lines").fetchall()


def _insert(program: Program, lines: Sequence[Sequence[object]]) -> float:
    with program.begin(operator()) as work:
        # The lines point at a batch; it is made outside the time.
        work.session.add(PayBatch(
            id=1, year=district.PAY_YEAR, sequence=1, convention="-", state="computed", computed_at=work.now,
            computed_by_name="", book_digest="", content_hash="", total_fen=0, parameters="[]", snapshot=""))
    program.engine.dispose()
    with closing(sqlite3.connect(district.database(program))) as connection:
        connection.executescript(PRAGMAS)
        with timed() as watch, connection:
            connection.executemany(_INSERT, lines)
    return watch.seconds
