"""A year of incentive pay, computed and stored, against inserting the lines of its ledger alone."""

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass

from sqlalchemy import select

from talent.bench import district
from talent.bench.imports import PRAGMAS
from talent.bench.measure import Figure, Setting, compared, expect, in_turn, timed
from talent.core.access import operator
from talent.core.memory import without_cycle_search
from talent.core.work import Program
from talent.pay.commands import compute
from talent.pay.facts import PayTerms
from talent.pay.models import PayBatch, PayLine
from talent.pay.records import facts_of_year
from talent.pay.rules import compute_year

_COLUMNS = [column.name for column in PayLine.__table__.columns]
_INSERT = f"INSERT INTO pay_lines ({', '.join(_COLUMNS)}) VALUES ({', '.join('?' * len(_COLUMNS))})"  # noqa: S608 columns of the model


@dataclass(frozen=True, slots=True)
class Times:
    """CPU seconds of one run, and of two of its steps done once more by themselves."""

    whole: float
    read: float
    count: float

    @property
    def store(self) -> float:
        """What is left: the snapshot, the hash of the content, the rows and the commit."""
        return self.whole - self.read - self.count


def year(setting: Setting) -> list[Figure]:
    """``pay``: everybody on assistance for twelve months; facts read, lines counted, snapshot and lines stored.

    The whole, and its three steps, each against the same counterpart: reading the facts alone costs as much as
    inserting the lines, so the whole cannot come near it; the step that stores can be held to it.
    """
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
    counterpart = [times.whole for times in bare]
    return [
        compared("pay", [times.whole for times in ours], counterpart, "CPU s", "≤ 1.3"),
        compared("pay-read", [times.read for times in ours], counterpart, "CPU s"),
        compared("pay-count", [times.count for times in ours], counterpart, "CPU s"),
        compared("pay-store", [times.store for times in ours], counterpart, "CPU s"),
    ]


def _compute(program: Program, people: int) -> Times:
    with timed() as watch, program.begin(operator()) as work:
        batch = compute(work, year=district.PAY_YEAR)
        batch_id = batch.id
    with program.read(operator()) as work:
        counted = work.session.scalars(
            select(PayLine.month_count).where(PayLine.batch_id == batch_id)).all()
        with without_cycle_search():
            with timed() as read:
                known = facts_of_year(work.session, district.PAY_YEAR)
            terms = PayTerms.from_book(work.book, district.PAY_YEAR)
            with timed() as count:
                result = compute_year(district.PAY_YEAR, known.persons, known.schools, terms)
    program.engine.dispose()
    expect(len(counted) == len(result.lines) == people and set(counted) == {12},
           f"{people} lines of twelve months are stored")
    return Times(watch.seconds, read.seconds, count.seconds)


def _lines(program: Program, people: int) -> list[Sequence[object]]:
    """The rows of the ledger as the program stores them, to be stored again by the driver alone."""
    _compute(program, people)
    with closing(sqlite3.connect(district.database(program))) as connection:
        return connection.execute(f"SELECT {', '.join(_COLUMNS)} FROM pay_lines").fetchall()  # noqa: S608 columns of the model


def _insert(program: Program, lines: Sequence[Sequence[object]]) -> Times:
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
    return Times(watch.seconds, 0, 0)
