"""What became of one record: who brought, changed, withdrew or restored it, when, what it said before and after, why.

Told from what was kept at the time: the batch that added the row, the before and after image of every change, the
states a title took, what its person proposed, and the audit entries. Whether the reader may see the record is asked
before.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from talent.accounts.models import User
from talent.core.audit import AuditEvent
from talent.core.batches import ChangeImage, ImportBatch
from talent.exchange.apply import TABLES, from_image
from talent.exchange.kinds import BY_CODE
from talent.exchange.models import Proposal
from talent.exchange.preview import Cell, cells_of
from talent.exchange.proposal_lists import steps_of
from talent.people.models import Person, School
from talent.tiers.intake import STATE_COLUMNS
from talent.tiers.models import TitleState
from talent.workbooks.intake import Intake
from talent.workbooks.plan import Change, Ref

LONG_AGO = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happened. ``action``: add, update, delete, undo, or an act on what its person proposed.

    ``by`` is empty for the local operator; ``at`` None: not recorded. ``files`` is empty for an entry on a page.
    """

    at: datetime | None
    action: str
    by: str
    source: str = ""
    files: tuple[str, ...] = ()
    reason: str = ""
    batch_id: int | None = None
    cells: tuple[Cell, ...] = ()


@dataclass(frozen=True, slots=True)
class _Batch:
    at: datetime | None
    by: str
    source: str
    files: tuple[str, ...]
    reason: str
    undone_at: datetime | None


@dataclass(frozen=True, slots=True)
class _Said:
    """One change of the record under a batch, its values still ids and codes."""

    batch_id: int | None
    action: str
    order: int
    change: Change | None = None


def history(session: Session, kind: str, record_id: int) -> list[Step]:
    """What happened to the record, the latest first; a handful of statements however much that is."""
    intake = BY_CODE[kind]
    said = [*_added(session, intake, record_id), *_images(session, intake, record_id)]
    if kind == "titles":
        said += _states(session, record_id, {each.batch_id for each in said if each.action == "add"})
    batches = _batches(session, {each.batch_id for each in said})
    names = _Names(session, intake, [each.change for each in said if each.change is not None])
    steps = [(batches[each.batch_id].at if each.batch_id in batches else None, each.order,
              _step(intake, each, batches, names)) for each in said]
    steps += [(step.at, 0, step) for step in (*_undone(session, batches), *_proposed(session, kind, record_id))]
    return [step for _at, _order, step in sorted(steps, key=lambda each: (each[0] or LONG_AGO, each[1]), reverse=True)]


# -- what was kept -----------------------------------------------------------------------------------------------


def _added(session: Session, intake: Intake, record_id: int) -> Iterator[_Said]:
    table = intake.table
    for batch_id in session.scalars(select(table.c.batch_id).where(table.c.id == record_id)):
        yield _Said(batch_id, "add", 0)


def _images(session: Session, intake: Intake, record_id: int) -> Iterator[_Said]:
    own = (ChangeImage.table_name == intake.table.name) & (ChangeImage.row_id == record_id)
    if intake.kind.code == "titles":
        states = select(TitleState.id).where(TitleState.title_id == record_id)
        own |= (ChangeImage.table_name == TitleState.__tablename__) & ChangeImage.row_id.in_(states)
    for image in session.scalars(select(ChangeImage).where(own).order_by(ChangeImage.id)):
        table = TABLES[image.table_name]
        before, after = from_image(table, image.before), from_image(table, image.after)
        change = Change(image.table_name, "update", after, before=before)
        yield _Said(image.batch_id, image.action, image.id, None if image.action == "delete" else change)


def _states(session: Session, title_id: int, first: set[int | None]) -> Iterator[_Said]:
    """A state is added beside the one before; those that came with the title are part of its beginning."""
    before: Mapping[str, Any] = {"state": "in_office", "changed_on": None, "reason": ""}
    rows = session.scalars(select(TitleState).where(TitleState.title_id == title_id).order_by(TitleState.id))
    for row in rows:
        now = {name: getattr(row, name) for name in STATE_COLUMNS}
        if row.batch_id not in first:
            yield _Said(row.batch_id, "update", row.id, Change(row.__tablename__, "update", now, before=before))
        before = now


