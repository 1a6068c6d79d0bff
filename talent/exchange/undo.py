"""Undo an accepted import: restore what it changed, remove what it added, keep what somebody touched since."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from sqlalchemy import Table, and_, bindparam, delete, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from talent.core.batches import ChangeImage, ImportBatch
from talent.core.database import Base
from talent.core.errors import Conflict, Finding, NotFound, RuleViolation
from talent.core.work import Work
from talent.exchange.apply import TABLES
from talent.exchange.locked_pay import years_resting_on
from talent.exchange.undo_plan import CHUNK, Image, Row, Undoing, plan


@dataclass
class Undone:
    """How many rows went back, were removed, or stay: changed since, pointed at, or (``taken``) in a place that
    another row holds by now."""

    restored: int = 0
    removed: int = 0
    kept: list[Row] = field(default_factory=list)
    taken: list[Row] = field(default_factory=list)


def undo(work: Work, batch_id: int) -> Undone:
    """Take an accepted batch back, by compare-and-set on the batch and on every row.

    What was entered on a page goes back whole or not at all: RuleViolation when something later builds on it. So for
    everything once pay is locked that was computed from it.
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
    undoing = plan(work.session, batch_id)
    if years := years_resting_on(work.session, undoing, batch.accepted_at or batch.created_at):
        raise RuleViolation(Finding("import.locked_since", params={"years": years}))
    result = Undone(kept=list(undoing.kept))
    # What leaves a row that goes comes back first; then the added rows go: a period opened by the batch must be gone
    # before the one it cut short is made whole again.
    leaving = [image for image in undoing.restored if _leaves(image, undoing)]
    _restore(work, leaving, result)
    _remove(work, batch_id, undoing, result)
    left = {image.row for image in leaving}
    _restore(work, [image for image in undoing.restored if image.row not in left], result)
    if result.kept and batch.source == "form":
        raise RuleViolation(_built_on(work, batch_id, result))
    work.record(
        "import:undo", "import", batch_id, restored=result.restored, removed=result.removed, kept=len(result.kept)
    )
    return result


def _leaves(image: Image, undoing: Undoing) -> bool:
    """Whether the row points at one that goes, and will not when it has come back."""
    table = TABLES[image.table]
    return image.action == "update" and any(
        image.after.get(name) in undoing.removed.get(key.column.table.name, ())
        for name in image.before for key in table.columns[name].foreign_keys)


def _built_on(work: Work, batch_id: int, result: Undone) -> Finding:
    """What stands in the way: the latest batch that changed a row of this one, or something that points at one."""
    if result.taken:
        return Finding("entry.place_taken")
    rows = (and_(ChangeImage.table_name == table, ChangeImage.row_id == row_id) for table, row_id in result.kept[:100])
    later = work.session.scalars(
        select(ImportBatch).join(ChangeImage, ChangeImage.batch_id == ImportBatch.id)
        .where(or_(*rows), ImportBatch.id > batch_id, ImportBatch.state == "accepted").order_by(ImportBatch.id.desc())
        .limit(1)
    ).first()
    if later is None:
        return Finding("entry.pointed_at_since")
    return Finding("entry.built_on", params={"number": later.id, "on": later.as_of, "reason": later.reason})


# ── what goes ────────────────────────────────────────────────────────────────────────────────────────────────


def _remove(work: Work, batch_id: int, undoing: Undoing, result: Undone) -> None:
    for table in reversed(Base.metadata.sorted_tables):
        ids = undoing.removed.get(table.name)
        if not ids:
            continue
        try:
            gone = _delete(work, table, batch_id, ids, whole=not undoing.staying.get(table.name))
        except IntegrityError as error:  # somebody pointed at one of them this very moment
            raise Conflict("import.row_changed", table=table.name) from error
        if gone != len(ids):
            raise Conflict("import.row_changed", table=table.name)
        result.removed += gone


def _delete(work: Work, table: Table, batch_id: int, ids: frozenset[int], *, whole: bool) -> int:
    if whole:
        return work.session.execute(delete(table).where(table.c.batch_id == batch_id)).rowcount  # type: ignore[attr-defined]
    ordered, gone = sorted(ids), 0
    for start in range(0, len(ordered), CHUNK):
        some = delete(table).where(table.c.id.in_(ordered[start : start + CHUNK]))
        gone += work.session.execute(some).rowcount  # type: ignore[attr-defined]
    return gone


# ── what comes back ──────────────────────────────────────────────────────────────────────────────────────────


def _restore(work: Work, images: Iterable[Image], result: Undone) -> None:
    """All rows of a kind at once; one by one where another row holds the place of some."""
    groups: dict[tuple[str, str, tuple[str, ...]], list[Image]] = defaultdict(list)
    for image in images:
        groups[image.table, image.action, tuple(image.before)].append(image)
    for some in groups.values():
        if _put_back(work, some):
            result.restored += len(some)
            continue
        for image in some:
            if _put_back(work, [image]):
                result.restored += 1
            else:
                result.kept.append(image.row)
                result.taken.append(image.row)


def _put_back(work: Work, images: list[Image]) -> bool:
    """Write the rows of one table, changed or deleted alike; False, with nothing written, where a place is taken."""
    try:
        with work.session.begin_nested():
            _write(work, images)
    except IntegrityError:
        return False
    return True


def _write(work: Work, images: list[Image]) -> None:
    table, connection = TABLES[images[0].table], work.session.connection()
    if images[0].action == "delete":
        connection.execute(insert(table), [{"id": image.row_id, **image.before} for image in images])
        return
    names = [name for name in images[0].before if name != "version"]
    statement = update(table).where(table.c.id == bindparam("old_id"), table.c.version == bindparam("now")).values(
        {**{name: bindparam(f"new_{name}") for name in names}, "version": table.c.version + 1})
    rows = [{"old_id": image.row_id, "now": image.now, **{f"new_{name}": image.before[name] for name in names}}
            for image in images]
    if connection.execute(statement, rows).rowcount != len(rows):
        raise Conflict("import.row_changed", table=table.name)
