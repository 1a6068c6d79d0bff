"""Assignments of paired assistance and of development communities, as they were known on a date."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Row, and_, func, or_, select, true
from sqlalchemy.orm import Session

from talent.assistance.calendar import Spell, year_of
from talent.assistance.models import Assignment
from talent.core.work import Work
from talent.people.models import Employment, Person, School
from talent.people.queries import current_on, school_name_on, within
from talent.people.schools import spoken_for
from talent.people.search import matching

READ = "assistance:read"


@dataclass(frozen=True, slots=True)
class AssignmentRow:
    """One spell at a host. ``ended_on`` None: no end set; ``appraisal`` "": none yet."""

    id: int
    host: str
    kind: str
    sending_school: str
    started_on: date
    ended_on: date | None
    appraisal: str
    document_no: str


def assignments_of(session: Session, person_id: int, on: date) -> Sequence[AssignmentRow]:
    """The assignments that had begun by ``on``, the latest first; an appraisal only once the spell was over.

    The caller has checked that the actor may see the person.
    """
    rows = session.execute(
        select(Assignment.id, Assignment.host, Assignment.kind, school_name_on(on).label("sending_school"),
               Assignment.started_on, Assignment.ended_on, Assignment.appraisal, Assignment.document_no)
        .join(School, School.id == Assignment.sending_school_id)
        .where(Assignment.person_id == person_id, Assignment.started_on <= on)
        .order_by(Assignment.started_on.desc(), Assignment.id)
    )
    return [AssignmentRow(row.id, row.host, row.kind, row.sending_school, row.started_on, row.ended_on,
                          row.appraisal if row.ended_on is not None and row.ended_on <= on else "", row.document_no)
            for row in rows]


def unappraised(work: Work) -> tuple[int, int, date | None]:
    """How many assignments the actor records are over without 考核结果, of how many schools, and the first end; one
    statement."""
    scope = spoken_for(work, work.require("record:import"))
    sent = true() if scope.everyone else Assignment.sending_school_id.in_(scope.schools)
    count, schools, oldest = work.session.execute(
        select(func.count(), func.count(Assignment.sending_school_id.distinct()), func.min(Assignment.ended_on))
        .where(Assignment.ended_on <= work.today, Assignment.appraisal == "", sent)).one()
    return count, schools, oldest


def spells_between(session: Session, first: date, last: date) -> Sequence[Row[*tuple[Any, ...]]]:
    """Everybody's assignments with a day from ``first`` to ``last``, both in; one statement.

    The caller has checked that the actor may see everybody.
    """
    return session.execute(
        select(Assignment.person_id, Assignment.kind, Assignment.started_on, Assignment.ended_on)
        .where(Assignment.started_on <= last, or_(Assignment.ended_on.is_(None), Assignment.ended_on >= first))
        .order_by(Assignment.started_on, Assignment.id)
    ).all()


@dataclass(frozen=True, slots=True)
class Away:
    """Somebody in a year's calendar."""

    person_id: int
    staff_no: str
    name: str


@dataclass(frozen=True, slots=True)
class YearAway:
    """The spells of a year that the reader may see, by sending school and staff number."""

    spells: Sequence[Spell]
    people: Mapping[int, Away]
    schools: Mapping[str, str]


def spells_of_year(work: Work, year: int, on: date, words: str = "") -> YearAway:
    """Whose assistance touches the year, as it was known on ``on``; one statement.

    Today that is all that is entered, also what has not begun; of a day in the past only what had begun by then.
    """
    scope, days = work.require(READ), year_of(year)
    last = days.last if on >= work.today else min(days.last, on)
    rows = work.session.execute(
        select(Assignment, Person.staff_no, Person.name, School.code, school_name_on(on).label("school"))
        .join(Person, Person.id == Assignment.person_id)
        .join(School, School.id == Assignment.sending_school_id)
        .outerjoin(Employment, and_(Employment.person_id == Person.id, current_on(Employment, on)))
        .where(Assignment.started_on <= last, or_(Assignment.ended_on.is_(None), Assignment.ended_on >= days.first),
               within(scope), matching(work, words))
        .order_by(School.code, Person.staff_no, Assignment.started_on, Assignment.id)).all()
    spells = [Spell(row.id, row.person_id, code, row.host, row.kind, row.started_on, row.ended_on)
              for row, _, _, code, _ in rows]
    people = {row.person_id: Away(row.person_id, staff_no, name) for row, staff_no, name, _, _ in rows}
    return YearAway(spells, people, {code: name for _, _, _, code, name in rows})
