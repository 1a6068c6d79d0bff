"""The list of people on a date: narrowed, searched, sorted, paged, and only those the actor may see.

Words are looked for from their beginning, as ranges of indexed columns; an ID number only whole, by its keyed hash.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, collate, func, literal, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute, Session

from talent.core.access import Actor
from talent.core.terms import IN_SERVICE, PROFESSIONAL_TITLE
from talent.core.work import Work
from talent.people.models import Employment, Person, PersonAlias, School
from talent.people.queries import current_on, in_service_on, school_name_on, within
from talent.people.service import status_on

LIST = "person:list"
FULL_TIME = "full_time_teacher"
#: Sorts behind every character, those outside the basic plane included.
LAST = "\U0010ffff"
_ID_NUMBER = re.compile(r"\d{17}[\dX]")

SORTABLE = ("staff_no", "name", "school", "subject", "professional_title")


@dataclass(frozen=True, slots=True)
class Criteria:
    """What a list is narrowed by; "" leaves it open. Without a status: everybody in service."""

    words: str = ""
    school_code: str = ""
    stage: str = ""
    subject: str = ""
    professional_title: str = ""
    status: str = ""
    category: str = ""
    #: A condition on ``Person`` that another slice knows how to ask.
    also: ColumnElement[bool] | None = None


@dataclass(frozen=True, slots=True)
class PersonRow:
    """A line of the list, as things stood on its date."""

    id: int
    staff_no: str
    name: str
    school: str
    subject: str
    stage: str
    professional_title: str
    post: str
    status: str


def keeps_records(actor: Actor) -> bool:
    """Whether the actor keeps everybody's records, and so may know personal numbers."""
    return actor.scope("record:import").everyone


def find_people(
    work: Work, on: date, criteria: Criteria, *, sort: str = "school", offset: int = 0, limit: int = 50
) -> tuple[list[PersonRow], int]:
    """The people of ``on`` that the actor may list, one page of them, and how many there are; two statements.

    ``sort`` is one of :data:`SORTABLE`, ``-`` before it turns it round.
    """
    found, total = _found(work, on, criteria), count_people(work, on, criteria)
    rows = work.session.execute(
        _from(select(Person.id, Person.staff_no, Person.name, school_name_on(on).label("school"),
                     Employment.subject,
                     Employment.stage, Employment.professional_title, Employment.post, Employment.status,
                     Employment.left_on))
        .where(found).order_by(*_order(sort)).offset(offset).limit(limit)
    )
    return [_row(row, on) for row in rows], total


def count_people(work: Work, on: date, criteria: Criteria) -> int:
    """How many people :func:`find_people` finds; one statement."""
    return work.session.scalar(_from(select(func.count())).where(_found(work, on, criteria))) or 0


def _found(work: Work, on: date, criteria: Criteria) -> ColumnElement[bool]:
    return and_(within(work.require(LIST)), _narrowed(criteria, on), matching(work, criteria.words))


