"""Undo an accepted import: restore what it changed, remove what it added, keep what somebody touched since."""

from collections import Counter
from dataclasses import dataclass, field

from sqlalchemy import ColumnElement, Table, and_, delete, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from talent.core.batches import ChangeImage, ImportBatch
from talent.core.database import Base
from talent.core.errors import Conflict, Finding, NotFound, RuleViolation
from talent.core.work import Work
from talent.exchange.apply import TABLES, from_image


@dataclass
class Undone:
    """How many rows went back, were removed, or stay because they were changed since or are pointed at."""

    restored: int = 0
    removed: int = 0
    kept: list[tuple[str, int]] = field(default_factory=list)


def undo(work: Work, batch_id: int) -> Undone:
    """Take an accepted batch back, by compare-and-set on the batch and on every row.

    What was entered on a page goes back whole or not at all: RuleViolation when something later builds on it.
    """
    work.require("record:undo")
    batch = work.session.get(ImportBatch, batch_id)
    if batch is None:
        raise NotFound("import", batch_id)
    taken = work.session.execute(
        update(ImportBatch)
        .where(ImportBatch.id == batch_id, ImportBatch.state == "accepted")
        .values(state="undone", undone_at=work.now)
        .execution_options(synchronize_session=False)
    )
    if taken.rowcount != 1:  # type: ignore[attr-defined]
        raise Conflict("import.not_accepted", state=batch.state)
    result, moved = Undone(), moved_since(work.session, batch_id)
    # Added rows go first: a period opened by the batch must be gone before the one it cut short is made whole again.
    for table in reversed(Base.metadata.sorted_tables):
        if is_filled_by_imports(table):
            _remove(work, table, batch_id, result, moved)
    _restore(work, batch_id, result, moved)
    if result.kept and batch.source == "form":
        raise RuleViolation(_built_on(work, batch_id, result.kept))
    work.record(
        "import:undo", "import", batch_id, restored=result.restored, removed=result.removed, kept=len(result.kept)
    )
    return result


def is_filled_by_imports(table: Table) -> bool:
    """Whether rows of the table name the import that added them; other batches count from 1 as well."""
    owner = table.columns.get("batch_id")
    named = owner is not None and any(key.column.table is ImportBatch.__table__ for key in owner.foreign_keys)
    return named and table.name != ChangeImage.__tablename__


def moved_since(session: Session, batch_id: int) -> Counter[tuple[str, int]]:
    """By how much the versions of rows went up through later changes that were undone: one up, one down again.

    Such a row says what it said when the batch left it.
    """
    later = session.execute(
        select(ChangeImage.table_name, ChangeImage.row_id)
        .join(ImportBatch, ImportBatch.id == ChangeImage.batch_id)
        .where(ImportBatch.id > batch_id, ImportBatch.state == "undone", ChangeImage.action == "update"))
    moved = Counter((name, row_id) for name, row_id in later)
    return Counter({row: 2 * times for row, times in moved.items()})


def _built_on(work: Work, batch_id: int, kept: list[tuple[str, int]]) -> Finding:
    """What stands in the way: the latest batch that changed a row of this one, or something that points at one."""
    rows = (and_(ChangeImage.table_name == table, ChangeImage.row_id == row_id) for table, row_id in kept[:100])
    later = work.session.scalars(
        select(ImportBatch).join(ChangeImage, ChangeImage.batch_id == ImportBatch.id)
        .where(or_(*rows), ImportBatch.id > batch_id, ImportBatch.state == "accepted").order_by(ImportBatch.id.desc())
        .limit(1)
    ).first()
    if later is None:
        return Finding("entry.pointed_at_since")
    return Finding("entry.built_on", params={"number": later.id, "on": later.as_of, "reason": later.reason})


def _restore(work: Work, batch_id: int, result: Undone, moved: Counter[tuple[str, int]]) -> None:
    images = work.session.scalars(
        select(ChangeImage).where(ChangeImage.batch_id == batch_id).order_by(ChangeImage.id.desc())
    )
    for row in images.all():
        table = TABLES[row.table_name]
        before, after = from_image(table, row.before), from_image(table, row.after)
        if row.action == "delete":
            work.session.execute(table.insert().values(id=row.row_id, **before))
            result.restored += 1
            continue
        left = after["version"], after["version"] + moved[row.table_name, row.row_id]
        written = work.session.execute(
            update(table).where(table.c.id == row.row_id, table.c.version.in_(left))
            .values({**before, "version": table.c.version + 1})
        )
        if written.rowcount == 1:  # type: ignore[attr-defined]
            result.restored += 1
        else:
            result.kept.append((row.table_name, row.row_id))


def _remove(
    work: Work, table: Table, batch_id: int, result: Undone, moved: Counter[tuple[str, int]]
) -> None:
    ids = work.session.scalars(select(table.c.id).where(table.c.batch_id == batch_id)).all()
    if not ids:
        return
    untouched = as_added(table, moved) if "version" in table.columns else table.c.id.is_not(None)
    try:
        with work.session.begin_nested():
            gone = work.session.execute(delete(table).where(table.c.batch_id == batch_id, untouched))
        result.removed += gone.rowcount  # type: ignore[attr-defined]
        if gone.rowcount != len(ids):  # type: ignore[attr-defined]
            left = work.session.scalars(select(table.c.id).where(table.c.batch_id == batch_id))
            result.kept.extend((table.name, id_) for id_ in left)
    except IntegrityError:
        _remove_one_by_one(work, table, batch_id, result, untouched)


def as_added(table: Table, moved: Counter[tuple[str, int]]) -> ColumnElement[bool]:
    """Rows of the table that say what they said when they were added."""
    again = [and_(table.c.id == row_id, table.c.version == 1 + up) for (name, row_id), up in moved.items()
             if name == table.name]
    return or_(table.c.version == 1, *again)


def _remove_one_by_one(
    work: Work, table: Table, batch_id: int, result: Undone, untouched: ColumnElement[bool]
) -> None:
    """Some rows are pointed at by later ones: remove the others, as far as nobody changed them since."""
    for id_ in work.session.scalars(select(table.c.id).where(table.c.batch_id == batch_id)).all():
        try:
            with work.session.begin_nested():
                gone = work.session.execute(delete(table).where(table.c.id == id_, untouched)).rowcount  # type: ignore[attr-defined]
        except IntegrityError:
            gone = 0
        result.removed += gone
        if not gone:
            result.kept.append((table.name, id_))
