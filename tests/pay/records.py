"""Rows of people on assistance for tests on a database, in a few words each."""

from datetime import date

from sqlalchemy import text

from talent.assistance.models import Assignment
from talent.core.access import operator
from talent.core.work import Program
from talent.pay import commands
from talent.people.models import Absence, School
from tests import factories


def send(
    program: Program, staff_no: str, sending: str, start: str, end: str | None = None, *, host: str = "受援学校",
    appraisal: str = "qualified", name: str = "张三",
) -> int:
    """An assignment (ISO days, both in) of a person whose post is at the sending school; the person's id."""
    person_id = factories.add_person(program, staff_no, name, school_code=sending)
    school_id = factories.add_school(program, sending)
    with program.begin(operator()) as work:
        work.session.add(Assignment(
            person_id=person_id, sending_school_id=school_id, host=host, kind="paired", appraisal=appraisal,
            started_on=date.fromisoformat(start), ended_on=date.fromisoformat(end) if end else None))
    return person_id


def ends(program: Program, staff_no: str, day: str) -> None:
    """A late fact: the person's assignment ended earlier than recorded."""
    with program.begin(operator()) as work:
        work.session.execute(text("UPDATE assignments SET ended_on = :day WHERE person_id = "
                                  "(SELECT id FROM people WHERE staff_no = :no)"), {"day": day, "no": staff_no})


def absent(program: Program, staff_no: str, start: str, end: str) -> None:
    """A recorded absence of a known person, both days in."""
    person_id = factories.add_person(program, staff_no)
    with program.begin(operator()) as work:
        work.session.add(Absence(person_id=person_id, started_on=date.fromisoformat(start),
                                 ended_on=date.fromisoformat(end), kind="sick"))


def close(program: Program, code: str, on: str, into: str) -> None:
    """A school closed from a day, merged into another."""
    heir_id = factories.add_school(program, into)
    school_id = factories.add_school(program, code)
    with program.begin(operator()) as work:
        school = work.session.get_one(School, school_id)
        school.closed_on, school.merged_into_id = date.fromisoformat(on), heir_id


def compute(program: Program, year: int = 2021, convention: str | None = None) -> int:
    """A batch computed by the local operator; its id."""
    with program.begin(operator()) as work:
        return commands.compute(work, year=year, convention=convention).id
