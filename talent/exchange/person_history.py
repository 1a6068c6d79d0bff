"""One person's employment as it was written: the periods, and every act and import that made them what they are."""

import json
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import and_, or_, select

from talent.accounts.models import User
from talent.core.batches import ChangeImage, ImportBatch
from talent.core.work import Work
from talent.exchange.acts import CHANGE
from talent.people.models import Employment, Person, PersonAlias, School
from talent.people.queries import school_name_on

MOST = 50


@dataclass(frozen=True, slots=True)
class PeriodRow:
    """A period, half-open. ``batch_id``: what brought it; None for a row from before batches."""

    since: date | None
    until: date | None
    school: str
    teaching_schools: str
    stage: str
    subject: str
    post: str
    professional_title: str
    quota_type: str
    status: str
    left_on: date | None
    batch_id: int | None


@dataclass(frozen=True, slots=True)
class Done:
    """Something that changed the person or their employment. ``act`` "": an import or an entry of the whole row."""

    batch_id: int
    act: str
    on: date | None
    reason: str
    document_no: str
    by: str
    at: datetime | None
    state: str
    source: str


def periods_of(work: Work, person_id: int) -> list[PeriodRow]:
    """Every period, the latest first; those that begin later than today too."""
    work.require(CHANGE)
    rows = work.session.execute(
        select(Employment, school_name_on(work.today)).join(School, School.id == Employment.school_id)
        .where(Employment.person_id == person_id)).all()
    ordered = sorted(rows, key=lambda row: row[0].valid_from or date.min, reverse=True)
    return [PeriodRow(row.valid_from, row.valid_to, school, row.teaching_schools, row.stage, row.subject, row.post,
                      row.professional_title, row.quota_type, row.status, row.left_on, row.batch_id)
            for row, school in ordered]


def done_to(work: Work, person_id: int) -> list[Done]:
    """What was done to the person, the latest first, undone things too; one statement."""
    work.require(CHANGE)
    posts = select(Employment.id).where(Employment.person_id == person_id)
    changed = select(ChangeImage.batch_id).where(or_(
        and_(ChangeImage.table_name == Person.__tablename__, ChangeImage.row_id == person_id),
        and_(ChangeImage.table_name == Employment.__tablename__, ChangeImage.row_id.in_(posts))))
    added = [select(model.batch_id).where(where) for model, where in (
        (Employment, Employment.person_id == person_id), (PersonAlias, PersonAlias.person_id == person_id),
        (Person, Person.id == person_id))]
    rows = work.session.execute(
        select(ImportBatch, User.name, User.display_name).outerjoin(User, User.id == ImportBatch.created_by)
        .where(or_(ImportBatch.id.in_(changed), *(ImportBatch.id.in_(each) for each in added)))
        .order_by(ImportBatch.id.desc()).limit(MOST))
    return [_done(batch, display or name or "") for batch, name, display in rows]


def _done(batch: ImportBatch, by: str) -> Done:
    kept: Any = json.loads(batch.summary) if batch.source == "form" else []
    first = kept[0] if isinstance(kept, list) and kept else {}
    return Done(batch.id, first.get("act", ""), batch.as_of, batch.reason, first.get("document_no", ""), by,
                batch.accepted_at, batch.state, batch.source)
