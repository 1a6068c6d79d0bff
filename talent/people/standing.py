"""Everybody on a date, as rules about careers ask for them: post, 职称 and dates, appraisals, 师德 bars.

One statement for each, whatever the number of people. ``person_ids`` None asks for everybody's; the caller has
settled whom the actor may see.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, String, and_, cast, func, literal, null, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from talent.core.access import Scope
from talent.core.terms import IN_SERVICE
from talent.people.models import Appraisal, ConductCase, Employment, Person, School
from talent.people.queries import current_on, school_name_on, within
from talent.people.service import status_on


@dataclass(frozen=True, slots=True)
class Standing:
    """One person on a date. No period holds it: no school, not in service. ``""``/None: not recorded."""

    person_id: int
    staff_no: str
    name: str
    school_code: str
    school: str
    stage: str
    subject: str
    in_service: bool
    professional_title: str
    teaching_started_on: date | None
    teaching_precision: str
    born_on: date | None
    born_precision: str


@dataclass(frozen=True, slots=True)
class Bar:
    """A 师德 decision whose limits hold the date; ``until`` None is indefinite."""

    case_id: int
    decided_on: date
    until: date | None


def standings(session: Session, on: date, scope: Scope, person_id: int | None = None) -> list[Standing]:
    """Everybody the scope reaches on ``on``, by staff number, also who has left or has yet to come."""
    query = (
        select(Person.id, Person.staff_no, Person.name, School.code, school_name_on(on).label("school"),
               Employment.stage, Employment.subject, Employment.status, Employment.left_on,
               Employment.professional_title, Person.teaching_started_on, Person.teaching_started_precision,
               Person.born_on, Person.born_precision)
        .select_from(Person)
        .outerjoin(Employment, and_(Employment.person_id == Person.id, current_on(Employment, on)))
        .outerjoin(School, School.id == Employment.school_id)
        .where(within(scope)).order_by(Person.staff_no)
    )
    rows = session.execute(query if person_id is None else query.where(Person.id == person_id))
    return [standing_of(row, row if row.code else None, on) for row in rows]


def standing_of(person: Any, post: Any, on: date) -> Standing:
    """What the columns of a person and of the post that held the day (None for none) say; they may be one row."""
    known = (person.teaching_started_on, person.teaching_started_precision, person.born_on, person.born_precision)
    if post is None:
        return Standing(person.id, person.staff_no, person.name, "", "", "", "", False, "", *known)
    in_service = status_on(post.status, post.left_on, on) in IN_SERVICE
    return Standing(person.id, person.staff_no, person.name, post.code, post.school, post.stage, post.subject,
                    in_service, post.professional_title, *known)


def appraisals_in(
    session: Session, years: range, person_ids: Collection[int] | None = None
) -> dict[int, dict[int, str]]:
    """Person → calendar year → grade, of the years asked for."""
    query = select(Appraisal.person_id, Appraisal.year, Appraisal.result).where(
        Appraisal.year >= years.start, Appraisal.year < years.stop)
    found: dict[int, dict[int, str]] = {}
    for row in session.execute(_of(query, Appraisal.person_id, person_ids)):
        found.setdefault(row.person_id, {})[row.year] = row.result
    return found


def bars_on(session: Session, on: date, person_ids: Collection[int] | None = None) -> dict[int, list[Bar]]:
    """Person → the decisions in effect on ``on``, the first and the last day in."""
    query = select(ConductCase.person_id, ConductCase.id, ConductCase.decided_on, ConductCase.limited_until).where(
        _in_effect(on)).order_by(ConductCase.decided_on)
    found: dict[int, list[Bar]] = {}
    for row in session.execute(_of(query, ConductCase.person_id, person_ids)):
        found.setdefault(row.person_id, []).append(Bar(row.id, row.decided_on, row.limited_until))
    return found


def bar_lines(person_id: int, on: date) -> Select[*tuple[Any, ...]]:
    """One person's decisions in effect on ``on``, in the columns all kinds of records share: ``name`` is the last day
    of the limits, "" for none."""
    return select(
        literal("conduct").label("kind"), ConductCase.id.label("id"), ConductCase.decided_on.label("on"),
        func.coalesce(cast(ConductCase.limited_until, String), "").label("name"),
        cast(literal(""), String).label("level"), cast(literal(""), String).label("detail"),
        cast(null(), Integer).label("hours"), cast(literal(""), String).label("state"),
    ).where(ConductCase.person_id == person_id, _in_effect(on))


def _in_effect(on: date) -> ColumnElement[bool]:
    """The first and the last day of the limits in."""
    return and_(ConductCase.decided_on <= on,
                or_(ConductCase.limited_until.is_(None), ConductCase.limited_until >= on))


def _of(
    query: Select[*tuple[Any, ...]], column: InstrumentedAttribute[int], person_ids: Collection[int] | None
) -> Select[*tuple[Any, ...]]:
    return query if person_ids is None else query.where(column.in_(person_ids))
