"""Policy values a bureau set for itself, laid over the shipped book. ``settings/`` holds the commands."""

import json
from datetime import date, datetime

from sqlalchemy import CheckConstraint, String, Text, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from talent.core.database import Base, Instant
from talent.policy.book import Book, Override, load_book


class PolicyOverride(Base):
    """One value of one entry from one date: proposed by one person, in force once another approved it."""

    __tablename__ = "policy_overrides"
    __table_args__ = (
        CheckConstraint("approved_by IS NULL OR approved_by <> proposed_by", name="two_persons"),
        CheckConstraint("(approved_by IS NULL) = (approved_at IS NULL)", name="approved_once"),
        CheckConstraint("state IN ('proposed', 'approved', 'rejected')", name="state"),
        CheckConstraint("(state = 'approved') = (approved_by IS NOT NULL)", name="approval_named"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(120))
    since: Mapped[date]
    value: Mapped[str] = mapped_column(Text)
    basis: Mapped[str] = mapped_column(String(12))
    document: Mapped[str] = mapped_column(String(200))
    clause: Mapped[str] = mapped_column(String(200), default="")
    note: Mapped[str] = mapped_column(Text, default="")
    state: Mapped[str] = mapped_column(String(12), default="proposed")
    proposed_by: Mapped[int]
    proposed_at: Mapped[datetime] = mapped_column(Instant)
    approved_by: Mapped[int | None]
    approved_at: Mapped[datetime | None] = mapped_column(Instant)


def book_in_force(session: Session) -> Book:
    """The shipped book overlaid by the approved rows, the later approval winning for one key and date."""
    rows = session.scalars(
        select(PolicyOverride).where(PolicyOverride.state == "approved").order_by(PolicyOverride.approved_at)
    ).all()
    return load_book().overlaid(
        Override(
            row.key,
            row.since,
            json.loads(row.value),
            row.basis,
            {"document": row.document, "clause": row.clause, "note": row.note},
        )
        for row in rows
    )
