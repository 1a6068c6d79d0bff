"""The records a year's pay rests on, read once for everybody: assignments, absences, schools, posts."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Connection, and_, or_, select
from sqlalchemy.orm import Session, aliased

from talent.assistance.models import Assignment as AssignmentRow
from talent.pay.facts import Absence, Assignment, PersonFacts, SchoolFact
from talent.people.models import Absence as AbsenceRow
from talent.people.models import Employment, Person, School
from talent.people.queries import school_kind_on


@dataclass(frozen=True, slots=True)
class YearFacts:
    """Everything recorded that a year's pay rests on, and the row behind each staff number and school code."""

    persons: Mapping[str, PersonFacts]
    schools: Mapping[str, SchoolFact]
    person_ids: Mapping[str, int]
    school_ids: Mapping[str, int]


def facts_of_year(session: Session, year: int) -> YearFacts:
    """The facts of a calendar year, in three statements however many people there are."""
    connection = session.connection()
    schools, school_ids = _schools(connection, date(year, 12, 31))
    posts = {school_id: code for code, school_id in school_ids.items()}
    assignments, person_ids = _assignments(connection, year, posts)
    absences = _absences(connection, year)
    persons = {staff_no: PersonFacts(tuple(items), tuple(absences.get(person_ids[staff_no], ())))
               for staff_no, items in assignments.items()}
    return YearFacts(persons, schools, person_ids, school_ids)


def _schools(connection: Connection, on: date) -> tuple[dict[str, SchoolFact], dict[str, int]]:
    """Each school with the kind it had on the day: what it became later changes no earlier year."""
    heir = aliased(School)
    rows = connection.execute(
        select(School.id, School.code, school_kind_on(on), School.closed_on, heir.code)
        .outerjoin(heir, heir.id == School.merged_into_id)).all()
    facts = {code: SchoolFact(code, kind, closed_on, into) for _, code, kind, closed_on, into in rows}
    return facts, {code: school_id for school_id, code, *_ in rows}


def _touches(model: type[AssignmentRow] | type[AbsenceRow], year: int) -> ColumnElement[bool]:
    return and_(model.started_on <= date(year, 12, 31),
                or_(model.ended_on.is_(None), model.ended_on >= date(year, 1, 1)))


def _assignments(
    connection: Connection, year: int, codes: Mapping[int, str]
) -> tuple[dict[str, list[Assignment]], dict[str, int]]:
    """Assignments by staff number, each with the school of the post on its first day."""
    held = and_(Employment.person_id == AssignmentRow.person_id,
                or_(Employment.valid_from.is_(None), Employment.valid_from <= AssignmentRow.started_on),
                or_(Employment.valid_to.is_(None), Employment.valid_to > AssignmentRow.started_on))
    rows = connection.execute(
        select(Person.id, Person.staff_no, AssignmentRow.sending_school_id, AssignmentRow.host,
               AssignmentRow.started_on, AssignmentRow.ended_on, AssignmentRow.appraisal, Employment.school_id)
        .select_from(AssignmentRow)
        .join(Person, Person.id == AssignmentRow.person_id)
        .outerjoin(Employment, held)
        .where(_touches(AssignmentRow, year))
        .order_by(AssignmentRow.person_id, AssignmentRow.started_on, AssignmentRow.id)).all()
    found: dict[str, list[Assignment]] = defaultdict(list)
    ids: dict[str, int] = {}
    for person_id, staff_no, sending_id, host, start, end, appraisal, post_id in rows:
        ids[staff_no] = person_id
        found[staff_no].append(
            Assignment(staff_no, codes[sending_id], host, start, end, appraisal or None, codes.get(post_id)))
    return found, ids


def _absences(connection: Connection, year: int) -> dict[int, list[Absence]]:
    """Absences by the id of a person who is on assistance in the year."""
    sent = select(AssignmentRow.person_id).where(_touches(AssignmentRow, year))
    rows = connection.execute(
        select(AbsenceRow.person_id, AbsenceRow.started_on, AbsenceRow.ended_on)
        .where(AbsenceRow.person_id.in_(sent), _touches(AbsenceRow, year))
        .order_by(AbsenceRow.person_id, AbsenceRow.started_on)).all()
    found: dict[int, list[Absence]] = defaultdict(list)
    for person_id, start, end in rows:
        found[person_id].append(Absence(start, end))
    return found
