"""What undoing an import would do as things stand: what goes, what comes back, and what stays since something builds
on it. Asked of the database table by table, whatever the number of rows.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from sqlalchemy import Column, Table, func, literal, not_, select
from sqlalchemy.orm import Session

from talent.core.batches import ChangeImage, ImportBatch
from talent.core.database import Base
from talent.exchange.apply import TABLES, from_image
from talent.people.models import Employment, Person

CHUNK = 5_000
PEOPLE, PERIODS = Person.__tablename__, Employment.__tablename__
#: (table, id).
Row = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Image:
    """A row the batch changed: ``update`` or ``delete``, with what it said before and after; ``now`` its version as
    things stand, 0 for one that is not there."""

    table: str
    row_id: int
    action: str
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    now: int = 0

    @property
    def row(self) -> Row:
        return self.table, self.row_id


@dataclass(frozen=True)
class Undoing:
    """``removed``: rows the batch added that can go, by table; ``restored``: rows it changed that can come back, the
    latest first; ``kept``: rows of either kind that stay; ``staying``: those of them the batch added."""

    removed: Mapping[str, frozenset[int]]
    restored: tuple[Image, ...]
    kept: tuple[Row, ...]
    staying: Mapping[str, frozenset[int]]


def is_filled_by_imports(table: Table) -> bool:
    """Whether rows of the table name the import that added them; other batches count from 1 as well."""
    owner = table.columns.get("batch_id")
    named = owner is not None and any(key.column.table is ImportBatch.__table__ for key in owner.foreign_keys)
    return named and table.name != ChangeImage.__tablename__


def plan(session: Session, batch_id: int) -> Undoing:
    """Judge every row of the batch; changes nothing."""
    return _Judged(session, batch_id).undoing()


@dataclass
class _Judged:
    """The rows of one batch while they are judged. ``stay``: added rows that cannot go, by table."""

    session: Session
    batch_id: int
    stay: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))

    def undoing(self) -> Undoing:
        """Rows that were touched stay, then what points at them, then the other periods of the same people; again
        until no more do."""
        for name, rows in self.added.items():
            self.stay[name] = {id_ for id_, version in rows.items()
                               if version not in (None, 1, 1 + self.moved[name, id_])}
        while self._spread():
            pass
        back = self._coming_back()
        restored = tuple(replace(image, now=self.versions.get(image.row, 0)) for image in back)
        coming = {image.row for image in back}
        kept = [image.row for image in self.images if image.row not in coming]
        kept += [(name, id_) for name, ids in self.stay.items() for id_ in sorted(ids)]
        return Undoing({name: frozenset(rows.keys() - self.stay[name]) for name, rows in self.added.items()},
                       restored, tuple(kept), {name: frozenset(ids) for name, ids in self.stay.items()})

    # ── what the batch did ───────────────────────────────────────────────────────────────────────────────────

    @cached_property
    def added(self) -> dict[str, dict[int, int | None]]:
        """Table → id → version of every row the batch added."""
        found = {}
        for table in Base.metadata.sorted_tables:
            if is_filled_by_imports(table):
                columns = [table.c.id, *([table.c.version] if "version" in table.columns else [])]
                rows = self.session.execute(select(*columns).where(table.c.batch_id == self.batch_id))
                found[table.name] = {row[0]: row[1] if len(row) > 1 else None for row in rows}
        return {name: rows for name, rows in found.items() if rows}

    @cached_property
    def images(self) -> tuple[Image, ...]:
        """What the batch changed, the latest first."""
        rows = self.session.execute(
            select(ChangeImage.table_name, ChangeImage.row_id, ChangeImage.action, ChangeImage.before,
                   ChangeImage.after)
            .where(ChangeImage.batch_id == self.batch_id).order_by(ChangeImage.id.desc()))
        return tuple(Image(row.table_name, row.row_id, row.action, from_image(TABLES[row.table_name], row.before),
                           from_image(TABLES[row.table_name], row.after)) for row in rows)

    @cached_property
    def moved(self) -> Counter[Row]:
        """By how much the versions of rows went up through later changes that were undone: one up, one down again.

        Such a row says what it said when the batch left it.
        """
        later = self.session.execute(
            select(ChangeImage.table_name, ChangeImage.row_id, func.count())
            .join(ImportBatch, ImportBatch.id == ChangeImage.batch_id)
            .where(ImportBatch.id > self.batch_id, ImportBatch.state == "undone", ChangeImage.action == "update")
            .group_by(ChangeImage.table_name, ChangeImage.row_id))
        return Counter({(name, row_id): 2 * times for name, row_id, times in later})

    @cached_property
    def versions(self) -> dict[Row, int]:
        """The versions that the changed rows have now."""
        by_table: dict[str, list[int]] = defaultdict(list)
        for image in self.images:
            by_table[image.table].append(image.row_id)
        return {(name, id_): version for name, ids in by_table.items() for chunk in chunks(ids)
                for id_, version in self.session.execute(
                    select(TABLES[name].c.id, TABLES[name].c.version).where(TABLES[name].c.id.in_(chunk)))}

    @cached_property
    def persons(self) -> dict[int, int]:
        """Period → person, of the periods the batch added or changed."""
        changed = [image.row_id for image in self.images if image.table == PERIODS]
        return {id_: person for chunk in chunks([*self.added.get(PERIODS, ()), *changed])
                for id_, person in self.session.execute(
                    select(Employment.id, Employment.person_id).where(Employment.id.in_(chunk)))}

    # ── what stays ───────────────────────────────────────────────────────────────────────────────────────────

    def _coming_back(self) -> list[Image]:
        """What can come back as things are judged so far."""
        settled = self.settled
        return [image for image in self.images if self._is_as_left(image)
                and not (image.table == PERIODS and self.persons.get(image.row_id) in settled)]

    def _is_as_left(self, image: Image) -> bool:
        if image.action == "delete":
            return True
        left = image.after["version"]
        return self.versions.get(image.row) in (left, left + self.moved[image.row])

    @property
    def settled(self) -> set[int]:
        """People whose periods stay together: a part taken back would leave gaps, overlaps, or nobody's school."""
        touched = {self.persons[id_] for id_ in self.stay[PERIODS]}
        touched |= {self.persons[image.row_id] for image in self.images
                    if image.table == PERIODS and image.row_id in self.persons and not self._is_as_left(image)}
        return touched | self.stay[PEOPLE]

    def _spread(self) -> bool:
        """One round; whether more rows stay after it."""
        before, back = sum(map(len, self.stay.values())), defaultdict[str, list[Image]](list)
        for image in self._coming_back():
            back[image.table].append(image)
        for table in reversed(Base.metadata.sorted_tables):
            if table.name in self.added:
                self.stay[table.name] |= self._pointed_at(table, back) & self.added[table.name].keys()
        settled = self.settled
        self.stay[PERIODS] |= {id_ for id_ in self.added.get(PERIODS, ()) if self.persons[id_] in settled}
        return sum(map(len, self.stay.values())) > before

    def _pointed_at(self, table: Table, back: Mapping[str, Sequence[Image]]) -> set[int]:
        """Added rows of a table that a row points at which neither goes nor, coming back, points elsewhere again."""
        found = set[int]()
        mine = select(table.c.id).where(table.c.batch_id == self.batch_id)
        for pointer in _pointers(table):
            child = pointer.table
            freed = {image.row_id for image in back.get(child.name, ()) if pointer.name in image.before}
            rows = select(child.c.id if "id" in child.columns else literal(0), pointer)
            outside = rows.where(pointer.in_(mine))
            if child.name in self.added:
                outside = outside.where(not_(func.coalesce(child.c.batch_id, 0) == self.batch_id))
            found |= {target for id_, target in self.session.execute(outside) if id_ not in freed}
            for chunk in chunks(self.stay[child.name]):
                found |= set(self.session.scalars(select(pointer).where(child.c.id.in_(chunk), pointer.is_not(None))))
        return found


def _pointers(table: Table) -> Iterator[Column[Any]]:
    """Every column of the schema that is a foreign key to the table."""
    for child in Base.metadata.sorted_tables:
        for column in child.columns:
            if any(key.column.table is table for key in column.foreign_keys):
                yield column


def chunks(ids: Iterable[int]) -> Iterator[list[int]]:
    """The numbers in order, as many at once as a statement takes."""
    ordered = sorted(ids)
    for start in range(0, len(ordered), CHUNK):
        yield ordered[start : start + CHUNK]
