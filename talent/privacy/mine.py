"""Everything held about one person, table by table, for that person alone: one statement a table.

What a table holds about somebody follows from the schema: rows that point at the person, rows that belong to such a
row, and rows of the accounts that are theirs. Only columns that are about somebody are read.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Column, ColumnElement, Select, Table, and_, case, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from talent.accounts.models import RoleGrant, User
from talent.accounts.queries import really_granted
from talent.core.audit import AuditEvent
from talent.core.batches import ChangeImage
from talent.core.database import Base
from talent.core.errors import NotAllowed
from talent.core.work import Work
from talent.people.models import Person, School
from talent.people.numbers import place_of
from talent.privacy.inventory import OWN, Field, Sheet, inventory

EXPORT = "mydata:export"
#: One person, or the people of a query.
Whose = int | InstrumentedAttribute[int]
#: How a sealed number's other two columns end.
SEALED, INDEX, MASKED = "_sealed", "_index", "_masked"


@dataclass(frozen=True, slots=True)
class Held:
    """What one table holds about the person: a row per record, a value per field, as stored."""

    sheet: Sheet
    fields: tuple[Field, ...]
    rows: Sequence[Sequence[Any]]


@dataclass(frozen=True, slots=True)
class Look:
    """Somebody looked at a number of the person."""

    at: datetime
    actor: str
    field: str
    reason: str


def person_of(work: Work, right: str = OWN) -> int:
    """The actor's own person; NotAllowed for an account that stands for nobody."""
    work.require(right)
    person_id = work.actor.person_id
    if person_id is None:
        raise NotAllowed(right)
    return person_id


def held_about_me(work: Work, *, whole: bool = False) -> Iterator[Held]:
    """Everything about the actor's own person. ``whole`` opens the sealed numbers instead of showing their masks."""
    person_id = person_of(work)
    places = {row.id: row.name for row in work.session.execute(select(School.id, School.name))}
    for name, sheet in inventory().items():
        if not sheet.exported:
            continue
        table = Base.metadata.tables[name]
        shown = tuple(field for field in sheet.personal if _is_told(field, whole))
        rows = work.session.execute(_of(table, shown, person_id)).all()
        yield Held(sheet, shown, [_told(work, table, shown, row, places) for row in rows])


def looks_at(work: Work) -> list[Look]:
    """Who was shown a whole number of the actor's own person, the latest first."""
    person_id = person_of(work)
    rows = work.session.execute(
        select(AuditEvent.at, AuditEvent.actor, AuditEvent.detail)
        .where(AuditEvent.subject == "person", AuditEvent.subject_key == str(person_id),
               AuditEvent.action == "person:reveal")
        .order_by(AuditEvent.id.desc()))
    found = ((row, json.loads(row.detail)) for row in rows)
    return [Look(row.at, row.actor, detail["field"], detail["reason"]) for row, detail in found]


def record_export(work: Work, form: str) -> int:
    """The audit entry of a download, which asks for a fresh proof; answers whose it is."""
    person_id = person_of(work, EXPORT)
    work.record(EXPORT, "person", person_id, form=form)
    return person_id


# ── which rows ───────────────────────────────────────────────────────────────────────────────────────────────


def about(table: Table, person_id: Whose) -> ColumnElement[bool] | None:
    """The rows of a table that are about a person, or about the person of an outer query; None where nothing leads
    there."""
    own = OWN_WAY.get(table.name)
    if own is not None:
        return own(person_id)
    direct = [column == person_id for column in pointing(table, Person.__tablename__)]
    if table.name == Person.__tablename__:
        direct = [table.c.id == person_id]
    if direct:
        return or_(*direct)
    accounts = [column.in_(_accounts(person_id)) for column in pointing(table, User.__tablename__)
                if column.name == "user_id"]
    return or_(*accounts) if accounts else _through_another(table, person_id)


