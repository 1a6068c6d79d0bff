"""Payroll files and their items, return files and what the bank said of each item, and what came back."""

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from talent.core.database import Base, Instant
from talent.pay.payout.rules import FORMS, KINDS, MEANS

RETURN_STATES = ("staged", "accepted", "discarded")
_ACCEPTED = text("state = 'accepted'")


def _listed(codes: tuple[str, ...]) -> str:
    return ", ".join(repr(code) for code in codes)


class PayPayout(Base):
    """One payroll file (发放批) of a year, closed when it is made.

    ``sha256`` is that of the bank's table in UTF-8, which can be written again from the items alone. ``plan_hash``
    covers what was seen when it was asked for, so that one request makes one file; ``parameters`` are the policy
    values it used, with their basis.
    """

    __tablename__ = "pay_payouts"
    __table_args__ = (
        UniqueConstraint("year", "number"),
        UniqueConstraint("year", "plan_hash"),
        CheckConstraint(f"kind IN ({_listed(KINDS)})", name="kind"),
        CheckConstraint("item_count > 0", name="item_count"),
        CheckConstraint("total_fen > 0", name="total_fen"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    year: Mapped[int]
    number: Mapped[int]
    kind: Mapped[str] = mapped_column(String(8))
    item_count: Mapped[int]
    total_fen: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str] = mapped_column(String(64))
    plan_hash: Mapped[str] = mapped_column(String(64))
    parameters: Mapped[str] = mapped_column(Text)
    drawn_by: Mapped[int]
    drawn_by_name: Mapped[str] = mapped_column(String(80))
    drawn_at: Mapped[datetime] = mapped_column(Instant)


class PayPayoutItem(Base):
    """One sum for one person from one school, under a reference the bank sends back.

    ``sequence`` numbers the items of a person at a school in a year, so that the same difference cannot stand in two
    files. ``reissues_id`` is the failed item this one is in the place of.
    """

    __tablename__ = "pay_payout_items"
    __table_args__ = (
        UniqueConstraint("payout_id", "number"),
        UniqueConstraint("year", "person_id", "school_id", "sequence"),
        UniqueConstraint("reference"),
        UniqueConstraint("reissues_id"),
        CheckConstraint("fen > 0", name="fen"),
        CheckConstraint("sequence > 0", name="sequence"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    payout_id: Mapped[int] = mapped_column(ForeignKey("pay_payouts.id"))
    number: Mapped[int]
    reference: Mapped[str] = mapped_column(String(40))
    year: Mapped[int]
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    school_id: Mapped[int] = mapped_column(ForeignKey("schools.id"), index=True)
    sequence: Mapped[int]
    distribution_id: Mapped[int] = mapped_column(ForeignKey("pay_distributions.id"), index=True)
    reissues_id: Mapped[int | None] = mapped_column(ForeignKey("pay_payout_items.id"))
    staff_no: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(80))
    school_code: Mapped[str] = mapped_column(String(40))
    school_name: Mapped[str] = mapped_column(String(120))
    fen: Mapped[int] = mapped_column(BigInteger)


class PayPayoutFile(Base):
    """The bytes of a payroll file in one form, kept sealed: every download is the same."""

    __tablename__ = "pay_payout_files"
    __table_args__ = (CheckConstraint(f"form IN ({_listed(FORMS)})", name="form"),)

    payout_id: Mapped[int] = mapped_column(ForeignKey("pay_payouts.id"), primary_key=True)
    form: Mapped[str] = mapped_column(String(12), primary_key=True)
    file_id: Mapped[int] = mapped_column(ForeignKey("files.id"), unique=True)


class PayReturn(Base):
    """A return file (回盘) of the bank: read, looked at, then taken over or given up. ``rows`` is what it said."""

    __tablename__ = "pay_returns"
    __table_args__ = (
        Index("uq_pay_returns_accepted", "sha256", unique=True, sqlite_where=_ACCEPTED, postgresql_where=_ACCEPTED),
        Index(None, "year", "state"),
        CheckConstraint(f"state IN ({_listed(RETURN_STATES)})", name="state"),
        CheckConstraint("(state = 'staged') = (decided_by IS NULL)", name="decided_once"),
        CheckConstraint("(state = 'accepted') = (period_id IS NOT NULL)", name="period_named"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    year: Mapped[int]
    file_id: Mapped[int] = mapped_column(ForeignKey("files.id"), unique=True)
    name: Mapped[str] = mapped_column(String(255))
    sha256: Mapped[str] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(String(10), default="staged")
    rows: Mapped[str] = mapped_column(Text)
    uploaded_by: Mapped[int]
    uploaded_by_name: Mapped[str] = mapped_column(String(80))
    uploaded_at: Mapped[datetime] = mapped_column(Instant)
    decided_by: Mapped[int | None]
    decided_by_name: Mapped[str] = mapped_column(String(80), default="", server_default="")
    decided_at: Mapped[datetime | None] = mapped_column(Instant)
    period_id: Mapped[int | None] = mapped_column(ForeignKey("pay_periods.id"))


class PayResult(Base):
    """What the bank said of an item, once. A success has its entry in the ledger; a failure stays owed."""

    __tablename__ = "pay_results"
    __table_args__ = (
        CheckConstraint("success = (entry_id IS NOT NULL)", name="posted"),
        Index(None, "return_id"),
    )

    item_id: Mapped[int] = mapped_column(ForeignKey("pay_payout_items.id"), primary_key=True, autoincrement=False)
    return_id: Mapped[int] = mapped_column(ForeignKey("pay_returns.id"))
    row: Mapped[int]
    success: Mapped[bool]
    reason: Mapped[str] = mapped_column(String(200), default="", server_default="")
    entry_id: Mapped[int | None] = mapped_column(ForeignKey("pay_entries.id"), unique=True)
    at: Mapped[datetime] = mapped_column(Instant)


class PayRecovery(Base):
    """What a person who was paid too much gave back, by which means and on which paper; each has its entry.

    ``sequence`` counts on with the items of the person at the school.
    """

    __tablename__ = "pay_recoveries"
    __table_args__ = (
        UniqueConstraint("year", "person_id", "school_id", "sequence"),
        CheckConstraint("fen > 0", name="fen"),
        CheckConstraint("sequence > 0", name="sequence"),
        CheckConstraint(f"means IN ({_listed(MEANS)})", name="means"),
        CheckConstraint("document <> ''", name="document_given"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    year: Mapped[int]
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    school_id: Mapped[int] = mapped_column(ForeignKey("schools.id"), index=True)
    sequence: Mapped[int]
    fen: Mapped[int] = mapped_column(BigInteger)
    means: Mapped[str] = mapped_column(String(8))
    document: Mapped[str] = mapped_column(String(80))
    received_on: Mapped[date]
    entry_id: Mapped[int] = mapped_column(ForeignKey("pay_entries.id"), unique=True)
    recorded_by: Mapped[int]
    recorded_by_name: Mapped[str] = mapped_column(String(80))
    recorded_at: Mapped[datetime] = mapped_column(Instant)
