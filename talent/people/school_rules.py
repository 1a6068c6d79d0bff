"""Acts on a school: which are possible, and on which day. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from talent.core.errors import Finding
from talent.people.rules import AHEAD, EARLIEST

#: ``correct`` has no day: it is what should have stood there always.
ACTS = ("open", "rename", "close", "merge", "correct")


@dataclass(frozen=True, slots=True)
class SchoolFacts:
    """A school on the day of an act. ``staying``: people in service there; ``arriving``: people who come there later,
    from elsewhere; ``taking_in``: what it would become part of, None for nothing known under that code."""

    opened_on: date | None
    closed_on: date | None
    staying: int = 0
    arriving: int = 0
    taking_in: "Heir | None" = None


@dataclass(frozen=True, slots=True)
class Heir:
    """The school that would take another in. ``within``: it is that school itself, or went into it."""

    name: str
    opened_on: date | None
    closed_on: date | None
    within: bool = False


def judge(act: str, on: date, school: SchoolFacts | None, today: date) -> list[Finding]:
    """Why the act cannot be done on that day; no school: it is being opened."""
    if not EARLIEST <= on <= today + AHEAD:
        return [Finding("act.day_out_of_reason", params={"day": on, "field": "on"})]
    if school is None:
        return []
    if school.opened_on is not None and on <= school.opened_on:
        return [_refused("before_opening", opened=school.opened_on)]
    if school.closed_on is not None:
        return [_refused("closed_already", closed=school.closed_on)]
    return [*_of_people(act, school), *(_of_heir(on, school.taking_in) if act == "merge" else ())]


def _of_people(act: str, school: SchoolFacts) -> Iterator[Finding]:
    """Nobody in service stays at a closed school: a merger moves those who are there, nothing moves those who come."""
    if act == "close" and school.staying:
        yield _refused("people_remain", count=school.staying)
    if act in ("close", "merge") and school.arriving:
        yield _refused("people_arrive", count=school.arriving)


def _of_heir(on: date, heir: Heir | None) -> Iterator[Finding]:
    if heir is None:
        yield Finding("act.no_school", params={"field": "merged_into_code"})
    elif heir.within:
        yield Finding("school_act.into_itself", params={"school": heir.name, "field": "merged_into_code"})
    elif not (heir.opened_on is None or heir.opened_on <= on) or not (heir.closed_on is None or heir.closed_on > on):
        yield Finding("act.school_not_open", params={"school": heir.name, "day": on, "field": "merged_into_code"})


def _refused(what: str, **facts: object) -> Finding:
    return Finding(f"school_act.{what}", "", {**facts, "field": "on"})