def _through_another(table: Table, person_id: Whose) -> ColumnElement[bool] | None:
    """Rows that belong to a row about the person, as the states of a title do."""
    for column in table.columns:
        for key in column.foreign_keys:
            above = key.column.table
            if above is not table and pointing(above, Person.__tablename__):
                rows = or_(*(each == person_id for each in pointing(above, Person.__tablename__)))
                return column.in_(select(key.column).where(rows).correlate(Person))
    return None


def pointing(table: Table, at: str) -> list[Column[Any]]:
    """The columns of a table that are foreign keys to the table called ``at``."""
    return [column for column in table.columns if any(key.column.table.name == at for key in column.foreign_keys)]


def _accounts(person_id: Whose) -> Select[int]:
    """Accounts that are or were the person's: a grant that was only proposed, or declined, makes none theirs."""
    return select(RoleGrant.user_id).where(RoleGrant.person_id == person_id, really_granted()).correlate(Person)


def _of_events(person_id: int) -> ColumnElement[bool]:
    about_them = and_(AuditEvent.subject == "person", AuditEvent.subject_key == str(person_id))
    return or_(about_them, AuditEvent.user_id.in_(_accounts(person_id)))


def _of_images(person_id: int) -> ColumnElement[bool]:
    """Images of every record that is about the person."""
    parts = []
    for name, sheet in inventory().items():
        table = Base.metadata.tables[name]
        if "batch_id" not in table.columns or not sheet.exported or table.name == ChangeImage.__tablename__:
            continue
        rows = about(table, person_id)
        if rows is not None and "id" in table.columns:
            parts.append(and_(ChangeImage.table_name == name, ChangeImage.row_id.in_(select(table.c.id).where(rows))))
    return or_(*parts)


#: Tables whose rows no foreign key leads to a person.
OWN_WAY: Mapping[str, Any] = {
    User.__tablename__: lambda person_id: User.id.in_(_accounts(person_id)),
    AuditEvent.__tablename__: _of_events,
    ChangeImage.__tablename__: _of_images,
}


# ── which columns, and how they are told ─────────────────────────────────────────────────────────────────────


def _is_told(field: Field, whole: bool) -> bool:
    """A number stands once, whole or masked."""
    return field.told and not field.column.endswith(MASKED if whole else SEALED)


def _of(table: Table, shown: Sequence[Field], person_id: int) -> Select[*tuple[Any, ...]]:
    rows = about(table, person_id)
    assert rows is not None, f"nothing leads from {table.name} to a person: exempt it, with a reason"
    columns = [_column(table, field.column, person_id) for field in shown]
    extra = [table.c.uid] if table.name == Person.__tablename__ else []
    return select(*columns, *extra).where(rows).order_by(*table.primary_key.columns)


def _column(table: Table, name: str, person_id: int) -> ColumnElement[Any]:
    """The column; of an act on something else, a person's copy says only that it was done."""
    column: ColumnElement[Any] = table.c[name]
    if table.name != AuditEvent.__tablename__ or name not in ("subject", "subject_key", "detail"):
        return column
    about_them = and_(table.c.subject == "person", table.c.subject_key == str(person_id))
    return case((about_them, column), else_="").label(name)


def _told(
    work: Work, table: Table, shown: Sequence[Field], row: Sequence[Any], places: Mapping[int, str]
) -> list[Any]:
    told = []
    for field, value in zip(shown, row, strict=False):
        if isinstance(value, bytes):
            value = work.vault.open(value, place_of(row[-1], field.column.removesuffix(SEALED)))
        elif value is not None and field.column.endswith("school_id"):
            value = places.get(value, value)
        elif table.name == ChangeImage.__tablename__ and field.column in ("before", "after"):
            value = _without_numbers(value)
        told.append(value)
    return told


def _without_numbers(image: str) -> str:
    """An image without sealed values and hashes, which nobody can read; masks stay."""
    values = {name: value for name, value in json.loads(image).items() if not name.endswith((SEALED, INDEX))}
    return json.dumps(values, ensure_ascii=False, sort_keys=True)
