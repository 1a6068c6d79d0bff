"""Lists of the tiers handed out as workbooks: whoever takes one leaves a trace."""

from datetime import date
from pathlib import Path

from talent.core.work import Work
from talent.tiers.candidates import READ, TAKE
from talent.workbooks.table import TableSheet, write_table


def export_eligible(work: Work, *, tier: str, on: date, sheet: TableSheet, path: Path) -> int:
    """Write the verdicts the actor was shown to ``path``; answers the number of people. Leaves an audit entry."""
    work.require(READ)
    work.require(TAKE)
    rows = write_table(path, sheet)
    work.record(TAKE, "eligibility", tier, on=on.isoformat(), rows=rows)
    return rows
