"""The papers an account has asked for: who asked reads."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from talent.core.errors import NotFound
from talent.core.files import StoredFile
from talent.core.jobs import Job
from talent.core.work import Work
from talent.reports.commands import KIND
from talent.reports.figures import READ


@dataclass(frozen=True, slots=True)
class ReportRow:
    """One paper asked for. ``state`` as the job's: queued running done failed."""

    job_id: int
    on: date
    asked_at: datetime
    state: str
    stage: str
    done: int
    total: int
    error: str


def reports_of(work: Work, limit: int = 20) -> Sequence[ReportRow]:
    """The actor's own, the latest first."""
    work.require(READ)
    jobs = work.session.scalars(
        select(Job).where(Job.kind == KIND, Job.requested_by == work.actor.user_id, Job.requested_by.is_not(None))
        .order_by(Job.id.desc()).limit(limit))
    return [ReportRow(job.id, date.fromisoformat(json.loads(job.payload)["on"]), job.requested_at, job.state, job.stage,
                      job.done, job.total, job.error) for job in jobs]


def paper_of(work: Work, job_id: int) -> StoredFile:
    """The finished paper of one of the actor's own jobs; NotFound for anybody else's."""
    work.require(READ)
    job = work.session.get(Job, job_id)
    if (job is None or job.kind != KIND or job.state != "done" or job.requested_by is None
            or job.requested_by != work.actor.user_id):
        raise NotFound("report", job_id)
    stored = work.session.get(StoredFile, json.loads(job.result)["file"])
    if stored is None:  # its time was over
        raise NotFound("report", job_id)
    return stored
