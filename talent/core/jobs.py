"""Background work as rows: written with what asked for it, claimed by compare-and-set, resumed when a worker dies."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import CheckConstraint, Index, String, Text, or_, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from talent.core.database import Base, Instant
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


def claim(session: Session, now: datetime) -> Job | None:
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
    taken = session.execute(
        update(Job)
        .where(Job.id == job.id, Job.attempts == job.attempts, free)
        .values(state="running", attempts=job.attempts + 1, lease_until=now + LEASE)
        .execution_options(synchronize_session=False)
    )
    session.refresh(job)
    return job if taken.rowcount == 1 else None  # type: ignore[attr-defined]


def report(session: Session, job_id: int, now: datetime, *, stage: str, done: int = 0, total: int = 0) -> None:
    """Say how far a job is, and keep its lease alive."""
    session.execute(
        update(Job)
        .where(Job.id == job_id, Job.state == "running")
        .values(stage=stage, done=done, total=total, lease_until=now + LEASE)
    )


def finish(session: Session, job_id: int, now: datetime, result: Mapping[str, Any]) -> None:
    """Close a job that did its work."""
    session.execute(
        update(Job)
        .where(Job.id == job_id, Job.state == "running")
        .values(state="done", finished_at=now, lease_until=None, result=json.dumps(result, ensure_ascii=False))
    )


def fail(session: Session, job_id: int, now: datetime, error: str) -> None:
    """Close a job that cannot be done; ``error`` is for people, without personal data."""
    session.execute(
        update(Job)
        .where(Job.id == job_id, Job.state == "running")
        .values(state="failed", finished_at=now, lease_until=None, error=error)
    )
