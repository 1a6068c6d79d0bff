"""The five conventions side by side on the people of one run, within the reader's reach."""

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from talent.core.memory import without_cycle_search
from talent.core.work import Work
from talent.pay import stored
from talent.pay.models import PayBatch, PayLine
from talent.pay.queries import LineRow, reach, readable
from talent.pay.rules import CONVENTIONS


class Compared(NamedTuple):
    """Fen in the order of ``CONVENTIONS``: of everybody, and by (staff number, school code)."""

    sums: tuple[int, ...]
    lines: Mapping[tuple[str, str], tuple[int, ...]]


_KEPT: Final = 4
# What a batch was computed from never changes, so neither does the answer: the last few by content hash.
_compared_batches: dict[str, Compared] = {}


@without_cycle_search()
def _compared(session: Session, batch: PayBatch) -> Compared:
    known = _compared_batches.get(batch.content_hash)
    if known is None:
        results = stored.facts(session, batch).compared().values()
        lines = {(rows[0].staff_no, rows[0].school_code): tuple([row.amount_fen for row in rows])
                 for rows in zip(*(result.lines for result in results), strict=True)}
        known = Compared(tuple([result.total_fen for result in results]), lines)
        for oldest in list(_compared_batches)[:1 - _KEPT]:
            _compared_batches.pop(oldest, None)
        _compared_batches[batch.content_hash] = known
    return known


def sums(work: Work, batch: PayBatch) -> dict[str, int]:
    """What the reader's lines add up to under each of the five conventions, on the same people."""
    scope = readable(work)
    compared = _compared(work.session, batch)
    if scope.everyone:
        return dict(zip(CONVENTIONS, compared.sums, strict=True))
    mine = [compared.lines[staff_no, code] for staff_no, code in work.session.execute(
        select(PayLine.staff_no, PayLine.school_code).where(PayLine.batch_id == batch.id, reach(scope)))]
    return {code: sum(fen[at] for fen in mine) for at, code in enumerate(CONVENTIONS)}


def lines(work: Work, batch: PayBatch, rows: Sequence[LineRow]) -> list[tuple[LineRow, dict[str, int]]]:
    """Lines the reader has been shown, each with its amount under every convention."""
    work.require("pay:read")
    amounts, then = _compared(work.session, batch).lines, {
        line_id: (staff_no, code) for line_id, staff_no, code in work.session.execute(
            select(PayLine.id, PayLine.staff_no, PayLine.school_code).where(PayLine.id.in_([row.id for row in rows])))}
    return [(row, dict(zip(CONVENTIONS, amounts[then[row.id]], strict=True))) for row in rows]
