"""What a batch keeps, as it was hashed: bare lines, findings, and the snapshot they can be computed from again."""

import json
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Row, insert, select
from sqlalchemy.orm import Session

from talent.core.errors import Finding
from talent.pay import snapshots
from talent.pay.content import BareLine
from talent.pay.models import PayBatch, PayFinding, PayLine, PaySnapshotPart
from talent.pay.snapshots import Facts, Snapshot


def lines(session: Session, batch_id: int) -> list[BareLine]:
    """The lines of a batch by staff number and school code."""
    rows = session.execute(
        select(PayLine.staff_no, PayLine.school_code, PayLine.months, PayLine.month_count, PayLine.days,
               PayLine.amount_fen).where(PayLine.batch_id == batch_id)).all()
    return sorted(BareLine(*row) for row in rows)


def lines_of_school(session: Session, batch_id: int, school_id: int) -> list[BareLine]:
    """One school's lines of a batch by staff number."""
    rows = session.execute(
        select(PayLine.staff_no, PayLine.school_code, PayLine.months, PayLine.month_count, PayLine.days,
               PayLine.amount_fen).where(PayLine.batch_id == batch_id, PayLine.school_id == school_id)).all()
    return sorted(BareLine(*row) for row in rows)


def findings(session: Session, batch_id: int) -> list[Finding]:
    """The findings of a batch in the order they were made."""
    rows = session.execute(
        select(PayFinding.code, PayFinding.clause, PayFinding.params, PayFinding.level)
        .where(PayFinding.batch_id == batch_id).order_by(PayFinding.id)).all()
    return [finding(row) for row in rows]


def finding(row: Row[*tuple[Any, ...]]) -> Finding:
    """The finding in a row of its table."""
    return Finding(row.code, row.clause, json.loads(row.params), row.level)


def snapshot(session: Session, batch: PayBatch) -> Snapshot:
    """The whole snapshot: megabytes for a large district."""
    parts = session.scalars(
        select(PaySnapshotPart.content).where(PaySnapshotPart.batch_id == batch.id).order_by(PaySnapshotPart.number))
    return Snapshot(batch.snapshot, parts.all())


def facts(session: Session, batch: PayBatch) -> Facts:
    """Everything a batch was computed from."""
    kept = snapshot(session, batch)
    return snapshots.thaw(kept.head, kept.parts)


def facts_of_person(session: Session, batch: PayBatch, staff_no: str) -> Facts:
    """The same for one person, read from the one part that holds them."""
    part = session.scalars(
        select(PaySnapshotPart.content)
        .where(PaySnapshotPart.batch_id == batch.id,
               PaySnapshotPart.number == snapshots.part_of(batch.snapshot, staff_no))).one()
    return snapshots.thaw(batch.snapshot, [part]).of_person(staff_no)


def add(
    session: Session, model: type[PayLine] | type[PayFinding] | type[PaySnapshotPart], columns: Sequence[str],
    rows: Iterable[tuple[Any, ...]],
) -> None:
    """Insert rows of numbers and texts by the driver's own ``executemany``.

    Nothing in them needs a conversion, and a statement per row made ready by SQLAlchemy takes as long as the database.
    """
    if not (values := list(rows)):
        return
    connection = session.connection()
    statement = insert(model).inline().compile(dialect=connection.dialect, column_keys=list(columns))
    names = statement.positiontup
    if names is None:
        connection.exec_driver_sql(str(statement), [dict(zip(columns, row, strict=True)) for row in values])
        return
    if tuple(names) != tuple(columns):
        raise ValueError(f"columns in the order of the table: {names}")
    connection.exec_driver_sql(str(statement), values)
