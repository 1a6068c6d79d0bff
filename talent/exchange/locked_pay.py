"""Which locked years of pay were computed from what an import wrote: that is corrected, not undone any more."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import Table, select
from sqlalchemy.orm import Session

from talent.assistance.models import Assignment
from talent.exchange.apply import TABLES
from talent.exchange.undo_plan import Undoing, chunks
from talent.pay.chain import LOCKED
from talent.pay.models import PayBatch, PayLine
from talent.people.models import Absence

#: The records that days on post, and days missed, are counted from.
COUNTED = (Assignment.__tablename__, Absence.__tablename__)


def years_resting_on(session: Session, undoing: Undoing, accepted_at: datetime) -> list[int]:
    """The years locked by runs computed after the import, in which somebody with a line has a day it would move."""
    years: dict[int, set[int]] = {}
    for person_id, first, last in _spans(session, undoing):
        years.setdefault(person_id, set()).update(range(first.year, (last or date.max).year + 1))
    found: set[int] = set()
    for some in chunks(years):
        rows = session.execute(
            select(PayLine.person_id, PayBatch.year).join(PayBatch, PayBatch.id == PayLine.batch_id)
            .where(PayLine.person_id.in_(some), PayBatch.state.in_(LOCKED), PayBatch.computed_at > accepted_at)
            .distinct())
        found |= {year for person_id, year in rows if year in years[person_id]}
    return sorted(found)


def _spans(session: Session, undoing: Undoing) -> Iterator[tuple[int, date, date | None]]:
    """(person, first, last day) of every record that would go, come back, or say something else again."""
    for name in COUNTED:
        images = [image for image in undoing.restored if image.table == name]
        ids = [*undoing.removed.get(name, ()), *(image.row_id for image in images if image.action == "update")]
        stored = {row["id"]: row for some in chunks(ids) for row in _rows(session, TABLES[name], some)}
        told = [*stored.values(), *({**stored.get(image.row_id, {}), **image.before} for image in images)]
        yield from ((row["person_id"], row["started_on"], row["ended_on"]) for row in told)


def _rows(session: Session, table: Table, ids: list[int]) -> list[Mapping[str, Any]]:
    wanted = select(table.c.id, table.c.person_id, table.c.started_on, table.c.ended_on)
    return [dict(row) for row in session.execute(wanted.where(table.c.id.in_(ids))).mappings()]
