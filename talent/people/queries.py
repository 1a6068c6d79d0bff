"""Who was where on a date: every list takes the actor and the day, and returns only what that actor may see."""

from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, extract, false, func, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute

from talent.core.access import Scope
from talent.core.terms import IN_SERVICE
from talent.people.models import Employment, Person, School, SchoolPast


def current_on(model: Any, on: date) -> ColumnElement[bool]:
    """The half-open period of a dated row holds the day."""
    return and_(or_(model.valid_from.is_(None), model.valid_from <= on),
                or_(model.valid_to.is_(None), model.valid_to > on))


def in_service_on(on: date) -> ColumnElement[bool]:
    """The employment holds the day and the person has not left by it (``left_on`` is the first day out)."""
    staying = or_(Employment.status.in_(IN_SERVICE), Employment.left_on > on)
    return and_(current_on(Employment, on), staying)


def within(scope: Scope) -> ColumnElement[bool]:
    """The part of an employment × person query that the scope reaches."""
    if scope.everyone:
        return true()
    parts: list[ColumnElement[bool]] = []
    if scope.schools:
        parts.append(Employment.school_id.in_(scope.schools))
    if scope.persons:
        parts.append(Person.id.in_(scope.persons))
    return or_(*parts) if parts else false()


def school_name_on(on: date, school: Any = School) -> ColumnElement[str]:
    """What the school of a query was called on the day; ``school``: which, where a query has several."""
    return _in_the_past(SchoolPast.name, school.name, SchoolPast.valid_to > on, school)


def school_name_in(year: ColumnElement[int] | InstrumentedAttribute[int]) -> ColumnElement[str]:
    """What the school of a query was called when the calendar year of another column ended."""
    return _in_the_past(SchoolPast.name, School.name, extract("year", SchoolPast.valid_to) > year)


def school_kind_on(on: date) -> ColumnElement[str]:
    """The kind the school of a query had on the day."""
    return _in_the_past(SchoolPast.kind, School.kind, SchoolPast.valid_to > on)


def _in_the_past(past: Any, last: Any, lasting: ColumnElement[bool], school: Any = School) -> ColumnElement[str]:
    """The earliest past that had not ended by the day, else what came last."""
    then = (select(past).where(SchoolPast.school_id == school.id, lasting)
            .order_by(SchoolPast.valid_to).limit(1).correlate(school).scalar_subquery())
    return func.coalesce(then, last)


def open_on(on: date) -> ColumnElement[bool]:
    """Schools open on the day; 停用日期 is the first day closed."""
    return and_(or_(School.opened_on.is_(None), School.opened_on <= on),
                or_(School.closed_on.is_(None), School.closed_on > on))