def _batches(session: Session, ids: Iterable[int | None]) -> dict[int | None, _Batch]:
    wanted = {id_ for id_ in ids if id_ is not None}
    rows = session.execute(
        select(ImportBatch.id, func.coalesce(ImportBatch.accepted_at, ImportBatch.created_at).label("at"),
               ImportBatch.source, ImportBatch.files, ImportBatch.reason, ImportBatch.undone_at, User.name,
               User.display_name)
        .outerjoin(User, User.id == ImportBatch.created_by).where(ImportBatch.id.in_(wanted))
    )
    return {row.id: _Batch(row.at, row.display_name or row.name or "", row.source, _files(row.files), row.reason,
                           row.undone_at) for row in rows}


def _files(text: str) -> tuple[str, ...]:
    return tuple(file if isinstance(file, str) else file["name"] for file in json.loads(text))


def _undone(session: Session, batches: Mapping[int | None, _Batch]) -> Iterator[Step]:
    """Batches taken back: the record went back to what it was, unless somebody had changed it since."""
    undone = {str(id_): batch for id_, batch in batches.items() if batch.undone_at is not None}
    who: dict[str, str] = {}
    if undone:
        events = select(AuditEvent.subject_key, AuditEvent.actor).where(
            AuditEvent.action == "import:undo", AuditEvent.subject == "import", AuditEvent.subject_key.in_(undone))
        who = {key: actor for key, actor in session.execute(events)}
    for id_, batch in undone.items():
        yield Step(batch.undone_at, "undo", who.get(id_, ""), batch.source, batch.files, batch_id=int(id_))


def _proposed(session: Session, kind: str, record_id: int) -> Iterator[Step]:
    """What its person, or their school, asked of the record, and what was said to it."""
    asked = select(Proposal).where(Proposal.kind == kind, Proposal.record_id == record_id).order_by(Proposal.id)
    for said in steps_of(session, session.scalars(asked).all()):
        yield Step(said.at, f"{'nomination' if said.asks else 'proposal'}:{said.act}", said.by, reason=said.words)


# -- in words ----------------------------------------------------------------------------------------------------


class _Names:
    """The people and schools that old and new values point at, looked up once."""

    def __init__(self, session: Session, intake: Intake, changes: Sequence[Change]) -> None:
        self._persons = {attribute for attribute, what in intake.references.values() if what == "person"}
        values = [each for change in changes for each in (change.values, change.before)]
        wanted = {row[name] for row in values for name in self._persons if row.get(name) is not None}
        self._people = {
            id_: Ref(id_, staff_no, name) for id_, staff_no, name in session.execute(
                select(Person.id, Person.staff_no, Person.name).where(Person.id.in_(wanted)))
        } if wanted else {}
        points = any(name.endswith("school_id") for row in values for name in row)
        schools = session.execute(select(School.id, School.code, School.name)) if points else ()
        self.schools = {id_: f"{code} {name}" for id_, code, name in schools}

    def named(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Values with people in place of their ids."""
        return {name: self._people.get(value, value) if name in self._persons else value
                for name, value in values.items() if name != "version"}


def _step(intake: Intake, said: _Said, batches: Mapping[int | None, _Batch], names: _Names) -> Step:
    cells: tuple[Cell, ...] = ()
    if said.change is not None:
        change = Change(said.change.table, "update", names.named(said.change.values),
                        before=names.named(said.change.before))
        cells = tuple(cells_of(intake, change, names.schools))
    batch = batches.get(said.batch_id)
    if batch is None:
        return Step(None, said.action, "", cells=cells)
    return Step(batch.at, said.action, batch.by, batch.source, batch.files, batch.reason, said.batch_id, cells)
