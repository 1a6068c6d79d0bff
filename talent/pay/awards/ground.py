"""What a school has to split: the sum that stands for it in the ledger, and the people it came from."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, case, func, or_, select
from sqlalchemy.orm import Session

from talent.core.terms import IN_SERVICE
from talent.pay.book import ledger_head, stands
from talent.pay.chain import LOCKED
from talent.pay.ledger import ACCRUING
from talent.pay.ledger_models import PayEntry
from talent.pay.models import PayBatch, PayLine
from talent.people.models import Employment, Person

#: The kinds of entry that make up what stands for a school.
COUNTING = (*ACCRUING, "reversal")


class Served(NamedTuple):
    """Somebody who served for the school in the year: what of them stands, by which line."""

    person_id: int
    staff_no: str
    name: str
    fen: int
    months: int
    days: int
    line_id: int | None


@dataclass(frozen=True, slots=True)
class Ground:
    """A school's allotment of a year as it stands: ``head`` is the ledger's last entry, ``batch_id`` the last run
    that was locked, None before the first."""

    allotment_fen: int
    head: int
    batch_id: int | None
    convention: str
    people: tuple[Served, ...]


def standing_sum() -> ColumnElement[int]:
    """What entries come to: what accrued, less what was reversed."""
    return func.coalesce(func.sum(case(
        (PayEntry.kind.in_(ACCRUING), PayEntry.fen), (PayEntry.kind == "reversal", -PayEntry.fen), else_=0)), 0)


def ground_of(session: Session, year: int, school_id: int) -> Ground:
    """What stands for a school and a year, with its people; a handful of statements whatever their number."""
    rows = session.execute(
        select(PayEntry.id, PayEntry.kind, PayEntry.person_id, PayEntry.school_id, PayEntry.sequence, PayEntry.fen,
               PayEntry.line_id)
        .where(PayEntry.year == year, PayEntry.school_id == school_id, PayEntry.kind.in_(COUNTING))
        .order_by(PayEntry.id)).all()
    line_of = {row.id: row.line_id for row in rows}
    stand = {person_id: (each.fen, line_of.get(each.entry_id or 0)) for (person_id, _), each in stands(rows).items()}
    batch = session.execute(
        select(PayBatch.id, PayBatch.convention).where(PayBatch.year == year, PayBatch.state.in_(LOCKED))
        .order_by(PayBatch.sequence.desc()).limit(1)).first()
    return Ground(
        sum(fen for fen, _ in stand.values()), ledger_head(session)[0], batch.id if batch else None,
        batch.convention if batch else "",
        _people(session, _lines(year, school_id), stand, batch.id if batch else 0))


def _lines(year: int, school_id: int) -> Select[*tuple[Any, ...]]:
    return (
        select(PayLine.id, PayLine.person_id, PayLine.batch_id, PayLine.month_count, PayLine.days, Person.staff_no,
               Person.name)
        .join(PayBatch, PayBatch.id == PayLine.batch_id).join(Person, Person.id == PayLine.person_id)
        .where(PayBatch.year == year, PayBatch.state.in_(LOCKED), PayLine.school_id == school_id)
        .order_by(PayBatch.sequence))


def _people(
    session: Session, lines: Select[*tuple[Any, ...]], stand: Mapping[int, tuple[int, int | None]], newest: int
) -> tuple[Served, ...]:
    """Whoever has a sum standing, and whoever the newest run says served, by staff number."""
    found: dict[int, Served] = {}
    for row in session.execute(lines):
        fen, line_id = stand.get(row.person_id, (0, None))
        if row.id == line_id or (not fen and row.batch_id == newest):
            found[row.person_id] = Served(row.person_id, row.staff_no, row.name, fen, row.month_count, row.days, row.id)
    return tuple(sorted(found.values(), key=lambda person: person.staff_no))


def staff_in(session: Session, school_id: int, year: int, staff_nos: Collection[str]) -> dict[str, tuple[int, str]]:
    """Staff number → (id, name), of those who were at the school on a day of the year."""
    first, after = date(year, 1, 1), date(year + 1, 1, 1)
    rows = session.execute(
        select(Person.staff_no, Person.id, Person.name).join(Employment, Employment.person_id == Person.id)
        .where(Employment.school_id == school_id, Person.staff_no.in_(staff_nos),
               or_(Employment.valid_from.is_(None), Employment.valid_from < after),
               or_(Employment.valid_to.is_(None), Employment.valid_to > first),
               or_(Employment.status.in_(IN_SERVICE), Employment.left_on > first))
        .distinct())
    return {row.staff_no: (row.id, row.name) for row in rows}
