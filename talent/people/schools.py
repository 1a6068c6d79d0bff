"""The schools of a date: what they were called, who worked there, what became of them. Nothing later is told."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select, true
from sqlalchemy.orm import Session, aliased

from talent.core.access import Scope
from talent.core.errors import NotFound
from talent.core.work import Work
from talent.people.models import Employment, School, SchoolPast
from talent.people.queries import in_service_on, open_on, school_kind_on, school_name_on

READ = "school:read"
OPEN, CLOSED, ALL = "open", "closed", "all"
SORTABLE = ("code", "name", "kind", "area", "staff")


@dataclass(frozen=True, slots=True)
class SchoolCriteria:
    """What the list is narrowed to; "" leaves a side open. Without a state: the schools open that day."""

    words: str = ""
    kind: str = ""
    area: str = ""
    state: str = ""


@dataclass(frozen=True, slots=True)
class SchoolRow:
    """A school on a date. ``staffed`` 在编, ``others`` 编外, ``unsaid``: nothing recorded of it; all in service."""

    id: int
    code: str
    name: str
    kind: str
    ownership: str
    area: str
    community: str
    opened_on: date | None
    closed_on: date | None
    merged_into_id: int | None
    staffed: int
    others: int
    unsaid: int

    @property
    def staff(self) -> int:
        """Everybody whose post stood here."""
        return self.staffed + self.others + self.unsaid


@dataclass(frozen=True, slots=True)
class Called:
    """A name a school had, half-open; ``since`` None: from its beginning, ``until`` None: still."""

    name: str
    kind: str
    since: date | None
    until: date | None


@dataclass(frozen=True, slots=True)
class SchoolProfile:
    """One school on a date: its row, its names until then, what it became part of (id, name), what it took in."""

    row: SchoolRow
    names: tuple[Called, ...]
    successor: tuple[int, str] | None
    absorbed: tuple[tuple[int, str, date], ...]


def within_schools(scope: Scope) -> ColumnElement[bool]:
    """The schools the scope reaches."""
    return true() if scope.everyone else School.id.in_(scope.schools)


def find_schools(
    work: Work, on: date, criteria: SchoolCriteria, *, sort: str = "code", offset: int = 0, limit: int = 50
) -> tuple[list[SchoolRow], int]:
    """The schools of ``on`` that the actor may read, one page of them, and how many there are; two statements."""
    wanted = and_(within_schools(work.require(READ)), *_narrowed(criteria, on))
    total = work.session.scalar(select(func.count()).select_from(School).where(wanted)) or 0
    rows = work.session.execute(_rows(on, sort).where(wanted).offset(offset).limit(limit))
    return [_row(row, on) for row in rows], total


def _narrowed(criteria: SchoolCriteria, on: date) -> Iterable[ColumnElement[bool]]:
    begun = or_(School.opened_on.is_(None), School.opened_on <= on)
    yield {CLOSED: School.closed_on <= on, ALL: begun}.get(criteria.state, open_on(on))
    if criteria.kind:
        yield school_kind_on(on) == criteria.kind
    if criteria.area:
        yield School.area == criteria.area
    if criteria.words:
        yield or_(school_name_on(on).contains(criteria.words, autoescape=True),
                  School.code.startswith(criteria.words, autoescape=True))


def _rows(on: date, sort: str) -> Select[*tuple[Any, ...]]:
    staffed = Employment.quota_type == "staffed"
    unsaid = Employment.quota_type == ""
    staff = (
        select(Employment.school_id, func.count().label("staff"),
               func.sum(case((staffed, 1), else_=0)).label("staffed"),
               func.sum(case((unsaid, 1), else_=0)).label("unsaid"))
        .where(in_service_on(on)).group_by(Employment.school_id).subquery()
    )
    name, kind = school_name_on(on).label("called"), school_kind_on(on).label("kind_then")
    columns = {"code": School.code, "name": name, "kind": kind, "area": School.area,
               "staff": func.coalesce(staff.c.staff, 0)}
    first = columns.get(sort.lstrip("-"), School.code)
    return (
        select(School.id, School.code, name, kind, School.ownership, School.area, School.community, School.opened_on,
               School.closed_on, School.merged_into_id, staff.c.staff, staff.c.staffed, staff.c.unsaid)
        .outerjoin(staff, staff.c.school_id == School.id)
        .order_by(first.desc() if sort.startswith("-") else first, School.code)
    )


def _row(row: Any, on: date) -> SchoolRow:
    closed = row.closed_on is not None and row.closed_on <= on
    staff, staffed, unsaid = int(row.staff or 0), int(row.staffed or 0), int(row.unsaid or 0)
    return SchoolRow(row.id, row.code, row.called, row.kind_then, row.ownership, row.area, row.community, row.opened_on,
                     row.closed_on if closed else None, row.merged_into_id if closed else None, staffed,
                     staff - staffed - unsaid, unsaid)


def school_on(work: Work, school_id: int, on: date) -> SchoolProfile:
    """One school as of ``on``. NotFound: unknown, out of the actor's sight, or not opened yet."""
    begun = or_(School.opened_on.is_(None), School.opened_on <= on)
    found = work.session.execute(
        _rows(on, "code").where(School.id == school_id, within_schools(work.require(READ)), begun)).one_or_none()
    if found is None:
        raise NotFound("school", school_id)
    row = _row(found, on)
    heir = row.merged_into_id
    successor = None if heir is None else (heir, names_on(work.session, [heir], on)[heir])
    return SchoolProfile(row, _names(work.session, row, on), successor, _absorbed(work.session, school_id, on))


