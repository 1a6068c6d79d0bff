"""The ledger: accounting periods, what two persons decided about them, and entries that are only ever added."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from talent.core.database import Base, Instant
from talent.pay.ledger import ACCOUNTS, KINDS, PERIOD_ACTS

_WAITING = text("state = 'requested'")


def _listed(codes: object) -> str:
    return ", ".join(repr(code) for code in codes)  # type: ignore[attr-defined]


class PayPeriod(Base):
    """One accounting month (``2026-11``). A locked one takes no entry: the database itself refuses."""

    __tablename__ = "pay_periods"
    __table_args__ = (CheckConstraint("state IN ('open', 'locked')", name="state"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(7), unique=True)
    state: Mapped[str] = mapped_column(String(6))
    version: Mapped[int] = mapped_column(default=1)


class PayPeriodAct(Base):
    """Opening, locking or reopening a period: asked for with a reason by one person, decided by another.

    ``head`` is the number of the last entry when it took effect. Once decided the database lets nothing change.
    """

    __tablename__ = "pay_period_acts"
    __table_args__ = (
        CheckConstraint(f"act IN ({_listed(PERIOD_ACTS)})", name="act"),
        CheckConstraint("state IN ('requested', 'approved', 'rejected')", name="state"),
        CheckConstraint("(state = 'requested') = (decided_by IS NULL)", name="decided_once"),
        CheckConstraint("decided_by IS NULL OR decided_by <> requested_by", name="two_persons"),
        CheckConstraint("reason <> ''", name="reason_given"),
        Index("uq_pay_period_acts_waiting", "code", unique=True, sqlite_where=_WAITING, postgresql_where=_WAITING),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(7))
    act: Mapped[str] = mapped_column(String(6))
    reason: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(9), default="requested")
    requested_by: Mapped[int]
    requested_by_name: Mapped[str] = mapped_column(String(80))
    requested_at: Mapped[datetime] = mapped_column(Instant)
    decided_by: Mapped[int | None]
    decided_by_name: Mapped[str] = mapped_column(String(80), default="", server_default="")
    decided_at: Mapped[datetime | None] = mapped_column(Instant)
    head: Mapped[int | None]


class PayEntry(Base):
    """One movement of money: ``debit`` takes, ``credit`` gives, ``fen`` of both. ``id`` counts without gaps.

    ``sequence`` numbers the entries of one person at one school for one accrual year, so that nothing is posted
    twice; ``reverses_id`` names the entry undone, once. ``digest`` is over the row and ``previous``, the one before.
    """

    __tablename__ = "pay_entries"
    __table_args__ = (
        UniqueConstraint("year", "person_id", "school_id", "sequence"),
        UniqueConstraint("previous"),
        UniqueConstraint("reverses_id"),
        Index(None, "period_id", "id"),
        Index(None, "batch_id"),
        Index(None, "line_id"),
        CheckConstraint(f"kind IN ({_listed(KINDS)})", name="kind"),
        CheckConstraint(f"debit IN ({_listed(ACCOUNTS)})", name="debit"),
        CheckConstraint(f"credit IN ({_listed(ACCOUNTS)}) AND credit <> debit", name="credit"),
        CheckConstraint("fen > 0", name="fen"),
        CheckConstraint("(kind = 'reversal') = (reverses_id IS NOT NULL)", name="reversal_named"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    period_id: Mapped[int] = mapped_column(ForeignKey("pay_periods.id"))
    kind: Mapped[str] = mapped_column(String(10))
    year: Mapped[int]
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    school_id: Mapped[int] = mapped_column(ForeignKey("schools.id"), index=True)
    sequence: Mapped[int]
    batch_id: Mapped[int] = mapped_column(ForeignKey("pay_batches.id"))
    line_id: Mapped[int | None] = mapped_column(ForeignKey("pay_lines.id"))
    reverses_id: Mapped[int | None] = mapped_column(ForeignKey("pay_entries.id"))
    debit: Mapped[str] = mapped_column(String(20))
    credit: Mapped[str] = mapped_column(String(20))
    fen: Mapped[int] = mapped_column(BigInteger)
    memo: Mapped[str] = mapped_column(String(200))
    posted_at: Mapped[datetime] = mapped_column(Instant)
    posted_by: Mapped[int | None]
    posted_by_name: Mapped[str] = mapped_column(String(80))
    previous: Mapped[str] = mapped_column(String(64))
    digest: Mapped[str] = mapped_column(String(64))
