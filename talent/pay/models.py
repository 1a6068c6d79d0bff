"""The runs of incentive pay: what was put in, one line per person and sending school, and what was noticed."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from talent.core.database import Base, Instant
from talent.people.models import Person, School

#: The way of a batch (rules §2.11); ``superseded`` is a run that a later one of the same year replaced.
CHAIN = ("draft", "computed", "school_confirmed", "hr_reviewed", "approved", "locked", "exported", "paid")
SUPERSEDED = "superseded"
#: States in which a new run may still take a batch's place.
REPLACEABLE = CHAIN[:2]
_OPEN = text("state NOT IN ('locked', 'exported', 'paid', 'superseded')")
_LOCKED = text("state IN ('locked', 'exported', 'paid') AND adjusts_id IS NULL")


class PayBatch(Base):
    """One computation of a year under one convention.

    ``snapshot`` is the head of what went in (:class:`PaySnapshotPart` holds the people): lines and receipts can be
    computed again from it alone. ``content_hash`` is the SHA-256 over its digest, ``parameters``, every line and every
    finding; an approval binds it.
    """

    __tablename__ = "pay_batches"
    __table_args__ = (
        UniqueConstraint("year", "sequence"),
        CheckConstraint(f"state IN ({', '.join(repr(state) for state in (*CHAIN, SUPERSEDED))})", name="state"),
        CheckConstraint("total_fen >= 0", name="total_fen"),
        # One run of a year and convention is worked on at a time, and a year is locked once.
        Index("uq_pay_batches_open", "year", "convention", unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN),
        Index("uq_pay_batches_locked", "year", unique=True, sqlite_where=_LOCKED, postgresql_where=_LOCKED),
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
    # Schools and terms are many lines of text: read only where something is computed again.
    snapshot: Mapped[str] = mapped_column(Text, deferred=True)
    version: Mapped[int] = mapped_column(default=1)
    #: The locked batch that this run of the same year puts right; of its lines only the differences are posted.
    adjusts_id: Mapped[int | None] = mapped_column(ForeignKey("pay_batches.id"))


class PaySnapshotPart(Base):
    """The records of some of a batch's people, as they went in: canonical JSON, its digest stands in the head."""

    __tablename__ = "pay_snapshot_parts"

    batch_id: Mapped[int] = mapped_column(ForeignKey("pay_batches.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    content: Mapped[str] = mapped_column(Text)


class PayLine(Base):
    """One person at one sending school: what the school's 奖励性绩效工资总额 grows by, in bare figures.

    Staff number and school code stand as they were when computed; ``months`` lists the counted months as JSON.
    What the figures came from is computed again from the batch's snapshot when somebody asks.
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
