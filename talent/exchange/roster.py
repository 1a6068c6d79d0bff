"""Plan the roster: who is known, who is new, what opens a period and what corrects one."""

import uuid
from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlalchemy import select

from talent.core.errors import Finding
from talent.core.numbers import whole
from talent.core.secrets import masked
from talent.core.work import Work
from talent.exchange.directory import Directory
from talent.exchange.records import CHUNK, missing, refer
from talent.people.models import Employment, Person, PersonAlias
from talent.people.names import initials_of, pinyin_of
from talent.people.numbers import place_of
from talent.people.roster import (
    CARRIED,
    PARTIAL,
    PERIOD_FIELDS,
    PERSON_FIELDS,
    Period,
    Placement,
    differs,
    findings,
    first_day,
    period_values,
    person_values,
    place,
)
from talent.workbooks.issues import is_masked
from talent.workbooks.plan import Change, Ref, SheetPlan, SheetRead
from talent.workbooks.rows import ParsedRow

PERIOD_COLUMNS = (*PERIOD_FIELDS, PARTIAL["arrived_on"])
PERSON_COLUMNS = (*PERSON_FIELDS, *(PARTIAL[name] for name in PERSON_FIELDS if name in PARTIAL))
NUMBERS = (("id_number", "id_number"), ("phone", "phone"))
#: Columns of a person that follow from others: how a name is found, and a number in its three forms.
DERIVED = ("pinyin", "initials", *(f"{field}_{form}" for field, _ in NUMBERS for form in ("sealed", "index", "masked")))
STORED_OF_PERSON = (*PERSON_COLUMNS, *DERIVED, "uid", "version", "staff_no")


