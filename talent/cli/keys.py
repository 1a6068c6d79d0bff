"""Changing the keys of a home: ``keys rotate``.

A change may be cut off at any moment and is finished by calling it again: until every value is sealed with the new
key, the older one stays beside it and still opens.
"""

import base64
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import click
from sqlalchemy import Table, bindparam, select, update
from sqlalchemy.orm import Session

from talent.accounts import second_factor
from talent.accounts.models import SecondFactor
from talent.cli.door import open_program, refusing
from talent.core import files
from talent.core.access import operator
from talent.core.batches import ChangeImage
from talent.core.secrets import Vault
from talent.core.work import Program
from talent.people.models import Person
from talent.people.numbers import place_of

AT_ONCE = 2_000


@dataclass(frozen=True, slots=True)
class Sealed:
    """A column of sealed values: the column that names its row, and what each value is bound to."""

    column: Any
    row_key: Any
    place: Callable[[Any], str]

    @property
    def table(self) -> Table:
        """The table of the column."""
        table: Table = self.column.property.columns[0].table
        return table


#: Every sealed column of the program; a test holds it against the schema.
SEALED = (
    Sealed(Person.id_number_sealed, Person.uid, lambda uid: place_of(uid, "id_number")),
    Sealed(Person.phone_sealed, Person.uid, lambda uid: place_of(uid, "phone")),
    Sealed(SecondFactor.seed_sealed, SecondFactor.user_id, second_factor.place),
)


@click.group()
def keys() -> None:
    """The keys of this home."""


@keys.command()
@refusing
def rotate() -> None:
    """Seal every number, code seed and uploaded file with a fresh key, the site stopped; make a backup afterwards."""
    settings = open_program().settings
    settings.begin_key_change("field")
    program = Program(settings)
    with program.begin(operator()) as work:
        changed = reseal(work.session, work.vault)
        work.record("keys:rotate", "key", "field", values=changed)
    changed += files.reseal(settings.home, program.vault)
    program.engine.dispose()
    settings.older_key_file("field").unlink()
    click.echo(f"已用新密钥重新加密 {changed} 个值；请重新备份 · sealed anew, make a backup now")


def reseal(session: Session, vault: Vault) -> int:
    """Seal every stored value with the key in use; how many there were."""
    return sum(_reseal_column(session, vault, sealed) for sealed in SEALED) + _reseal_images(session, vault)


def _reseal_column(session: Session, vault: Vault, sealed: Sealed) -> int:
    changed = 0
    statement = (update(sealed.table).where(sealed.row_key == bindparam("row_key"))
                 .values({sealed.column.key: bindparam("fresh")}))
    rows = session.execute(
        select(sealed.row_key, sealed.column).where(sealed.column.is_not(None))).all()
    for start in range(0, len(rows), AT_ONCE):
        chunk = rows[start : start + AT_ONCE]
        session.connection().execute(statement, [
            {"row_key": key, "fresh": _again(vault, value, sealed.place(key))} for key, value in chunk])
        changed += len(chunk)
    return changed


def _again(vault: Vault, value: bytes, place: str) -> bytes:
    return vault.seal(vault.open(value, place), place)


def _reseal_images(session: Session, vault: Vault) -> int:
    """Images of people keep sealed values too, so that an import can be undone."""
    changed = 0
    uids: dict[int, str] = {id_: uid for id_, uid in session.execute(select(Person.id, Person.uid))}
    images = session.scalars(
        select(ChangeImage)
        .where(ChangeImage.table_name == Person.__tablename__, ChangeImage.before.contains("_sealed"))
    ).all()
    for image in images:
        before, after = json.loads(image.before), json.loads(image.after)
        uid = uids.get(image.row_id) or before["uid"]
        for values, name in (*_sealed_in(before), *_sealed_in(after)):
            place = place_of(uid, name.removesuffix("_sealed"))
            fresh = _again(vault, base64.b64decode(values[name]), place)
            values[name] = base64.b64encode(fresh).decode()
            changed += 1
        image.before = json.dumps(before, ensure_ascii=False, sort_keys=True)
        image.after = json.dumps(after, ensure_ascii=False, sort_keys=True)
    return changed


def _sealed_in(values: dict[str, Any]) -> Iterator[tuple[dict[str, Any], str]]:
    return ((values, name) for name in list(values) if name.endswith("_sealed") and values[name])
