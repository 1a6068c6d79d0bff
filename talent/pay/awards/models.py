"""How a school splits its allotment of a year: one row for the split, one for each person's sum in it."""

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from talent.core.database import Base, Instant

#: A draft is worked on; what is submitted is what is paid, until a later one of the same year takes its place.
STATES = ("draft", "submitted", "superseded")
#: How the sums came about: shares by counted months, by points, equal ones, or sums entered one by one.
METHODS = ("months", "points", "equal", "by_hand")


def _listed(codes: tuple[str, ...]) -> str:
    return ", ".join(repr(code) for code in codes)


def _one(state: str) -> Index:
    """At most one of a state for each year and school."""
    where = text(f"state = '{state}'")
    return Index(f"uq_pay_distributions_{state}", "year", "school_id", unique=True, sqlite_where=where,
                 postgresql_where=where)


class PayDistribution(Base):
    """A school's split of what stands for it in the ledger for a year: the whole sum, adjustments included.

    ``batch_id`` is the last locked batch or adjusting batch of the year it answers, ``head`` the number of the
    ledger's last entry when the sum was read. ``notice_…`` is the school's own 公示. ``drawn_by`` last set the sums,
    ``submitted_by`` is somebody else. ``content_hash`` covers the split and all its awards; once submitted the
    database lets neither change.
    """

    __tablename__ = "pay_distributions"
    __table_args__ = (
        UniqueConstraint("year", "school_id", "sequence"),
        _one("draft"),
        _one("submitted"),
        CheckConstraint(f"state IN ({_listed(STATES)})", name="state"),
        CheckConstraint(f"method IN ({_listed(METHODS)})", name="method"),
        CheckConstraint("allotment_fen >= 0", name="allotment_fen"),
        CheckConstraint("(notice_from IS NULL) = (notice_to IS NULL) AND notice_from <= notice_to", name="notice"),
        CheckConstraint("(state = 'draft') = (submitted_by IS NULL)", name="submitted_once"),
        CheckConstraint("submitted_by IS NULL OR submitted_by <> drawn_by", name="two_persons"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    year: Mapped[int]
    school_id: Mapped[int] = mapped_column(ForeignKey("schools.id"), index=True)
    sequence: Mapped[int]
    batch_id: Mapped[int] = mapped_column(ForeignKey("pay_batches.id"))
    allotment_fen: Mapped[int] = mapped_column(BigInteger)
    head: Mapped[int]
    state: Mapped[str] = mapped_column(String(10), default="draft")
    version: Mapped[int] = mapped_column(default=1)
    method: Mapped[str] = mapped_column(String(10))
    notice_from: Mapped[date | None]
    notice_to: Mapped[date | None]
    notice_place: Mapped[str] = mapped_column(String(200), default="", server_default="")
    notice_file_id: Mapped[int | None] = mapped_column(ForeignKey("files.id"))
    note: Mapped[str] = mapped_column(Text, default="", server_default="")
    #: Why less than the policy's share goes to those who served, in the words of whoever submitted.
    minority_reason: Mapped[str] = mapped_column(Text, default="", server_default="")
    drawn_by: Mapped[int]
    drawn_by_name: Mapped[str] = mapped_column(String(80))
    drawn_at: Mapped[datetime] = mapped_column(Instant)
    submitted_by: Mapped[int | None]
    submitted_by_name: Mapped[str] = mapped_column(String(80), default="", server_default="")
    submitted_at: Mapped[datetime | None] = mapped_column(Instant)
    content_hash: Mapped[str] = mapped_column(String(64))


class PayAward(Base):
    """What one person is given of a split. ``purpose`` names the line of somebody who did not serve.

    ``weight`` is the exact proportion it was shared out by (``7/2``), empty where the sum was entered.
    """

    __tablename__ = "pay_awards"
    __table_args__ = (
        UniqueConstraint("distribution_id", "person_id", "participant"),
        UniqueConstraint("distribution_id", "number"),
        CheckConstraint("fen >= 0", name="fen"),
        CheckConstraint("participant = (purpose = '')", name="purpose_named"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    distribution_id: Mapped[int] = mapped_column(ForeignKey("pay_distributions.id"))
    number: Mapped[int]
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    staff_no: Mapped[str] = mapped_column(String(40))
    participant: Mapped[bool]
    purpose: Mapped[str] = mapped_column(String(60), default="", server_default="")
    weight: Mapped[str] = mapped_column(String(40), default="", server_default="")
    fen: Mapped[int] = mapped_column(BigInteger)
