"""Plan the schools sheet: rows may point at schools that the same import brings, and names are dated.

A row with 生效日期 that calls a known school otherwise keeps what it was called until that day; without one it corrects
the name that came last.
"""

from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from talent.core.errors import Finding
from talent.exchange.directory import Directory
from talent.exchange.records import RecordPlanner, Stored
from talent.people.models import SchoolPast
from talent.people.names_of_schools import Past, renamed
from talent.workbooks.intake import Intake
from talent.workbooks.plan import Change, SheetPlan, SheetRead
from talent.workbooks.rows import ParsedRow

DATED = ("name", "kind")


class SchoolPlanner(RecordPlanner):
    """Announces the schools to come before resolving rows, and withdraws those whose row turned out bad."""

    def __init__(self, session: Session, intake: Intake, directory: Directory, sheets: Iterable[SheetRead]) -> None:
        super().__init__(session, intake, directory, sheets)
        self.pasts: dict[int, list[Past]] = {}
        for row in session.scalars(select(SchoolPast).order_by(SchoolPast.valid_to)):
            past = Past(row.valid_to, row.name, row.kind, row.id, row.version)
            self.pasts.setdefault(row.school_id, []).append(past)

    def plan(self) -> list[SheetPlan]:
        """The plans of all school sheets."""
        rows = [(plan, row) for plan in self.plans for row in plan.rows if row.values.get("operation") is None]
        for _plan, row in rows:
            self.directory.coming_school(row.values["code"], row.values["name"])
        super().plan()
        for plan, row in rows:
            if row.number in plan.bad_rows and self.directory.schools[row.values["code"]].id is None:
                del self.directory.schools[row.values["code"]]
        for plan in self.plans:
            for change in plan.changes:
                if change.action == "add" and change.table == self.intake.table.name:
                    change.ref = self.directory.schools[change.values["code"]]
        return self.plans

    def _keep(self, plan: SheetPlan, row: ParsedRow, stored: Stored | None, values: dict[str, Any]) -> None:
        effective = values.pop("effective_on", None)
        if stored is None or effective is None:
            super()._keep(plan, row, stored, values)
            return
        opened = values.get("opened_on", stored.values["opened_on"])
        if opened is not None and effective <= opened:
            plan.note(Finding("school.renamed_before_opening", params={"opened": opened}), row, "effective_on")
            return
        history = self._rename(plan, row, stored, values, effective)
        unchanged = plan.unchanged
        super()._keep(plan, row, stored, values)
        if history and plan.unchanged > unchanged:
            plan.unchanged, plan.updated = unchanged, plan.updated + 1

    def _rename(
        self, plan: SheetPlan, row: ParsedRow, stored: Stored, values: dict[str, Any], effective: date
    ) -> bool:
        """Plan what the row does to the school's pasts; leaves in ``values`` what belongs to its own row."""
        last = Past(None, stored.values["name"], stored.values["kind"])
        said = {name: values[name] for name in DATED if name in values}
        done = renamed(self.pasts.get(stored.id, []), last, said, effective)
        for name in DATED:
            values.pop(name, None)
        values.update(done.last)
        for past, changed in done.changed:
            before = {name: getattr(past, name) for name in changed}
            plan.changes.append(
                Change(SchoolPast.__tablename__, "update", dict(changed), row.number, past.id, past.version, before))
        if done.added is not None:
            kept = {"school_id": stored.id, "valid_to": done.added.valid_to, "name": done.added.name,
                    "kind": done.added.kind}
            plan.changes.append(Change(SchoolPast.__tablename__, "add", kept, row.number))
        return bool(done.added or done.changed)
