"""Who was where on a date: every list takes the actor and the day, and returns only what that actor may see."""

from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, false, or_, true

from talent.core.access import Scope
from talent.core.terms import IN_SERVICE
from talent.people.models import Employment, Person


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