class RosterPlanner:
    """Plans the roster sheets of one import."""

    def __init__(self, work: Work, directory: Directory, sheets: Iterable[SheetRead], as_of: date | None) -> None:
        self.work = work
        self.directory = directory
        self.as_of = as_of
        self.plans = [SheetPlan(sheet) for sheet in sheets]
        self.persons: dict[int, dict[str, Any]] = {}
        self.periods: dict[int, list[Period]] = {}
        self._met: dict[int, ParsedRow] = {}
        self._load()

    def _known(self, row: ParsedRow) -> Ref | None:
        """The person a row speaks of: by record number, by staff number, then by ID number."""
        found = self._numbered(row) or self.directory.person(row.values["staff_no"])
        number = row.values.get("id_number")
        if found is None and number and not is_masked(number):
            found = self.directory.by_id_number(number)
        return found

    def _numbered(self, row: ParsedRow) -> Ref | None:
        number = whole(row.values.get("record_id"))
        return self.directory.people_by_id.get(number) if number is not None else None

    def _load(self) -> None:
        """The persons the rows speak of, and their periods in order."""
        refs = (self._known(row) for plan in self.plans for row in plan.read.all_rows if "staff_no" in row.values)
        ids = sorted({ref.id for ref in refs if ref is not None and ref.id is not None})
        for start in range(0, len(ids), CHUNK):
            self._load_people(ids[start : start + CHUNK])
            self._load_periods(ids[start : start + CHUNK])
        for periods in self.periods.values():
            periods.sort(key=lambda period: period.valid_from or date.min)

    def _load_people(self, ids: list[int]) -> None:
        """What stands on the people: whatever a row may change, since it goes into the image an undo restores."""
        columns = [getattr(Person, name) for name in STORED_OF_PERSON]
        for id_, *values in self.work.session.execute(select(Person.id, *columns).where(Person.id.in_(ids))):
            self.persons[id_] = dict(zip(STORED_OF_PERSON, values, strict=True))

    def _load_periods(self, ids: list[int]) -> None:
        columns = [getattr(Employment, name) for name in PERIOD_COLUMNS]
        for id_, version, person_id, school_id, valid_from, valid_to, *values in self.work.session.execute(
            select(Employment.id, Employment.version, Employment.person_id, Employment.school_id,
                   Employment.valid_from, Employment.valid_to, *columns).where(Employment.person_id.in_(ids))
        ):
            said = dict(zip(PERIOD_COLUMNS, values, strict=True))
            said["school_id"] = self.directory.schools_by_id[school_id]
            self.periods.setdefault(person_id, []).append(Period(id_, version, valid_from, valid_to, said))

    def plan(self) -> list[SheetPlan]:
        """The plans of all roster sheets."""
        for plan in self.plans:
            for row in plan.rows:
                self._row(plan, row)
            for row in plan.read.parsed.damaged:
                self._damaged(plan, row)
        return self.plans

    def _damaged(self, plan: SheetPlan, row: ParsedRow) -> None:
        """What else is wrong with a row that cannot go in, as far as its cells could be read."""
        if row.deleted:
            return
        if "school_code" in row.values:
            self._school(plan, row)
        for column, finding in findings(row.values):
            if finding.level == "error" and column in row.values:
                plan.note(finding, row, column)
        if {"staff_no", "name"} <= row.values.keys() and (known := self._known(row)) is not None:
            self._same_person(plan, row, known)

    def _row(self, plan: SheetPlan, row: ParsedRow) -> None:
        if row.values.get("operation") == "delete":
            plan.note(Finding("roster.never_deleted"), row, "operation")
            return
        school = self._school(plan, row)
        known = self._known(row)
        if row.values.get("record_id") and self._numbered(row) is None:
            unknown = {"record_id": row.values["record_id"]}
            plan.note(Finding("record.unknown_id", params=unknown, level="warning"), row, "record_id")
        for column, finding in findings(row.values):
            plan.note(finding, row, column)
        if school is None or row.number in plan.bad_rows or not self._once(plan, row, known):
            return
        if known is None:
            self._add(plan, row, school)
        elif self._same_person(plan, row, known):
            self._update(plan, row, known, school)

    def _school(self, plan: SheetPlan, row: ParsedRow) -> Ref | None:
        for code in row.values.get("teaching_schools") or ():
            if self.directory.school(code) is None:
                plan.note(missing("school", self.directory.likely_school(code)), row, "teaching_schools")
        found = refer(self.directory, "school", row.values["school_code"])
        if isinstance(found, Finding):
            plan.note(found, row, "school_code")
            return None
        return found

    def _once(self, plan: SheetPlan, row: ParsedRow, known: Ref | None) -> bool:
        """One person, one row of an import: two rows found by different numbers are told apart here."""
        if known is None:
            return True
        first = self._met.setdefault(id(known), row)
        if first is row:
            return True
        plan.note(
            Finding("record.twice", params={"other": first.number, "other_sheet": plan.read.sheet}), row, "staff_no"
        )
        return False

    def _same_person(self, plan: SheetPlan, row: ParsedRow, known: Ref) -> bool:
        """Refuse a row whose name or ID number says it is somebody else."""
        number = row.values.get("id_number")
        owner = self.directory.by_id_number(number) if number and not is_masked(number) else None
        if owner is not None and owner is not known:
            plan.note(Finding("roster.id_of_another", params={"staff_no": owner.code}), row, "id_number")
            return False
        by_number = self.directory.person(row.values["staff_no"])
        if by_number is not None and by_number is not known:
            plan.note(Finding("roster.staff_no_of_another", params={"staff_no": by_number.code}), row, "staff_no")
            return False
        name = row.values["name"]
        renamed = known.name in _names(row.values.get("former_name")) or row.values.get("record_id")
        if name != known.name and not renamed and not self._formerly(known, name):
            plan.note(Finding("roster.name_differs", params={"staff_no": known.code, "name": known.name}), row, "name")
            return False
        return True

    def _formerly(self, known: Ref, name: str) -> bool:
        """Whether the person bore this name before: an older file may still carry it."""
        return known.id in self.persons and name in _names(self.persons[known.id]["former_name"])

    def _add(self, plan: SheetPlan, row: ParsedRow, school: Ref) -> None:
        number = row.values.get("id_number")
        if number and is_masked(number):
            plan.note(Finding("roster.mask_of_nobody"), row, "id_number")
            return
        likely = self.directory.longer_by_zeros(row.values["staff_no"])
        if likely is not None and likely.name == row.values["name"]:
            plan.note(missing("person", likely.code), row, "staff_no")
            return
        ref = self.directory.coming_person(row.values["staff_no"], row.values["name"], number)
        self._met[id(ref)] = row
        person: dict[str, Any] = dict.fromkeys(PERSON_COLUMNS, "")
        person.update({"born_on": None, "work_started_on": None, "teaching_started_on": None})
        person.update(person_values(row.values))
        person.update(
            uid=uuid.uuid4().hex, staff_no=ref.code, pinyin=pinyin_of(ref.name), initials=initials_of(ref.name)
        )
        for field, column in NUMBERS:
            person.update(self._sealed(person["uid"], field, row.values.get(column)))
        period = {**_blank_period(), **period_values(row.values, school)}
        plan.added += 1
        plan.changes.append(Change(Person.__tablename__, "add", person, row.number, ref=ref))
        plan.changes.append(
            Change(
                Employment.__tablename__,
                "add",
                {**period, "person_id": ref, "valid_from": first_day(person, period), "valid_to": None},
                row.number,
            )
        )

    def _sealed(self, uid: str, field: str, number: str | None) -> dict[str, Any]:
        if not number:
            return {f"{field}_sealed": None, f"{field}_index": None, f"{field}_masked": ""}
        return {
            f"{field}_sealed": self.work.vault.seal(number, place_of(uid, field)),
            f"{field}_index": self.work.vault.index(number),
            f"{field}_masked": masked(number),
        }

    def _update(self, plan: SheetPlan, row: ParsedRow, known: Ref, school: Ref) -> None:
        if known.id is None:
            return
        changed = self._changed_person(plan, row, known, self.persons[known.id])
        placed = self._placed(row, {**self.persons[known.id], **changed}, self.periods[known.id], school)
        if row.number in plan.bad_rows:
            return
        if changed or placed.updates or placed.adds:
            plan.updated += 1
        else:
            plan.unchanged += 1
        self._change_person(plan, row, known.id, changed)
        self._change_periods(plan, row, known, placed)

    def _changed_person(self, plan: SheetPlan, row: ParsedRow, known: Ref, person: dict[str, Any]) -> dict[str, Any]:
        """What the row says otherwise of the person. A name borne before is an older file's, no renaming, unless
        the row itself calls the present name the former one."""
        said = person_values(row.values)
        taken_back = known.name in _names(row.values.get("former_name"))
        if self._formerly(known, row.values["name"]) and not taken_back:
            said = {name: value for name, value in said.items() if name not in ("name", "former_name")}
        changed = differs(person, said)
        changed.update(self._changed_numbers(plan, row, known, person))
        if "name" in changed:
            changed.update(pinyin=pinyin_of(row.values["name"]), initials=initials_of(row.values["name"]))
        return changed

    def _placed(self, row: ParsedRow, person: dict[str, Any], periods: list[Period], school: Ref) -> Placement:
        """What the row does to the periods of the person, as the person is with this row."""
        said = period_values(row.values, school)
        effective = row.values.get("effective_on") or self.as_of
        opening = first_day(person, {**periods[0].values, **said})
        return place(periods, said, effective, opening, bool(row.values.get(CARRIED)))

    def _change_person(self, plan: SheetPlan, row: ParsedRow, person_id: int, changed: dict[str, Any]) -> None:
        if not changed:
            return
        person = self.persons[person_id]
        before = {name: person.get(name) for name in changed}
        plan.changes.append(
            Change(Person.__tablename__, "update", changed, row.number, person_id, person["version"], before)
        )

    @staticmethod
    def _change_periods(plan: SheetPlan, row: ParsedRow, known: Ref, placed: Placement) -> None:
        table = Employment.__tablename__
        for period, values in placed.updates:
            before = {name: getattr(period, name, period.values.get(name)) for name in values}
            plan.changes.append(Change(table, "update", values, row.number, period.id, period.version, before))
        until_then = placed.updates[0][0].values if placed.updates else {}
        for values in placed.adds:
            opened = {**_blank_period(), **values, "person_id": known}
            plan.changes.append(Change(table, "add", opened, row.number, before=until_then))

    def _changed_numbers(self, plan: SheetPlan, row: ParsedRow, known: Ref, person: dict[str, Any]) -> dict[str, Any]:
        changed: dict[str, Any] = {}
        written = row.values["staff_no"]
        if written != person["staff_no"] and written in self.directory.people:
            return changed
        if plan.read.file and written != person["staff_no"] and self.directory.longer_by_zeros(written) is known:
            plan.note(missing("person", person["staff_no"]), row, "staff_no")
            return changed
        if written != person["staff_no"] and self._is_new_number(row, written):
            plan.note(
                Finding("roster.staff_no_changed", params={"old": person["staff_no"]}, level="warning"), row, "staff_no"
            )
            self._keep_alias(plan, known, "staff_no", person["staff_no"], row)
            changed["staff_no"] = written
            self.directory.renumbered(known, written)
        for field, column in NUMBERS:
            number = row.values.get(column)
            if not number:
                continue
            if is_masked(number):
                if number != person[f"{field}_masked"]:
                    plan.note(Finding("roster.mask_differs"), row, column)
            elif self.work.vault.index(number) != person[f"{field}_index"]:
                if field == "id_number" and person["id_number_index"]:
                    plan.note(Finding("roster.id_changed", level="warning"), row, column)
                    self._keep_alias(plan, known, "id_number", person["id_number_index"], row)
                changed.update(self._sealed(person["uid"], field, number))
        return changed

    def _is_new_number(self, row: ParsedRow, written: str) -> bool:
        """A number nobody has; one the person had before comes back only where the row names the record: else the
        file is simply older."""
        return self.directory.person(written) is None or bool(row.values.get("record_id"))

    def _keep_alias(self, plan: SheetPlan, known: Ref, kind: str, value: str, row: ParsedRow) -> None:
        """Old files still find the person by the number; it is kept once, however often it comes and goes."""
        if self.directory.is_former(known, value):
            return
        kept = {"person_id": known, "kind": kind, "value": value, "replaced_at": self.work.now}
        plan.changes.append(Change(PersonAlias.__tablename__, "add", kept, row.number))


def _blank_period() -> dict[str, Any]:
    blank: dict[str, Any] = dict.fromkeys(PERIOD_COLUMNS, "")
    return blank | {"weekly_lessons_hundredths": None, "arrived_on": None, "left_on": None, "status": "on_post"}


def _names(written: str | None) -> list[str]:
    return (written or "").replace("、", "；").split("；")
