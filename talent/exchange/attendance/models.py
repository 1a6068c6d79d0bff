"""What hosts said of a month, the lines of it, and the links they were asked by."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from talent.core.database import Base, Instant
from talent.core.terms import ASSISTANCE_APPRAISAL, ATTENDANCE_STATE, ATTENDANCE_VIA, alternatives


class HostLink(Base):
    """A way to ask a host about a month without an account. Only the hash of its code is kept; it answers once.

    ``school_id``: the sending school whose people it asks about, none: everybody's.
    """

    __tablename__ = "host_links"
    __table_args__ = (Index(None, "month", "host"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    host: Mapped[str] = mapped_column(String(120))
    month: Mapped[date]
    school_id: Mapped[int | None] = mapped_column(ForeignKey("schools.id"))
    code_sha256: Mapped[str] = mapped_column(String(64), unique=True)
    expires_on: Mapped[date]
    made_by: Mapped[int]
    made_by_name: Mapped[str] = mapped_column(String(80))
    made_at: Mapped[datetime] = mapped_column(Instant)
    revoked_at: Mapped[datetime | None] = mapped_column(Instant)
    used_at: Mapped[datetime | None] = mapped_column(Instant)


class HostReport(Base):
    """What a host said of a month. Nothing here counts anywhere: absences and appraisals do, once it is accepted.

    ``witness`` is who signed for the host, ``file_id`` the scan of the signed sheet; ``entered_by`` is empty where the
    host answered through a link.
    """

    __tablename__ = "host_reports"
    __table_args__ = (
        CheckConstraint(f"state IN ({alternatives(ATTENDANCE_STATE)})", name="state"),
        CheckConstraint(f"via IN ({alternatives(ATTENDANCE_VIA)})", name="via"),
        CheckConstraint("(state = 'waiting') = (decided_at IS NULL)", name="decided"),
        CheckConstraint("state <> 'returned' OR answer <> ''", name="answered"),
        CheckConstraint("(via = 'link') = (link_id IS NOT NULL)", name="asked_by_link"),
        Index(None, "month", "host"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(default=1)
    host: Mapped[str] = mapped_column(String(120))
    month: Mapped[date]
    via: Mapped[str] = mapped_column(String(10))
    state: Mapped[str] = mapped_column(String(10), default="waiting")
    witness: Mapped[str] = mapped_column(String(80))
    note: Mapped[str] = mapped_column(Text, default="", server_default="")
    file_id: Mapped[int | None] = mapped_column(ForeignKey("files.id"))
    link_id: Mapped[int | None] = mapped_column(ForeignKey("host_links.id"), unique=True)
    entered_by: Mapped[int | None]
    entered_by_name: Mapped[str] = mapped_column(String(80), default="", server_default="")
    entered_at: Mapped[datetime] = mapped_column(Instant)
    decided_by: Mapped[int | None]
    decided_by_name: Mapped[str] = mapped_column(String(80), default="", server_default="")
    decided_at: Mapped[datetime | None] = mapped_column(Instant)
    answer: Mapped[str] = mapped_column(Text, default="", server_default="")


class HostLine(Base):
    """One person of a report. ``absences``: ``[[first, last, kind], …]``, empty: on post all month.

    ``assignment_id`` names the spell it is about, which may be gone by now; ``first_on``, ``last_on`` and
    ``appraisal_then`` are its days in the month and its 考核结果 when the sheet was entered.
    """

    __tablename__ = "host_lines"
    __table_args__ = (
        UniqueConstraint("report_id", "assignment_id"),
        CheckConstraint(f"appraisal IN ('', {alternatives(ASSISTANCE_APPRAISAL)})", name="appraisal"),
        Index(None, "assignment_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    report_id: Mapped[int] = mapped_column(ForeignKey("host_reports.id"))
    assignment_id: Mapped[int]
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    first_on: Mapped[date]
    last_on: Mapped[date]
    appraisal_then: Mapped[str] = mapped_column(String(12), default="", server_default="")
    absences: Mapped[str] = mapped_column(Text, default="[]")
    appraisal: Mapped[str] = mapped_column(String(12), default="", server_default="")
