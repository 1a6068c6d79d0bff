"""The versions of the notice about personal information, and who acknowledged which: a sign-in asks for both."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column

from talent.core.database import Base, Instant

PROPOSED, APPROVED, REJECTED = NOTICE_STATES = ("proposed", "approved", "rejected")
_OPEN = text("state = 'proposed'")


class Notice(Base):
    """One version. The first is the shipped text; every later one is proposed by one person, approved by another.

    ``number`` and ``digest`` (over all that is said) are given with the approval; from then on nothing of the row
    changes, which the database itself sees to. ``portraits_…`` is the section on portraits, for teachers.
    """

    __tablename__ = "notices"
    __table_args__ = (
        CheckConstraint(f"state IN ({', '.join(repr(state) for state in NOTICE_STATES)})", name="state"),
        CheckConstraint("(state = 'approved') = (number IS NOT NULL)", name="numbered_once"),
        CheckConstraint("(state = 'approved') = (digest <> '')", name="sealed_once"),
        CheckConstraint("is_shipped OR document <> ''", name="document_named"),
        CheckConstraint("is_shipped OR proposed_by IS NOT NULL", name="proposer_named"),
        CheckConstraint("state <> 'approved' OR is_shipped OR approved_by IS NOT NULL", name="approval_named"),
        CheckConstraint("approved_by IS NULL OR approved_by <> proposed_by", name="two_persons"),
        UniqueConstraint("number"),
        Index("uq_notices_open", "state", unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int | None]
    effective_on: Mapped[date]
    document: Mapped[str] = mapped_column(String(200), default="")
    text_zh: Mapped[str] = mapped_column(Text)
    text_en: Mapped[str] = mapped_column(Text)
    portraits_zh: Mapped[str] = mapped_column(Text)
    portraits_en: Mapped[str] = mapped_column(Text)
    digest: Mapped[str] = mapped_column(String(64), default="")
    state: Mapped[str] = mapped_column(String(10), default=PROPOSED)
    is_shipped: Mapped[bool] = mapped_column(default=False, server_default=false())
    proposed_by: Mapped[int | None]
    proposed_by_name: Mapped[str] = mapped_column(String(80), default="")
    proposed_at: Mapped[datetime] = mapped_column(Instant)
    approved_by: Mapped[int | None]
    approved_by_name: Mapped[str] = mapped_column(String(80), default="")
    approved_at: Mapped[datetime | None] = mapped_column(Instant)


class Acknowledgement(Base):
    """An account read a version and said so. ``number`` and ``digest`` are those of the version; rows are only added.
    """

    __tablename__ = "notice_acknowledgements"
    __table_args__ = (UniqueConstraint("notice_id", "user_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    notice_id: Mapped[int] = mapped_column(ForeignKey("notices.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    number: Mapped[int]
    digest: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(Instant)
