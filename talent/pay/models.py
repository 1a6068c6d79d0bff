"""The runs of incentive pay: what was put in, one line per person and sending school, and what was noticed."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from talent.core.database import Base, Instant
from talent.people.models import Person, School

#: The way of a batch (rules §2.11); ``superseded`` is a run that a later one of the same year replaced.
CHAIN = ("draft", "computed", "school_confirmed", "hr_reviewed", "approved", "locked", "exported", "paid")
SUPERSEDED = "superseded"
#: States in which a new run may still take a batch's place.
REPLACEABLE = CHAIN[:2]


class PayBatch(Base):
    """One computation of a year under one convention.

    ``snapshot`` and ``parameters`` are canonical JSON: the batch can be computed again from them alone.
    ``content_hash`` is the SHA-256 of both with every line and finding; an approval binds it.
    """

    __tablename__ = "pay_batches"
    __table_args__ = (
        UniqueConstraint("year", "sequence"),
        CheckConstraint(f"state IN ({', '.join(repr(state) for state in (*CHAIN, SUPERSEDED))})", name="state"),
        CheckConstraint("total_fen >= 0", name="total_fen"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    year: Mapped[int]
    sequence: Mapped[int]
    convention: Mapped[str] = mapped_column(String(40))
    state: Mapped[str] = mapped_column(String(20))
    computed_at: Mapped[datetime] = mapped_column(Instant)
    computed_by: Mapped[int | None]
    computed_by_name: Mapped[str] = mapped_column(String(80))
    book_digest: Mapped[str] = mapped_column(String(64))
    content_hash: Mapped[str] = mapped_column(String(64))
    total_fen: Mapped[int] = mapped_column(BigInteger)
    parameters: Mapped[str] = mapped_column(Text)
    # Megabytes for a large district: read only where a batch is computed again.
    snapshot: Mapped[str] = mapped_column(Text, deferred=True)
    version: Mapped[int] = mapped_column(default=1)


class PayLine(Base):
    """One person at one sending school: what the school's 奖励性绩效工资总额 grows by, with its receipt.

    Staff number and school code stand as they were when computed; ``months`` lists the counted months as JSON.
    """

    __tablename__ = "pay_lines"
    __table_args__ = (
        UniqueConstraint("batch_id", "person_id", "school_id"),
        Index(None, "batch_id", "school_id"),
        Index(None, "person_id"),
        CheckConstraint("amount_fen >= 0", name="amount_fen"),
        CheckConstraint("days BETWEEN 1 AND 366", name="days"),
        CheckConstraint("month_count BETWEEN 0 AND 12", name="month_count"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    batch_id: Mapped[int] = mapped_column(ForeignKey("pay_batches.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    school_id: Mapped[int] = mapped_column(ForeignKey("schools.id"))
    staff_no: Mapped[str] = mapped_column(String(40))
    school_code: Mapped[str] = mapped_column(String(40))
    months: Mapped[str] = mapped_column(String(40))
    month_count: Mapped[int]
    days: Mapped[int]
    amount_fen: Mapped[int] = mapped_column(BigInteger)
    receipt: Mapped[str] = mapped_column(Text, deferred=True)

    batch: Mapped[PayBatch] = relationship()
    person: Mapped[Person] = relationship()
    school: Mapped[School] = relationship()


class PayFinding(Base):
    """What a run noticed. ``school_id`` is the school whose office can mend it."""

    __tablename__ = "pay_findings"
    __table_args__ = (
        Index(None, "batch_id", "code"),
        CheckConstraint("level IN ('error', 'warning')", name="level"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    batch_id: Mapped[int] = mapped_column(ForeignKey("pay_batches.id"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"), index=True)
    school_id: Mapped[int | None] = mapped_column(ForeignKey("schools.id"))
    code: Mapped[str] = mapped_column(String(60))
    level: Mapped[str] = mapped_column(String(10))
    clause: Mapped[str] = mapped_column(String(240))
    params: Mapped[str] = mapped_column(Text)
