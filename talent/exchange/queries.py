"""Past and present imports, for those who may look at them: the bureau sees all, a school office its own."""

import json
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, literal, or_, select, true
from sqlalchemy.orm import Session, aliased

from talent.accounts.models import User
from talent.core.access import Actor
from talent.core.batches import ImportBatch
from talent.core.errors import NotFound
from talent.core.files import StoredFile
from talent.core.jobs import Job, JobView, view_of
from talent.exchange.preview import Preview, issues_from_json
from talent.exchange.staging import preview_kept
from talent.exchange.undo_plan import plan
from talent.workbooks.issues import Issue


@dataclass(frozen=True, slots=True)
class BatchRow:
    """One import of the list. ``by`` is empty for one loaded at the command line.

    An entry on a page (``source`` form) names no files but the kind of its record, what was done and why.
    """

    id: int
    state: str
    files: tuple[str, ...]
    as_of: date | None
    good_rows_only: bool
    by: str
    created_at: datetime
    accepted_at: datetime | None
    undone_at: datetime | None
    mine: bool
    source: str = "file"
    reason: str = ""
    kind: str = ""
    done: str = ""


@dataclass(frozen=True, slots=True)
class BatchDetail:
    """One import with what was found in it. ``preview`` is missing while it is being made."""

    row: BatchRow
    encoding: str
    job: JobView | None
    preview: Preview | None
    issues: list[Issue]


@dataclass(frozen=True, slots=True)
class UndoForecast:
    """What undoing would do now: rows back to their old values, rows removed, rows kept as changed since."""

    restored: int
    removed: int
    kept: int


def _visible(actor: Actor) -> ColumnElement[bool]:
    scope = actor.require("import:read")
    return true() if scope.everyone else ImportBatch.created_by == actor.user_id


def _row(batch: Any, actor: Actor, by: str | None, display: str | None) -> BatchRow:
    files = tuple(file if isinstance(file, str) else file["name"] for file in json.loads(batch.files))
    return BatchRow(batch.id, batch.state, files, batch.as_of, batch.good_rows_only, display or by or "",
                    batch.created_at, batch.accepted_at, batch.undone_at,
                    batch.created_by is not None and batch.created_by == actor.user_id,
                    batch.source, batch.reason, *(_entry(batch.summary) if batch.source == "form" else ("", "")))


def _entry(summary: str) -> tuple[str, str]:
    """The kind of the one record of an entry, and what was done with it: added, updated, deleted."""
    sheet = json.loads(summary)[0]
    return sheet["kind"], next((what for what in ("added", "updated", "deleted") if sheet[what]), "")


def batches(
    session: Session, actor: Actor, *, source: str = "file", state: str = "", offset: int = 0, limit: int = 50
) -> tuple[list[BatchRow], int]:
    """One page of the imports (or entries on pages), perhaps of one state, latest first, and how many there are.
    Needs ``import:read``."""
    seen = and_(_visible(actor), ImportBatch.source == source, ImportBatch.state == state if state else true())
    total = session.scalar(select(func.count()).select_from(ImportBatch).where(seen)) or 0
    columns = (ImportBatch.id, ImportBatch.state, ImportBatch.files, ImportBatch.as_of, ImportBatch.good_rows_only,
               ImportBatch.created_by, ImportBatch.created_at, ImportBatch.accepted_at, ImportBatch.undone_at,
               ImportBatch.source, ImportBatch.reason,
               # A file's summary holds its whole preview, an entry's one line.
               case((ImportBatch.source == "form", ImportBatch.summary), else_="[]").label("summary"))
    rows = session.execute(
        select(*columns, User.name, User.display_name).outerjoin(User, User.id == ImportBatch.created_by)
        .where(seen).order_by(ImportBatch.id.desc()).offset(offset).limit(limit)
    ).all()
    return [_row(row, actor, row.name, row.display_name) for row in rows], total


def waiting(actor: Actor, since: datetime) -> Select[*tuple[Any, ...]] | None:
    """(state, how many, handed in since, "") of the actor's own workbooks that wait for a look, or were refused
    since, as nobody else decides on them: a statement to be asked beside that of the jobs; None for who imports
    nothing."""
    if not actor.may("record:import"):
        return None
    refused_of_late = (ImportBatch.state == "refused") & (ImportBatch.created_at >= since)
    return (
        select(ImportBatch.state, func.count(), func.min(ImportBatch.created_at), literal(""))
        .where(ImportBatch.created_by == actor.user_id, or_(ImportBatch.state == "staged", refused_of_late))
        .group_by(ImportBatch.state))


def batch(session: Session, actor: Actor, batch_id: int) -> BatchDetail:
    """One import; NotFound when there is none that the actor may see."""
    maker = aliased(User)
    found = session.execute(
        select(ImportBatch, maker.name, maker.display_name).outerjoin(maker, maker.id == ImportBatch.created_by)
        .where(ImportBatch.id == batch_id, _visible(actor))
    ).one_or_none()
    if found is None:
        raise NotFound("import", batch_id)
    kept = json.loads(found[0].summary or "{}")
    job = session.get(Job, kept["job"]) if isinstance(kept, dict) and kept.get("job") else None
    return BatchDetail(_row(found[0], actor, found[1], found[2]), found[0].encoding,
                       view_of(job) if job is not None else None, preview_kept(found[0]),
                       issues_from_json(found[0].issues))


def uploads_of(session: Session, actor: Actor, batch_id: int) -> list[StoredFile]:
    """The files as handed in: for the person who handed them in alone, since they hold what lists must not show."""
    detail = batch(session, actor, batch_id)
    if not detail.row.mine:
        raise NotFound("import", batch_id)
    ids = [file["id"] for file in json.loads(session.get_one(ImportBatch, batch_id).files)]
    by_id = {row.id: row for row in session.scalars(select(StoredFile).where(StoredFile.id.in_(ids)))}
    return [by_id[id_] for id_ in ids if id_ in by_id]


def undo_forecast(session: Session, actor: Actor, batch_id: int) -> UndoForecast:
    """What undoing an accepted batch would do as things stand. Needs ``record:undo``."""
    actor.require("record:undo")
    undoing = plan(session, batch_id)
    return UndoForecast(len(undoing.restored), sum(map(len, undoing.removed.values())), len(undoing.kept))
