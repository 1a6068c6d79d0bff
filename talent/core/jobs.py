"""Background work as rows: written with what asked for it, claimed by compare-and-set, resumed when a worker dies."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import CheckConstraint, Index, Select, String, Text, func, or_, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from talent.core.database import Base, Instant
from talent.core.errors import Finding, NotFound
from talent.core.work import Work

LEASE = timedelta(minutes=5)
MOST_ATTEMPTS = 3


class Job(Base):
    """One thing to do, on behalf of the account that asked."""

    __tablename__ = "jobs"
    __table_args__ = (
        CheckConstraint("state IN ('queued', 'running', 'done', 'failed')", name="state"),
        Index(None, "state", "lease_until"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(40))
    payload: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(10), default="queued")
    requested_by: Mapped[int | None]
    requested_at: Mapped[datetime] = mapped_column(Instant)
    lease_until: Mapped[datetime | None] = mapped_column(Instant)
    finished_at: Mapped[datetime | None] = mapped_column(Instant)
    attempts: Mapped[int] = mapped_column(default=0)
    stage: Mapped[str] = mapped_column(String(60), default="")
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    result: Mapped[str] = mapped_column(Text, default="{}")
    error: Mapped[str] = mapped_column(Text, default="")


@dataclass(frozen=True, slots=True)
class Claim:
    """A job in a worker's hands. Once the lease runs out somebody else may claim it: then this one is void."""

    job_id: int
    attempt: int
    kind: str
    payload: Mapping[str, Any]
    requested_by: int | None


def findings_of(job: Job) -> list[Finding]:
    """Why a job failed, to be worded for its reader."""
    return [Finding.from_dict(each) for each in json.loads(job.error)] if job.error else []


@dataclass(frozen=True, slots=True)
class JobView:
    """A job as its pages tell of it; ``findings`` are why it failed."""

    id: int
    kind: str
    payload: Mapping[str, Any]
    state: str
    requested_by: int | None
    stage: str
    done: int
    total: int
    findings: Sequence[Finding]

    @property
    def waits(self) -> bool:
        """Whether it has not ended yet."""
        return self.state in ("queued", "running")


def view_of(job: Job) -> JobView:
    """What a page tells of a job."""
    return JobView(job.id, job.kind, json.loads(job.payload), job.state, job.requested_by, job.stage, job.done,
                   job.total, findings_of(job))


def own_job(work: Work, job_id: int) -> JobView:
    """A job the actor asked for; nobody else's is found."""
    job = work.session.get(Job, job_id)
    if job is None or job.requested_by is None or job.requested_by != work.actor.user_id:
        raise NotFound("job", job_id)
    return view_of(job)


def waiting(user_id: int | None, since: datetime) -> Select[*tuple[Any, ...]] | None:
    """(state, how many, asked since, a stage) of what an account asked for and is under way, or failed since: a
    statement to be asked; None for who has no account."""
    if user_id is None:
        return None
    failed_of_late = (Job.state == "failed") & (Job.finished_at >= since)
    return (
        select(Job.state, func.count(), func.min(Job.requested_at), func.max(Job.stage))
        .where(Job.requested_by == user_id, or_(Job.state.in_(("queued", "running")), failed_of_late))
        .group_by(Job.state))


def enqueue(work: Work, kind: str, payload: Mapping[str, Any]) -> Job:
    """Ask for a job in the transaction of what it serves."""
    job = Job(
        kind=kind,
        payload=json.dumps(payload, ensure_ascii=False),
        requested_by=work.actor.user_id,
        requested_at=work.now,
    )
    work.session.add(job)
    work.session.flush()
    return job


def claim(session: Session, now: datetime) -> Claim | None:
    """Take the oldest waiting job, or one whose worker died; ``None`` when there is nothing to do."""
    free = or_(Job.state == "queued", (Job.state == "running") & (Job.lease_until < now))
    job = session.scalars(
        select(Job)
        .where(free, Job.attempts < MOST_ATTEMPTS)
        .order_by(Job.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    ).first()
    if job is None:
        return None
    held = Claim(job.id, job.attempts + 1, job.kind, json.loads(job.payload), job.requested_by)
    taken = session.execute(
        update(Job)
        .where(Job.id == job.id, Job.attempts == job.attempts, free)
        .values(state="running", attempts=held.attempt, lease_until=now + LEASE)
        .execution_options(synchronize_session=False)
    )
    return held if taken.rowcount == 1 else None  # type: ignore[attr-defined]


def report(session: Session, held: Claim, now: datetime, *, stage: str, done: int = 0, total: int = 0) -> bool:
    """Say how far a job is, and keep its lease alive; whether the claim still holds."""
    return _set(session, held, stage=stage, done=done, total=total, lease_until=now + LEASE)


def finish(session: Session, held: Claim, now: datetime, result: Mapping[str, Any]) -> bool:
    """Close a job that did its work; whether the claim still held."""
    return _set(session, held, state="done", finished_at=now, lease_until=None,
                result=json.dumps(result, ensure_ascii=False))


def fail(session: Session, held: Claim, now: datetime, error: str) -> bool:
    """Close a job that cannot be done; ``error`` is for people, without personal data."""
    return _set(session, held, state="failed", finished_at=now, lease_until=None, error=error)


def _set(session: Session, held: Claim, **values: Any) -> bool:
    """Change a job that is still running under this claim, and no other."""
    written = session.execute(
        update(Job)
        .where(Job.id == held.job_id, Job.state == "running", Job.attempts == held.attempt)
        .values(**values)
        .execution_options(synchronize_session=False)
    )
    return bool(written.rowcount == 1)  # type: ignore[attr-defined]
