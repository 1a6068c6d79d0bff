"""Plan the titles sheet: the row of the title, and its state as history."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from talent.core.errors import Finding
from talent.exchange.directory import Directory
from talent.exchange.records import CHUNK, RecordPlanner, Stored
from talent.tiers.intake import STATE_COLUMNS
from talent.tiers.models import TitleState
from talent.workbooks.intake import Intake
from talent.workbooks.plan import Change, Ref, SheetPlan, SheetRead
from talent.workbooks.rows import ParsedRow

IN_OFFICE = ("in_office", None, "")
State = tuple[str, Any, str]


class TitlePlanner(RecordPlanner):
    """Adds to a title's states instead of writing them over, so that past dates keep their answer."""

    def __init__(self, session: Session, intake: Intake, directory: Directory, sheets: Iterable[SheetRead]) -> None:
        super().__init__(session, intake, directory, sheets)
        self.latest: dict[int, tuple[int, int, State]] = {}
        self.states: dict[int, list[tuple[int, int, State]]] = {}
        titles = sorted(self.by_id)
        for start in range(0, len(titles), CHUNK):
            query = select(
                TitleState.id,
                TitleState.version,
                TitleState.title_id,
                TitleState.state,
                TitleState.changed_on,
                TitleState.reason,
            )
            chunk = titles[start : start + CHUNK]
            for id_, version, title_id, state, changed_on, reason in session.execute(
                query.where(TitleState.title_id.in_(chunk)).order_by(TitleState.id)
            ):
                self.latest[title_id] = (id_, version, (state, changed_on, reason))
                self.states.setdefault(title_id, []).append(self.latest[title_id])

    def _delete(self, plan: SheetPlan, row: ParsedRow, stored: Stored | None) -> None:
        for id_, version, state in self.states.get(stored.id, ()) if stored else ():
            before = {"title_id": stored.id if stored else None, **dict(zip(STATE_COLUMNS, state, strict=True))}
            plan.changes.append(Change(TitleState.__tablename__, "delete", {}, row.number, id_, version, before))
        super()._delete(plan, row, stored)

    def _keep(self, plan: SheetPlan, row: ParsedRow, stored: Stored | None, values: dict[str, Any]) -> None:
        said = {name: values.pop(name) for name in STATE_COLUMNS if name in values}
        before = len(plan.changes)
        super()._keep(plan, row, stored, values)
        if "state" not in said:
            return
        state: State = (said["state"] or "in_office", said.get("changed_on"), said.get("reason") or "")
        if stored is None:
            title = plan.changes[before].ref = Ref(None, "", "")
            if state != IN_OFFICE:
                plan.changes.append(self._added(title, state, row))
        elif self._restate(plan, row, stored, state) and _only_states(plan.changes[before:]):
            plan.unchanged, plan.updated = plan.unchanged - 1, plan.updated + 1

    def _restate(self, plan: SheetPlan, row: ParsedRow, stored: Stored, state: State) -> bool:
        """Plan the change of state of a stored title; whether there is one."""
        known = self.latest.get(stored.id)
        if state == (known[2] if known else IN_OFFICE):
            return False
        if known and state[0] == "in_office" and state[1] is None:
            plan.note(Finding("title.return_without_date", params={"state": known[2][0]}), row, "state")
            return False
        if known and (state[0] == known[2][0] or state[1] == known[2][1]):
            before = dict(zip(STATE_COLUMNS, known[2], strict=True))
            plan.changes.append(
                Change(
                    TitleState.__tablename__,
                    "update",
                    dict(zip(STATE_COLUMNS, state, strict=True)),
                    row.number,
                    known[0],
                    known[1],
                    before,
                )
            )
        else:
            plan.changes.append(self._added(Ref(stored.id, "", ""), state, row))
        return True

    @staticmethod
    def _added(title: Ref, state: State, row: ParsedRow) -> Change:
        return Change(
            TitleState.__tablename__,
            "add",
            {"title_id": title, **dict(zip(STATE_COLUMNS, state, strict=True))},
            row.number,
        )


def _only_states(changes: list[Change]) -> bool:
    return all(change.table == TitleState.__tablename__ for change in changes)
