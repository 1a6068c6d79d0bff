"""Contest results, achievements and mentoring of one person as lines, in the columns all kinds of records share
(kind, id, on, name, level, detail, hours, state); and everybody's recognised contest results."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Integer, Row, Select, String, case, cast, literal, null, or_, select
from sqlalchemy.orm import Session

from talent.achievements.models import Achievement, ContestResult, Mentoring
from talent.people.models import Person

#: Which side of a mentoring the person is on, as its ``detail`` says.
MENTOR, APPRENTICE = "mentor", "apprentice"


def record_lines(person_id: int, on: date) -> list[Select[*tuple[Any, ...]]]:
    """One statement per kind of record: what had happened by ``on``. A mentoring counts from its first day."""
    return [_contests(person_id, on), _achievements(person_id, on), _mentorings(person_id, on)]


def _contests(person_id: int, on: date) -> Select[*tuple[Any, ...]]:
    return select(
        literal("contest").label("kind"), ContestResult.id.label("id"), ContestResult.awarded_on.label("on"),
        ContestResult.contest.label("name"), ContestResult.level.label("level"), ContestResult.grade.label("detail"),
        cast(null(), Integer).label("hours"), ContestResult.state.label("state"),
    ).where(ContestResult.person_id == person_id, ContestResult.awarded_on <= on)


def _achievements(person_id: int, on: date) -> Select[*tuple[Any, ...]]:
    return select(
        literal("achievement").label("kind"), Achievement.id.label("id"), Achievement.achieved_on.label("on"),
        Achievement.name.label("name"), Achievement.level.label("level"), Achievement.kind.label("detail"),
        cast(null(), Integer).label("hours"), Achievement.state.label("state"),
    ).where(Achievement.person_id == person_id, Achievement.achieved_on <= on)


def _mentorings(person_id: int, on: date) -> Select[*tuple[Any, ...]]:
    """``name`` is the other person's."""
    other = case((Mentoring.person_id == person_id, Mentoring.apprentice_id), else_=Mentoring.person_id)
    side = case((Mentoring.person_id == person_id, MENTOR), else_=APPRENTICE)
    going_on = or_(Mentoring.ended_on.is_(None), Mentoring.ended_on > on)
    return (
        select(literal("mentoring").label("kind"), Mentoring.id.label("id"), Mentoring.started_on.label("on"),
               Person.name.label("name"), cast(literal(""), String).label("level"), side.label("detail"),
               cast(null(), Integer).label("hours"), case((going_on, "running"), else_="done").label("state"))
        .join(Person, Person.id == other)
        .where(or_(Mentoring.person_id == person_id, Mentoring.apprentice_id == person_id), Mentoring.started_on <= on)
    )


def recognised_results(
    session: Session, since: date, on: date, person_ids: Collection[int] | None = None
) -> Sequence[Row[*tuple[Any, ...]]]:
    """Recognised contest results awarded from ``since`` to ``on``, both in, the newest first; one statement.

    ``person_ids`` None asks for everybody's; the caller has settled whom the actor may see.
    """
    query = (
        select(ContestResult.person_id, ContestResult.id, ContestResult.contest, ContestResult.level,
               ContestResult.grade, ContestResult.awarded_on)
        .where(ContestResult.state == "recognised", ContestResult.awarded_on >= since, ContestResult.awarded_on <= on)
        .order_by(ContestResult.awarded_on.desc(), ContestResult.id)
    )
    return session.execute(
        query if person_ids is None else query.where(ContestResult.person_id.in_(person_ids))).all()