def names_on(session: Session, school_ids: Iterable[int], on: date) -> dict[int, str]:
    """What these schools were called on the day, by id."""
    rows = session.execute(select(School.id, school_name_on(on).label("name")).where(School.id.in_(list(school_ids))))
    return {row.id: row.name for row in rows}


def _names(session: Session, row: SchoolRow, on: date) -> tuple[Called, ...]:
    """The names until ``on``, oldest first; the last one is that of the day."""
    since, names = row.opened_on, list[Called]()
    for past in session.scalars(select(SchoolPast).where(SchoolPast.school_id == row.id, SchoolPast.valid_to <= on)
                                .order_by(SchoolPast.valid_to)):
        names.append(Called(past.name, past.kind, since, past.valid_to))
        since = past.valid_to
    return (*names, Called(row.name, row.kind, since, row.closed_on))


def _absorbed(session: Session, school_id: int, on: date) -> tuple[tuple[int, str, date], ...]:
    closed = School.closed_on
    rows = session.execute(
        select(School.id, school_name_on(on).label("name"), closed).where(
            School.merged_into_id == school_id, closed <= on).order_by(closed, School.code))
    return tuple((row.id, row.name, row.closed_on) for row in rows if row.closed_on is not None)


def open_schools(session: Session, on: date) -> list[tuple[str, str]]:
    """Code and name of every school open on the day, for forms."""
    rows = session.execute(
        select(School.code, school_name_on(on).label("name")).where(open_on(on)).order_by(School.code))
    return [(row.code, row.name) for row in rows]


def heirs(session: Session, school_id: int) -> set[int]:
    """The schools that end up in this one by mergers, itself included: none of them can take it in."""
    into = aliased(School)
    pairs = session.execute(select(School.id, into.id).join(into, into.id == School.merged_into_id)).all()
    found, grew = {school_id}, True
    while grew:
        more = {child for child, parent in pairs if parent in found} - found
        grew = bool(more)
        found |= more
    return found


def spoken_for(work: Work, scope: Scope) -> Scope:
    """The scope with the schools that went into its own by mergers until today: of theirs nobody else is left to speak.

    One statement in a transaction, for those whose reach is a school; queries that say how many they take leave it out.
    """
    if scope.everyone or not scope.schools:
        return scope
    known: dict[frozenset[int], frozenset[int]] = work.session.info.setdefault("spoken_for", {})
    if scope.schools not in known:
        own = select(School.id).where(School.id.in_(scope.schools)).cte(recursive=True)
        gone = aliased(School)
        own = own.union(select(gone.id).join(own, own.c.id == gone.merged_into_id).where(gone.closed_on <= work.today))
        known[scope.schools] = frozenset(work.session.scalars(select(own.c.id)))
    return replace(scope, schools=known[scope.schools])
