"""Runs of the retention, and what they erased of people."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from talent.core.database import Base, Instant

PROPOSED, APPROVED, REJECTED, DONE, STALE = STATES = ("proposed", "approved", "rejected", "done", "stale")


class RetentionRun(Base):
    """One run: what was due on a day, asked for by one person, approved by another, carried out by the worker.

    ``plan`` is JSON: class → how many and the digest of which. An approval binds it: where something else is due when
    the worker comes, nothing is erased and the run is ``stale``.
    """

    __tablename__ = "retention_runs"
    __table_args__ = (
        CheckConstraint(f"state IN ({', '.join(repr(state) for state in STATES)})", name="state"),
        CheckConstraint("approved_by IS NULL OR approved_by <> proposed_by", name="two_persons"),
        CheckConstraint("(approved_by IS NULL) = (approved_at IS NULL)", name="approved_once"),
        CheckConstraint("state IN ('proposed', 'rejected') OR approved_by IS NOT NULL", name="approval_named"),
        CheckConstraint("(state = 'done') = (done_at IS NOT NULL)", name="done_once"),
        Index("uq_retention_runs_open", "state", unique=True, sqlite_where=text("state IN ('proposed', 'approved')"),
              postgresql_where=text("state IN ('proposed', 'approved')")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    due_on: Mapped[date]
    state: Mapped[str] = mapped_column(String(10), default=PROPOSED)
    plan: Mapped[str] = mapped_column(Text)
    proposed_by: Mapped[int]
    proposed_by_name: Mapped[str] = mapped_column(String(80))
    proposed_at: Mapped[datetime] = mapped_column(Instant)
    approved_by: Mapped[int | None]
    approved_by_name: Mapped[str] = mapped_column(String(80), default="")
    approved_at: Mapped[datetime | None] = mapped_column(Instant)
    done_at: Mapped[datetime | None] = mapped_column(Instant)


class Tombstone(Base):
    """Something of a person that was erased, by the person's ``uid`` alone; erased again after a restore."""

    __tablename__ = "tombstones"
    __table_args__ = (Index(None, "run_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("retention_runs.id"))
    kind: Mapped[str] = mapped_column(String(20))
    uid: Mapped[str] = mapped_column(String(32))
    erased_at: Mapped[datetime] = mapped_column(Instant)
