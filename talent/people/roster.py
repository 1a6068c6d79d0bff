"""The roster sheet: one row is a person and, from its effective date on, a dated period of employment.

A row with 生效日期 (or an import ``--as-of``) opens a new period when it says something new; without one it corrects
the latest period. A person's first period opens when they came to the school, so that past dates have answers.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from talent.core.errors import Finding
from talent.core.terms import IN_SERVICE
from talent.workbooks.kinds import PartialDate
from talent.workbooks.plan import Ref

PARTIAL = {
    "born_on": "born_precision",
    "work_started_on": "work_started_precision",
    "teaching_started_on": "teaching_started_precision",
    "arrived_on": "arrived_precision",
}
PERSON_FIELDS = (
    "name",
    "sex",
    "born_on",
    "ethnicity",
    "politics",
    "work_started_on",
    "teaching_started_on",
    "former_name",
)
PERIOD_FIELDS = (
    "teaching_schools",
    "stage",
    "subject",
    "category",
    "post",
    "quota_type",
    "professional_title",
    "schooling",
    "degree",
    "certificate_kind",
    "certificate_no",
    "weekly_lessons_hundredths",
    "arrived_on",
    "status",
    "left_on",
)
NULLABLE = {"weekly_lessons_hundredths", "left_on"}

#: Not a column: set on a row that an act on a page makes, so that later periods go on with what it says.
CARRIED = "carried"

Row = dict[str, Any]


@dataclass
class Period:
    """One stored period: its bounds and its values (``school_id`` as a Ref)."""

    id: int
    version: int
    valid_from: date | None
    valid_to: date | None
    values: Row


@dataclass
class Placement:
    """What one row does to a person's periods: rows to add, and changes of stored ones by id."""

    adds: list[Row] = field(default_factory=list)
    updates: list[tuple[Period, Row]] = field(default_factory=list)


def _filled(cells: Mapping[str, Any], names: Iterable[str]) -> Row:
    """Table attributes of the columns the sheet really has; partial dates become a date and its precision."""
    values: Row = {}
    for name in names:
        if name not in cells:
            continue
        cell = cells[name]
        if name in PARTIAL:
            values[name] = cell.value if isinstance(cell, PartialDate) else None
            values[PARTIAL[name]] = cell.precision if isinstance(cell, PartialDate) else ""
        elif name == "teaching_schools":
            values[name] = "；".join(cell or ())
        else:
            values[name] = cell if cell is not None else (None if name in NULLABLE else "")
    return values


def person_values(cells: Mapping[str, Any]) -> Row:
    """What the row says of the person."""
    return _filled(cells, PERSON_FIELDS)


def period_values(cells: Mapping[str, Any], school: Ref) -> Row:
    """What the row says of the post. A column the sheet lacks says nothing; an empty status is 在岗."""
    values = _filled(cells, PERIOD_FIELDS)
    if values.get("status") == "":
        values["status"] = "on_post"
    values["school_id"] = school
    return values


def findings(values: Mapping[str, Any]) -> Iterable[tuple[str, Finding]]:
    """What is wrong with a row's own values: column and finding."""
    status, left_on = values.get("status") or "on_post", values.get("left_on")
    if status not in IN_SERVICE and left_on is None:
        yield "left_on", Finding("roster.left_without_date", params={"status": status})
    if status in IN_SERVICE and left_on is not None:
        yield "left_on", Finding("roster.date_without_leaving", params={"status": status}, level="warning")


def first_day(person: Mapping[str, Any], period: Mapping[str, Any]) -> date | None:
    """When a first period opens: 到校日期, else 从教日期, else 参加工作日期 (a month: its first day), else without
    a beginning."""
    opened: date | None = period.get("arrived_on") or person.get("teaching_started_on") or person.get("work_started_on")
    return opened


def differs(stored: Mapping[str, Any], said: Mapping[str, Any]) -> Row:
    """The values the row says otherwise than stored."""
    return {name: value for name, value in said.items() if stored.get(name) != value}


def _holds(period: Period, on: date) -> bool:
    return (period.valid_from is None or period.valid_from <= on) and (period.valid_to is None or on < period.valid_to)


def place(
    periods: list[Period], said: Row, effective: date | None, opening: date | None, carried: bool = False
) -> Placement:
    """Place a row among a known person's periods (sorted by their beginning, at least one).

    ``opening`` is the day a first period should open on now; a correction of the first period moves it there.
    ``carried``: later periods that only went on with what the row changes go on with the new (:func:`inheriting`);
    without it they stay as they are.
    """
    if effective is None:
        return _correct(periods, said, opening)
    holding = next((period for period in periods if _holds(period, effective)), None)
    if holding is None:
        return _before_all(periods, said, effective)
    changed = differs(holding.values, said)
    if not changed:
        return Placement()
    start = _start_of_change(said, effective)
    target = next((period for period in periods if _holds(period, start)), holding)
    later = inheriting(periods, said, effective) if carried else []
    if target.valid_from == start or (start != effective and target is not holding):
        return Placement(updates=[(holding, changed), *later])
    opened = {**target.values, **said, "valid_from": start, "valid_to": target.valid_to}
    return Placement(adds=[opened], updates=[(target, {"valid_to": start}), *later])


def inheriting(periods: list[Period], said: Row, effective: date) -> list[tuple[Period, Row]]:
    """The periods after the one of ``effective`` that went on with a value the row changes, and what they would say.

    A value goes on until a period says another: from there on somebody decided anew.
    """
    holding = next((period for period in periods if _holds(period, effective)), None)
    if holding is None:
        return []
    old, going_on, found = holding.values, differs(holding.values, said), list[tuple[Period, Row]]()
    for period in periods[periods.index(holding) + 1 :]:
        going_on = {name: value for name, value in going_on.items() if period.values.get(name) == old.get(name)}
        if going_on:
            found.append((period, going_on))
    return found


def _start_of_change(said: Mapping[str, Any], effective: date) -> date:
    """Leaving counts from the first day out, even where the sheet that reports it takes effect later."""
    left_on = said.get("left_on")
    if said.get("status", "on_post") not in IN_SERVICE and isinstance(left_on, date):
        return min(effective, left_on)
    return effective


def _correct(periods: list[Period], said: Row, opening: date | None) -> Placement:
    latest = periods[-1]
    changed = differs(latest.values, said)
    known = "arrived_on" in changed or opening is not None
    possible = latest.valid_to is None or opening is None or opening < latest.valid_to
    if len(periods) == 1 and opening != latest.valid_from and known and possible:
        changed["valid_from"] = opening
    return Placement(updates=[(latest, changed)] if changed else [])


def _before_all(periods: list[Period], said: Row, effective: date) -> Placement:
    """A row that takes effect before the first period opens stands until it does."""
    first = periods[0]
    return Placement(adds=[{**said, "valid_from": effective, "valid_to": first.valid_from}])
