"""The inventory of personal information, read from its one file: of every column whose, why, who reads it, how long."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, Literal

import yaml

from talent.core.access import RIGHTS, Reach

FILE = Path(__file__).with_name("inventory.yaml")
#: The right by which everybody reads what is held about themselves.
OWN = "mydata:read"

Class = Literal["general", "sensitive", "impersonal"]
CLASSES: tuple[Class, ...] = ("general", "sensitive", "impersonal")
#: Keyed hashes and seeds serve comparing alone: they tell nobody anything, not even whose they are.
OPAQUE = ("_index", "_hash", "_sha256", "seed_sealed")
#: What a column that leads to the person or to their account is called: to themselves it says nothing.
ONESELF = ("本人", "账号")


@dataclass(frozen=True, slots=True)
class Ground:
    """The legal ground of a purpose."""

    code: str
    label: str
    document: str
    clause: str


@dataclass(frozen=True, slots=True)
class Keep:
    """How long: ``key`` names the policy entry with the months, "" where nothing ends it."""

    code: str
    label: str
    key: str = ""


@dataclass(frozen=True, slots=True)
class Field:
    """One column. ``label`` is "" where the column is about nobody; ``readers`` are rights, perhaps with a reach."""

    table: str
    column: str
    label: str
    kind: Class
    purpose: str
    ground: Ground
    readers: tuple[str, ...]
    keep: Keep
    vocabulary: str = ""

    @property
    def personal(self) -> bool:
        """Whether the column is about somebody."""
        return self.kind != "impersonal"

    @property
    def told(self) -> bool:
        """Whether a person's own copy shows it."""
        return self.personal and not self.column.endswith(OPAQUE) and self.label not in ONESELF


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table. ``exempt`` says why a person's copy leaves it out, "" where it does not."""

    name: str
    title: str
    subject: str
    exempt: str
    fields: tuple[Field, ...]

    @property
    def personal(self) -> tuple[Field, ...]:
        """The columns that are about somebody."""
        return tuple(field for field in self.fields if field.personal)

    @property
    def exported(self) -> bool:
        """Whether a person's copy holds it."""
        return bool(self.personal) and not self.exempt


@cache
def inventory() -> Mapping[str, Sheet]:
    """Every table by its name, in the order of the file."""
    said = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    grounds = {code: Ground(code, **facts) for code, facts in said["bases"].items()}
    keeps = {code: Keep(code, **facts) for code, facts in said["keep"].items()}
    return {name: _sheet(name, facts, grounds, keeps) for name, facts in said["tables"].items()}


def fields() -> Iterator[Field]:
    """Every column of every table."""
    for sheet in inventory().values():
        yield from sheet.fields


def _sheet(name: str, facts: Mapping[str, Any], grounds: Mapping[str, Ground], keeps: Mapping[str, Keep]) -> Sheet:
    own = [f"{OWN}@self"] if facts["subject"] != "none" and not facts.get("exempt") else []
    found = []
    for kind in CLASSES:
        columns = facts.get(kind) or {}
        labels = columns if isinstance(columns, Mapping) else dict.fromkeys(columns, "")
        for column, label in labels.items():
            other = facts.get("unlike", {}).get(column, {})
            field = Field(
                name, column, label, kind, other.get("purpose", facts["purpose"]), grounds[facts["basis"]],
                tuple(other.get("readers", facts["readers"])), keeps[other.get("keep", facts["keep"])],
                facts.get("codes", {}).get(column, ""))
            found.append(replace(field, readers=(*field.readers, *own)) if field.told else field)
    return Sheet(name, facts["title"], facts["subject"], facts.get("exempt", ""), tuple(found))


def roles_of(reader: str) -> dict[str, Reach]:
    """Role → how far it reads, of a reader as the file writes it: a right, perhaps ``@all`` or ``@self`` only."""
    right, _, only = reader.partition("@")
    held = {role: rights[right] for role, rights in RIGHTS.items() if right in rights}
    return {role: reach for role, reach in held.items() if not only or reach == only}


def readers_of(field: Field) -> dict[Reach, list[str]]:
    """Who reads a column, widest reach first: reach → roles. A role stands only under its widest."""
    widest: dict[str, Reach] = {}
    for reach in ("self", "school", "all"):
        for reader in field.readers:
            widest.update({role: held for role, held in roles_of(reader).items() if held == reach})
    return {reach: [role for role in RIGHTS if widest.get(role) == reach]
            for reach in ("all", "school", "self") if reach in widest.values()}


def texts() -> Iterator[str]:
    """Everything the inventory says in words, for the catalogue."""
    for sheet in inventory().values():
        yield from (sheet.title, sheet.exempt)
        for field in sheet.fields:
            yield from (field.label, field.purpose, field.keep.label, field.ground.label, field.ground.document,
                        field.ground.clause)
