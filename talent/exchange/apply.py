"""Write a plan in the caller's transaction: additions in bulk, changes by compare-and-set with their images."""

import base64
import json
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from sqlalchemy import LargeBinary, Table, bindparam, insert, select, update
from sqlalchemy.orm import Session

from talent.core.batches import ChangeImage
from talent.core.database import Base
from talent.core.errors import Conflict
from talent.exchange.bulk import id_of, insert_rows, stored
from talent.people.models import Person, School
from talent.tiers.models import Title
from talent.workbooks.plan import Action, Change, Ref, SheetPlan

CHUNK = 5_000
TABLES: Mapping[str, Table] = Base.metadata.tables
NATURAL_KEY = {School.__tablename__: "code", Person.__tablename__: "staff_no"}


def write(session: Session, plans: Iterable[SheetPlan], batch_id: int) -> None:
    """Carry out every change of the plans, in their order (what is pointed at comes first)."""
    for plan in plans:
        touched = {change.table for change in plan.changes}
        tables = [table for table in Base.metadata.sorted_tables if table.name in touched]
        for table in reversed(tables):
            deletes = _of(plan, table, "delete")
            _images(session, table, _whole(session, table, deletes), batch_id)
            _delete(session, table, deletes)
        for table in tables:
            updates = _of(plan, table, "update")
            waiting = [change for change in updates if _points_at_new(change)]
            _change(session, table, [change for change in updates if change not in waiting], batch_id)
            _add(session, table, _of(plan, table, "add"), batch_id)
            _change(session, table, waiting, batch_id)


def _points_at_new(change: Change) -> bool:
    """Whether a value leads to a row that the same file adds, and that is not written yet."""
    return any(isinstance(value, Ref) and value.id is None for value in change.values.values())


def _change(session: Session, table: Table, updates: list[Change], batch_id: int) -> None:
    _images(session, table, updates, batch_id)
    _update(session, table, updates)


def _of(plan: SheetPlan, table: Table, action: Action) -> list[Change]:
    return [change for change in plan.changes if change.table == table.name and change.action == action]


def _add(session: Session, table: Table, adds: list[Change], batch_id: int) -> None:
    if table.name == School.__tablename__:
        adds = _without_later_schools(session, table, adds, batch_id)
    for start in range(0, len(adds), CHUNK):
        _add_rows(session, table, adds[start : start + CHUNK], batch_id)


def _without_later_schools(session: Session, table: Table, adds: list[Change], batch_id: int) -> list[Change]:
    """Schools that merged into another new school wait until that one is written."""
    waiting = adds
    while waiting:
        ready = [change for change in waiting if not _points_at_new(change)]
        if not ready or len(ready) == len(waiting):
            return waiting
        waiting = [change for change in waiting if change not in ready]
        _add_rows(session, table, ready, batch_id)
    return []


def _add_rows(session: Session, table: Table, adds: list[Change], batch_id: int) -> None:
    insert_rows(session.connection(), table, [change.values for change in adds], {"batch_id": batch_id})
    _learn_ids(session, table, [change for change in adds if change.ref is not None])


def _learn_ids(session: Session, table: Table, adds: list[Change]) -> None:
    """Give the refs of added rows their ids, found by natural key."""
    if not adds:
        return
    if table.name == Title.__tablename__:
        keys = {
            (id_of(change.values["person_id"]), change.values["tier"], change.values["term_from"]): change
            for change in adds
        }
        columns = (table.c.person_id, table.c.tier, table.c.term_from)
        people = sorted({key[0] for key in keys})
        for id_, *key in session.execute(select(table.c.id, *columns).where(table.c.person_id.in_(people))):
            if tuple(key) in keys and (ref := keys[key[0], key[1], key[2]].ref) is not None:
                ref.id = id_
        return
    column = table.columns[NATURAL_KEY[table.name]]
    by_key = {change.values[column.name]: change.ref for change in adds}
    for id_, key in session.execute(select(table.c.id, column).where(column.in_(list(by_key)))):
        if (ref := by_key[key]) is not None:
            ref.id = id_


def _update(session: Session, table: Table, changes: list[Change]) -> None:
    """Each row only if it still has the version the plan saw; several changes of one row are one."""
    groups: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    for change in changes:
        values = stored(change.values)
        row = {f"new_{name}": value for name, value in values.items()}
        groups.setdefault(tuple(sorted(values)), []).append(
            {**row, "old_id": change.row_id, "old_version": change.version}
        )
    for names, rows in groups.items():
        statement = (
            update(table)
            .where(table.c.id == bindparam("old_id"), table.c.version == bindparam("old_version"))
            .values({**{name: bindparam(f"new_{name}") for name in names}, "version": table.c.version + 1})
        )
        written = session.connection().execute(statement, rows).rowcount
        if written != len(rows):
            raise Conflict("import.row_changed", table=table.name)


def _delete(session: Session, table: Table, changes: list[Change]) -> None:
    if not changes:
        return
    statement = table.delete().where(table.c.id == bindparam("old_id"), table.c.version == bindparam("old_version"))
    rows = [{"old_id": change.row_id, "old_version": change.version} for change in changes]
    if session.connection().execute(statement, rows).rowcount != len(rows):
        raise Conflict("import.row_changed", table=table.name)


def _whole(session: Session, table: Table, deletes: list[Change]) -> list[Change]:
    """Deletions with everything the row holds, also what no sheet says, so that it can come back as it was."""
    rows: dict[int, dict[str, Any]] = {}
    ids = [change.row_id for change in deletes]
    for start in range(0, len(ids), CHUNK):
        found = session.execute(select(table).where(table.c.id.in_(ids[start : start + CHUNK]))).mappings()
        rows.update({row["id"]: {name: value for name, value in row.items() if name != "id"} for row in found})
    return [
        Change(change.table, "delete", {}, change.row, change.row_id, change.version, rows.get(change.row_id or 0, {}))
        for change in deletes
    ]


def _images(session: Session, table: Table, changes: list[Change], batch_id: int) -> None:
    rows = [
        {
            "batch_id": batch_id,
            "table_name": table.name,
            "row_id": change.row_id,
            "action": change.action,
            "before": image({**change.before, "version": change.version}),
            "after": image({**change.values, "version": change.version + 1}),
        }
        for change in changes
    ]
    for start in range(0, len(rows), CHUNK):
        session.execute(insert(ChangeImage), rows[start : start + CHUNK])


def image(values: Mapping[str, Any]) -> str:
    """Values of a row as JSON: dates in ISO form, sealed bytes in base64, references by id."""
    return json.dumps(values, ensure_ascii=False, sort_keys=True, default=_plain)


def _plain(value: Any) -> Any:
    if isinstance(value, Ref):
        return value.id
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    return str(value)


def from_image(table: Table, text: str) -> dict[str, Any]:
    """The inverse of :func:`image` for the columns of ``table``."""
    values: dict[str, Any] = json.loads(text)
    for name, value in values.items():
        column = table.columns[name]
        if value is None:
            continue
        if isinstance(column.type, LargeBinary):
            values[name] = base64.b64decode(value)
        elif column.type.python_type is date:
            values[name] = date.fromisoformat(value)
    return values
