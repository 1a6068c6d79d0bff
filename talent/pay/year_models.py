"""Whether a year's book is closed, and what was decided about that."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from talent.core.database import Base, Instant

_WAITING = text("state = 'requested'")


class PayYear(Base):
    """A year that was closed at least once. While it is closed the database takes no entry for it."""

    __tablename__ = "pay_years"
    __table_args__ = (CheckConstraint("state IN ('open', 'closed')", name="state"),)

    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    state: Mapped[str] = mapped_column(String(6))
    version: Mapped[int] = mapped_column(default=1)


class PayYearAct(Base):
    """Closing a year, with its evidence, by one person; opening it again, asked for by one and decided by another.

    ``head`` is the number of the ledger's last entry when it took effect; ``seal`` what the year consisted of when it
    was closed, counted and digested part by part.
    """

    __tablename__ = "pay_year_acts"
    __table_args__ = (
        CheckConstraint("act IN ('close', 'reopen')", name="act"),
        CheckConstraint("state IN ('requested', 'approved', 'rejected')", name="state"),
        CheckConstraint("(act = 'close') = (file_id IS NOT NULL)", name="evidence_kept"),
        CheckConstraint("(act = 'close') = (seal <> '')", name="sealed"),
        CheckConstraint("act = 'close' OR (state = 'requested') = (decided_by IS NULL)", name="decided_once"),
        CheckConstraint("act = 'close' OR decided_by IS NULL OR decided_by <> requested_by", name="two_persons"),
        CheckConstraint("act = 'close' OR reason <> ''", name="reason_given"),
        Index("uq_pay_year_acts_waiting", "year", unique=True, sqlite_where=_WAITING, postgresql_where=_WAITING),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    year: Mapped[int]
    act: Mapped[str] = mapped_column(String(6))
    reason: Mapped[str] = mapped_column(Text, default="", server_default="")
    state: Mapped[str] = mapped_column(String(9))
    requested_by: Mapped[int]
    requested_by_name: Mapped[str] = mapped_column(String(80))
    requested_at: Mapped[datetime] = mapped_column(Instant)
    decided_by: Mapped[int | None]
    decided_by_name: Mapped[str] = mapped_column(String(80), default="", server_default="")
    decided_at: Mapped[datetime | None] = mapped_column(Instant)
    head: Mapped[int | None]
    seal: Mapped[str] = mapped_column(Text, default="", server_default="")
    file_id: Mapped[int | None] = mapped_column(ForeignKey("files.id"))
