"""The people behind the district's rates on a date: hours, certificates, exchange, backbone among those exchanged."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlalchemy.orm import Session

from talent.assistance.models import Assignment
from talent.core.periods import Period
from talent.indicators.rules import exchange_year, is_exchange_eligible
from talent.indicators.staff import Counting
from talent.people.models import Collection, Employment, Exchange, School
from talent.people.queries import in_service_on
from talent.policy.book import Book
from talent.training.models import Training
from talent.training.queries import reaching
from talent.training.rules import HoursPolicy


@dataclass(frozen=True, slots=True)
class Move:
    """An exchange that began in the school year: the school left, the school gone to (None: outside), and the day."""

    from_school_id: int
    to_school_id: int | None
    on: date


@dataclass(frozen=True, slots=True)
class Exchanges:
    """小学 and 初中 full-time teachers by person id: who could be exchanged, who was, and since when each had been at
    the school that counts, None where nothing tells."""

    eligible: frozenset[int]
    exchanged: Mapping[int, Move]
    since: Mapping[int, date | None]


def teachers_reaching(session: Session, on: date, book: Book, counting: Counting) -> int:
    """How many teachers' rolling hours reach the minimum; counted by the database."""
    return session.scalar(
        select(func.count()).select_from(Employment).join(School, School.id == Employment.school_id)
        .where(in_service_on(on), counting.compulsory, Employment.person_id.in_(reaching_hours(book, on)))
    ) or 0


def reaching_hours(book: Book, on: date) -> Any:
    """The persons whose rolling hours reach the minimum on the date, as a subquery."""
    return reaching(HoursPolicy.in_force(book, on), on)


def exchanges(session: Session, on: date, book: Book, counting: Counting) -> Exchanges:
    """Who could be and who was exchanged in the school year of the date; two statements."""
    moves = _moves(session, on, book)
    years: int = book.at("indicators.exchange_years", on).value
    eligible: set[int] = set()
    exchanged: dict[int, Move] = {}
    since: dict[int, date | None] = {}
    for person_id, periods in groupby(_careers(session, on, counting), key=lambda row: row[0]):
        career = [row[1:] for row in periods]
        post = next((school_id for school_id, _, _, is_post in career if is_post), None)
        if post is None:
            continue
        move = moves.get(person_id)
        if move is not None:
            exchanged[person_id] = move
        school_id, until = (post, on) if move is None else (move.from_school_id, move.on)
        since[person_id] = arrived = stays(career).get(school_id)
        if arrived is not None and is_exchange_eligible(arrived, until, years):
            eligible.add(person_id)
    return Exchanges(frozenset(eligible), exchanged, since)


def _careers(session: Session, on: date, counting: Counting) -> Iterable[Any]:
    """The periods begun by the date, oldest first: person, school, first day, 到校日期, and whether it is the post in
    which the person counts."""
    is_post = case((and_(in_service_on(on), counting.compulsory), 1), else_=0)
    return session.execute(
        select(Employment.person_id, Employment.school_id, Employment.valid_from, Employment.arrived_on, is_post)
        .join(School, School.id == Employment.school_id)
        .where(or_(Employment.valid_from.is_(None), Employment.valid_from <= on))
        .order_by(Employment.person_id, func.coalesce(Employment.valid_from, date.min))
    )


def stays(career: Iterable[tuple[int, date | None, date | None, int]]) -> dict[int, date | None]:
    """School → arrival at its latest stay: 到校日期, else the first day of the unbroken time there.

    A 到校日期 carried over from the school before says nothing.
    """
    found: dict[int, date | None] = {}
    carried: date | None = None
    for school_id, stay in groupby(career, key=lambda row: row[0]):
        periods = list(stay)
        said = [arrived for _, _, arrived, _ in periods if arrived is not None and arrived != carried]
        found[school_id] = said[-1] if said else periods[0][1]
        carried = periods[-1][2] or carried
    return found


def _moves(session: Session, on: date, book: Book) -> dict[int, Move]:
    """Person → the first exchange that began in the school year of the date; assistance too where policy says so."""
    year = exchange_year(on)
    found = [(row.person_id, Move(row.from_school_id, row.to_school_id, row.started_on)) for row in session.execute(
        select(Exchange.person_id, Exchange.from_school_id, Exchange.to_school_id, Exchange.started_on)
        .where(*_began(Exchange, year)))]
    if book.at("indicators.assistance_counts_as_exchange", on).value:
        found += [(row.person_id, Move(row.sending_school_id, None, row.started_on)) for row in session.execute(
            select(Assignment.person_id, Assignment.sending_school_id, Assignment.started_on)
            .where(*_began(Assignment, year)))]
    return dict(sorted(found, key=lambda pair: (pair[1].on, pair[1].from_school_id), reverse=True))


def _began(model: Any, year: Period) -> tuple[ColumnElement[bool], ...]:
    return model.started_on >= year.start, model.started_on < year.end


def collected(session: Session, on: date) -> frozenset[str]:
    """Kinds of record kept by then: 采集范围 says so, or there is one; one statement."""
    def said(kind: str) -> ColumnElement[bool]:
        return select(Collection.id).where(Collection.kind == kind, Collection.started_on <= on).exists()

    training = select(Training.id).where(Training.ended_on <= on).exists()
    moved = select(Exchange.id).where(Exchange.started_on < exchange_year(on).end).exists()
    row = session.execute(select(said("training") | training, said("exchanges") | moved)).one()
    return frozenset(kind for kind, is_kept in zip(("training", "exchanges"), row, strict=True) if is_kept)
