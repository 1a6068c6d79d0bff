"""What waits in incentive pay: years nobody computed, runs with findings, new lines of a person. Counts only."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import case, extract, func, literal, select, union_all

from talent.assistance.models import Assignment
from talent.core.work import Work
from talent.pay.facts import YEARLY_AMOUNT
from talent.pay.models import REPLACEABLE, SUPERSEDED, PayBatch, PayFinding, PayLine
from talent.pay.queries import counts

#: In place of a count: the year has a run.
COMPUTED = -1


def uncomputed_years(work: Work) -> dict[int, int]:
    """Year → assignments in it, of the whole years since the standard that no run in force covers; one statement."""
    work.require("pay:compute")
    begun, ended = extract("year", Assignment.started_on), extract("year", Assignment.ended_on)
    sent = select(begun, ended, func.count()).group_by(begun, ended)
    runs = select(PayBatch.year, PayBatch.year, literal(COMPUTED)).where(PayBatch.state != SUPERSEDED).distinct()
    rows = work.session.execute(union_all(sent, runs)).all()
    computed = {first for first, _last, count in rows if count == COMPUTED}
    spans = [row for row in rows if row[2] != COMPUTED]
    counts = {
        year: sum(count for first, last, count in spans if first <= year and (last is None or last >= year))
        for year in range(work.book.first_date(YEARLY_AMOUNT).year, work.today.year) if year not in computed
    }
    return {year: count for year, count in counts.items() if count}


@dataclass(frozen=True, slots=True)
class RunWithFindings:
    """The run of a year that stands, and how many findings it has."""

    year: int
    sequence: int
    computed_at: datetime
    findings: int
    errors: int


def runs_with_findings(work: Work) -> list[RunWithFindings]:
    """The newest run of each year where it may still be replaced and something was noticed; one statement."""
    work.require("pay:compute")
    errors = func.sum(case((PayFinding.level == "error", 1), else_=0))
    rows = work.session.execute(
        select(PayBatch.year, PayBatch.sequence, PayBatch.state, PayBatch.computed_at, func.count(PayFinding.id),
               errors)
        .outerjoin(PayFinding, PayFinding.batch_id == PayBatch.id)
        .where(PayBatch.state != SUPERSEDED, PayBatch.adjusts_id.is_(None))
        .group_by(PayBatch.id, PayBatch.year, PayBatch.sequence, PayBatch.state, PayBatch.computed_at)
        .order_by(PayBatch.year.desc(), PayBatch.sequence)
    )
    newest = {row.year: row for row in rows}
    return [RunWithFindings(year, sequence, computed_at, count, int(wrong or 0))
            for year, sequence, state, computed_at, count, wrong in newest.values() if count and state in REPLACEABLE]


def new_lines(work: Work, person_id: int, since: datetime) -> Sequence[tuple[int, int, datetime]]:
    """(line, year, when) of the person's lines in runs in force computed since then, the latest year first."""
    rows = work.session.execute(
        select(PayLine.id, PayBatch.year, PayBatch.computed_at)
        .join(PayBatch, PayBatch.id == PayLine.batch_id)
        .where(PayLine.person_id == person_id, PayBatch.state != SUPERSEDED, PayBatch.computed_at >= since,
               counts())
        .order_by(PayBatch.year.desc(), PayBatch.sequence.desc(), PayLine.id))
    return [(line_id, year, computed_at) for line_id, year, computed_at in rows]
