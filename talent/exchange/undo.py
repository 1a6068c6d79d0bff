"""Undo an accepted import: restore what it changed, remove what it added, keep what somebody touched since."""

from dataclasses import dataclass, field

from sqlalchemy import Table, delete, select, update
from sqlalchemy.exc import IntegrityError

from talent.core.batches import ChangeImage, ImportBatch
from talent.core.database import Base
from talent.core.errors import Conflict, NotFound
from talent.core.work import Work
from talent.exchange.apply import TABLES, from_image


@dataclass
class Undone:
    """How many rows went back, were removed, or stay because they were changed since or are pointed at."""

    restored: int = 0
    removed: int = 0
    kept: list[tuple[str, int]] = field(default_factory=list)


def undo(work: Work, batch_id: int) -> Undone:
    """Take an accepted batch back, by compare-and-set on the batch and on every row."""
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
    result = Undone()
    # Added rows go first: a period opened by the batch must be gone before the one it cut short is made whole again.
    for table in reversed(Base.metadata.sorted_tables):
        if "batch_id" in table.columns and table.name != ChangeImage.__tablename__:
            _remove(work, table, batch_id, result)
    _restore(work, batch_id, result)
    work.record(
        "import:undo", "import", batch_id, restored=result.restored, removed=result.removed, kept=len(result.kept)
    )
    return result


def _restore(work: Work, batch_id: int, result: Undone) -> None:
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
        values = {**before, "version": after["version"] + 1}
        written = work.session.execute(
            update(table).where(table.c.id == row.row_id, table.c.version == after["version"]).values(values)
        )
        if written.rowcount == 1:  # type: ignore[attr-defined]
            result.restored += 1
        else:
            result.kept.append((row.table_name, row.row_id))


def _remove(work: Work, table: Table, batch_id: int, result: Undone) -> None:
    ids = work.session.scalars(select(table.c.id).where(table.c.batch_id == batch_id)).all()
    if not ids:
        return
    untouched = table.c.version == 1 if "version" in table.columns else table.c.id.is_not(None)
    try:
        with work.session.begin_nested():
            gone = work.session.execute(delete(table).where(table.c.batch_id == batch_id, untouched))
        result.removed += gone.rowcount  # type: ignore[attr-defined]
        if gone.rowcount != len(ids):  # type: ignore[attr-defined]
            left = work.session.scalars(select(table.c.id).where(table.c.batch_id == batch_id))
            result.kept.extend((table.name, id_) for id_ in left)
    except IntegrityError:
        _remove_one_by_one(work, table, batch_id, result)


def _remove_one_by_one(work: Work, table: Table, batch_id: int, result: Undone) -> None:
    """Some rows are pointed at by later ones: remove the others."""
    for id_ in work.session.scalars(select(table.c.id).where(table.c.batch_id == batch_id)).all():
        try:
            with work.session.begin_nested():
                work.session.execute(delete(table).where(table.c.id == id_))
            result.removed += 1
        except IntegrityError:
            result.kept.append((table.name, id_))