def _from(statement: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    return (statement.select_from(Employment).join(Person, Person.id == Employment.person_id)
            .join(School, School.id == Employment.school_id))


def _row(row: Any, on: date) -> PersonRow:
    return PersonRow(row.id, row.staff_no, row.name, row.school, row.subject, row.stage, row.professional_title,
                     row.post, status_on(row.status, row.left_on, on))


# ── narrowing ────────────────────────────────────────────────────────────────────────────────────────────────


def _narrowed(criteria: Criteria, on: date) -> ColumnElement[bool]:
    wanted = [
        (School.code, criteria.school_code), (Employment.stage, criteria.stage), (Employment.subject, criteria.subject),
        (Employment.professional_title, criteria.professional_title), (Employment.category, criteria.category),
    ]
    also = true() if criteria.also is None else criteria.also
    return and_(_with_status(criteria.status, on), also, *(column == value for column, value in wanted if value))


def _with_status(status: str, on: date) -> ColumnElement[bool]:
    if not status:
        return in_service_on(on)
    same: ColumnElement[bool] = Employment.status == status
    if status == "on_post":  # who leaves later is still on post
        same = or_(same, and_(Employment.status.not_in(IN_SERVICE), Employment.left_on > on))
    elif status not in IN_SERVICE:
        same = and_(same, or_(Employment.left_on.is_(None), Employment.left_on <= on))
    return and_(current_on(Employment, on), same)


# ── searching ────────────────────────────────────────────────────────────────────────────────────────────────


def matching(work: Work, words: str) -> ColumnElement[bool]:
    """The name, its pinyin or initials, or the staff number begins with ``words``; or they are an old staff number."""
    typed = words.strip()
    if not typed:
        return true()
    number = typed.upper()
    if _ID_NUMBER.fullmatch(number) and keeps_records(work.actor):
        return _known_by(Person.id_number_index, "id_number", work.vault.index(number))
    found = [_begins(work.session, Person.name, typed), _begins(work.session, Person.staff_no, typed),
             _known_by(Person.staff_no, "staff_no", typed)]
    sounds = re.sub(r"[\s']", "", typed.lower())
    if sounds.isascii() and sounds.isalpha():
        found += [_begins(work.session, Person.pinyin, sounds), _begins(work.session, Person.initials, sounds)]
    return or_(*found)


def _begins(session: Session, column: InstrumentedAttribute[str], start: str) -> ColumnElement[bool]:
    """A range by code point. PostgreSQL orders text by a language unless told not to; SQLite never does."""
    plain: ColumnElement[str] = column.expression
    if session.get_bind().dialect.name == "postgresql":
        plain = collate(column, "C")
    return and_(plain >= literal(start), plain < literal(start + LAST))


def _known_by(column: InstrumentedAttribute[Any], kind: str, value: str) -> ColumnElement[bool]:
    before = select(PersonAlias.person_id).where(PersonAlias.kind == kind, PersonAlias.value == value)
    return or_(column == value, Person.id.in_(before))


# ── order ────────────────────────────────────────────────────────────────────────────────────────────────────


def _order(sort: str) -> list[ColumnElement[Any]]:
    ranks = {code: place for place, code in enumerate(PROFESSIONAL_TITLE.values())}
    by: dict[str, Sequence[ColumnElement[Any]]] = {
        "staff_no": (Person.staff_no.expression,),
        "name": (Person.pinyin.expression, Person.name.expression),
        "school": (School.code.expression, Person.pinyin.expression),
        "subject": (Employment.subject.expression, Person.pinyin.expression),
        "professional_title": (case(ranks, value=Employment.professional_title, else_=len(ranks)),),
    }
    key, descending = sort.lstrip("-"), sort.startswith("-")
    first, *rest = by.get(key, by["school"])
    return [first.desc() if descending else first, *rest, Person.staff_no.expression, Person.id.expression]


# ── what can be chosen ───────────────────────────────────────────────────────────────────────────────────────


def schools_offered(work: Work, on: date) -> list[tuple[str, str]]:
    """Code and name of the schools with people the actor may list on ``on``."""
    rows = work.session.execute(
        _from(select(School.code, school_name_on(on).label("name")).distinct())
        .where(within(work.require(LIST)), current_on(Employment, on)).order_by(School.code))
    return [(row.code, row.name) for row in rows]


def subjects_offered(work: Work, on: date) -> list[str]:
    """The subjects taught by people the actor may list on ``on``."""
    rows = work.session.scalars(
        _from(select(Employment.subject).distinct())
        .where(within(work.require(LIST)), current_on(Employment, on), Employment.subject != "")
        .order_by(Employment.subject))
    return list(rows)


def named(work: Work, typed: str, on: date, limit: int = 8) -> list[PersonRow]:
    """The first people in service on ``on`` whom a form may mean by ``typed``: for suggestions; one statement more."""
    return find_people(work, on, Criteria(words=typed), sort="name", limit=limit)[0] if typed.strip() else []
