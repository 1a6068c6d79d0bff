"""Taking the board out of the program: readable by whoever may read it, and remembered. Nothing is changed.

The books hold figures of schools and no person's name, so the right is the one to read the board.
"""

from collections.abc import Callable
from datetime import date
from pathlib import Path

from talent.core.errors import Finding
from talent.core.work import Work
from talent.indicators import queries
from talent.indicators.evidence import evidence, gaps_table
from talent.workbooks.tables import Table, write_tables

Say = Callable[[Finding], tuple[str, str]]


def export_evidence(work: Work, *, on: date, path: Path, say: Say) -> int:
    """Write the evidence book of ``on``; answers the number of rows."""
    return _export(work, "evidence", on, path, evidence(queries.board(work, on), say))


def export_missing(work: Work, *, on: date, path: Path, say: Say) -> int:
    """Write the list of what is missing on ``on``; answers the number of rows."""
    return _export(work, "missing", on, path, [gaps_table(queries.board(work, on), say)])


def _export(work: Work, what: str, on: date, path: Path, tables: list[Table]) -> int:
    rows = sum(len(table.rows) for table in tables)
    write_tables(path, tables)
    work.record("indicator:export", "export", what, on=on.isoformat(), rows=rows)
    return rows
