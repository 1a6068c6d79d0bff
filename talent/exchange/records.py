"""Plan the sheets whose rows are rows of one table: resolve, check, compare with what is stored."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from talent.core.errors import Finding
from talent.core.numbers import whole
from talent.exchange.directory import Directory
from talent.workbooks.intake import CHECKED_ONLY, Intake
from talent.workbooks.plan import Change, Ref, SheetPlan, SheetRead
from talent.workbooks.rows import ParsedRow

CHUNK = 5_000
Key = tuple[Any, ...]


@dataclass(slots=True)
class Stored:
    """A stored row as the sheet would write it: references as those of the directory, as ids where it has none."""

    id: int
    version: int
    values: dict[str, Any]


@dataclass
class Seen:
    """Keys met in this import, over all its sheets of one kind: the first row with each and what it said."""

    rows: dict[Key, tuple[SheetPlan, ParsedRow, dict[str, Any]]] = field(default_factory=dict)


def stored_rows(
    session: Session, intake: Intake, directory: Directory, people: Iterable[int], dates: tuple[date, date] | None
) -> tuple[dict[Key, Stored], dict[int, Stored]]:
    """Stored rows of the kind by key and by id: of these people, or all where the kind is not about people.

    ``dates`` bounds the date of the key, so that a year's file is not compared with a career's records.
    """
    by_key: dict[Key, Stored] = {}
    by_id: dict[int, Stored] = {}
    columns = intake.table.columns
    query = select(columns.id, columns.version, *(columns[name] for name in intake.attributes))
    if dates is not None:
        query = query.where(columns[dated_key(intake)].between(*dates))
    known = {"person": directory.people_by_id, "school": directory.schools_by_id}
    pointing = [(attribute, known[what]) for attribute, what in intake.references.values()]
    for part in _parts(query, intake, sorted(people)):
        for id_, version, *cells in session.execute(part):
            values = dict(zip(intake.attributes, cells, strict=True))
            for attribute, refs in pointing:
                values[attribute] = refs.get(values[attribute], values[attribute])
            by_id[id_] = by_key[tuple([values[name] for name in intake.key])] = Stored(id_, version, values)
    return by_key, by_id


def _parts(query: Select[Any], intake: Intake, people: list[int]) -> Iterable[Select[Any]]:
    if "person_id" not in intake.key:
        yield query
        return
    column = intake.table.columns.person_id
    for start in range(0, len(people), CHUNK):
        chunk = people[start : start + CHUNK]
        dense = chunk[-1] - chunk[0] < 2 * len(chunk)
        yield query.where(column.between(chunk[0], chunk[-1]) if dense else column.in_(chunk))


def dated_key(intake: Intake) -> str:
    """The date among the attributes of the key; empty where there is none."""
    return next((name for name in intake.key if intake.table.columns[name].type.python_type is date), "")


def _dates(intake: Intake, plans: Iterable[SheetPlan]) -> tuple[date, date] | None:
    """First and last key date of the sheets; ``None`` where rows may be found by record number instead."""
    name = dated_key(intake)
    rows = [row.values for plan in plans for row in plan.rows]
    if not name or any(row.get("record_id") for row in rows):
        return None
    written = [row[name] for row in rows if row.get(name) is not None]
    return (min(written), max(written)) if written else None


class RecordPlanner:
    """Plans the sheets of one kind, one after the other."""

    def __init__(self, session: Session, intake: Intake, directory: Directory, sheets: Iterable[SheetRead]) -> None:
        self.intake = intake
        self.directory = directory
        self.seen = Seen()
        self.plans = [SheetPlan(sheet) for sheet in sheets]
        people = {
            ref.id
            for plan in self.plans
            for row in plan.rows
            if row.values.get("staff_no") and (ref := directory.person(row.values["staff_no"])) and ref.id is not None
        }
        self.by_key, self.by_id = stored_rows(session, intake, directory, people, _dates(intake, self.plans))
        self._blank = {name: intake.blank(name) for name in intake.attributes}
        self._key = [(name, self._blank[name]) for name in intake.key]
        self._own = [
            (column.name, self._blank.get(column.name))
            for column in intake.kind.columns
            if column.name != CHECKED_ONLY and column.name not in intake.references
        ]

    def plan(self) -> list[SheetPlan]:
        """The plans of all sheets of the kind."""
        for plan in self.plans:
            for row in plan.rows:
                self._row(plan, row)
            for row in plan.read.parsed.damaged:
                self._damaged(plan, row)
        return self.plans

    def _damaged(self, plan: SheetPlan, row: ParsedRow) -> None:
        """What else is wrong with a row that cannot go in: all of it is told at once, not one upload after another."""
        if row.deleted:
            return
        self._resolved(plan, row)
        for finding in self.intake.check(row.values):
            if finding.level == "error":
                plan.note(finding, row, finding.params.get("column"))

    def _row(self, plan: SheetPlan, row: ParsedRow) -> None:
        stored = self._by_record_id(plan, row)
        values = self._resolved(plan, row)
        if values is None:
            return
        if not row.deleted:
            for finding in self.intake.check(row.values):
                plan.note(finding, row, finding.params.get("column"))
        if row.number in plan.bad_rows:
            return
        key = tuple([values.get(name, blank) for name, blank in self._key])
        holder = self.by_key.get(key)
        if stored is not None and holder is not None and holder.id != stored.id and not row.deleted:
            known = Finding("record.key_of_another", params={"record_id": holder.id})
            plan.note(known, row, self.intake.kind.key[0].name)
            return
        stored = stored or holder
        if row.deleted:
            self._delete(plan, row, stored)
        elif self._first_of_its_key(plan, row, key, values):
            self._keep(plan, row, stored, values)

    def _by_record_id(self, plan: SheetPlan, row: ParsedRow) -> Stored | None:
        written = row.values.get("record_id")
        if not written:
            return None
        number = whole(written)
        stored = self.by_id.get(number) if number is not None else None
        if stored is None:
            plan.note(Finding("record.unknown_id", params={"record_id": written}), row, "record_id")
        return stored

    def _resolved(self, plan: SheetPlan, row: ParsedRow) -> dict[str, Any] | None:
        """The row as table attributes, references found; ``None`` (and remarks) where one is not."""
        cells = row.values
        values: dict[str, Any] = {}
        good = True
        for name, (attribute, what) in self.intake.references.items():
            if name not in cells:
                continue
            found = refer(self.directory, what, cells[name]) if cells[name] is not None else None
            if isinstance(found, Finding):
                plan.note(found, row, name)
                good = False
            values[attribute] = found
        for name, blank in self._own:
            if name in cells:
                values[name] = blank if (cell := cells[name]) is None else cell
        return values if good and self._name_agrees(plan, row, values) else None

    def _name_agrees(self, plan: SheetPlan, row: ParsedRow, values: Mapping[str, Any]) -> bool:
        said, person = row.values.get(CHECKED_ONLY), values.get("person_id")
        if not said or person is None or said == person.name:
            return True
        plan.note(
            Finding("record.name_differs", params={"staff_no": person.code, "name": person.name}), row, CHECKED_ONLY
        )
        return False

    def _first_of_its_key(self, plan: SheetPlan, row: ParsedRow, key: Key, values: dict[str, Any]) -> bool:
        first = self.seen.rows.setdefault(key, (plan, row, values))
        if first[1] is row:
            return True
        same = first[2] == values
        params = {"other": first[1].number, "other_sheet": first[0].read.sheet}
        plan.note(
            Finding("record.repeated" if same else "record.twice", params=params, level="warning" if same else "error"),
            row,
            self.intake.kind.key[0].name,
        )
        return False

    def _delete(self, plan: SheetPlan, row: ParsedRow, stored: Stored | None) -> None:
        if stored is None:
            plan.note(Finding("record.nothing_to_delete"), row, self.intake.kind.key[0].name)
            return
        plan.deleted += 1
        plan.changes.append(
            Change(self.intake.table.name, "delete", {}, row.number, stored.id, stored.version, stored.values)
        )

    def _keep(self, plan: SheetPlan, row: ParsedRow, stored: Stored | None, values: dict[str, Any]) -> None:
        if stored is None:
            plan.added += 1
            plan.changes.append(Change(self.intake.table.name, "add", {**self._blank, **values}, row.number))
            return
        if stored.values == values:  # most rows of a file that comes again
            plan.unchanged += 1
            return
        changed = {name: value for name, value in values.items() if stored.values.get(name) != value}
        if not changed:
            plan.unchanged += 1
            return
        plan.updated += 1
        before = {name: stored.values[name] for name in changed}
        plan.changes.append(
            Change(self.intake.table.name, "update", changed, row.number, stored.id, stored.version, before)
        )


def refer(directory: Directory, what: str, written: str) -> Ref | Finding:
    """The person or school a cell points at, or why there is none."""
    if what == "person":
        return directory.person(written) or missing("person", directory.likely_person(written))
    school = directory.school(written)
    if school is None:
        return missing("school", directory.likely_school(written))
    return school if directory.may_load_for(school) else missing("school", "")


def missing(what: str, likely: str) -> Finding:
    """Nothing is known under what the cell says; ``likely`` is what it would be with its leading zeros."""
    if likely:
        return Finding(f"record.zeros_lost_{what}", params={"likely": likely})
    return Finding(f"record.no_such_{what}")
