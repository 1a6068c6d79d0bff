"""What people did with a batch, act by act: rows that are only ever added, by whom, on what content."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from talent.core.database import Base, Instant
from talent.pay.chain import ACTS

#: Acts that can be done once for one version of a batch (an approval once in each capacity).
ONCE = ("review", "approve", "lock", "return", "export", "settle")


def _listed(codes: tuple[str, ...]) -> str:
    return ", ".join(repr(code) for code in codes)


class PayStep(Base):
    """One act on a batch. ``version`` is the batch's when it was done, ``content_hash`` what was signed.

    ``content_hash`` covers the content of the batch and which lines are held out; ``lines_hash`` a school's own lines.
    With ``sheet_id`` the named person signed on paper, and ``entered_by`` is who entered the sheet. The database
    refuses to change or delete a row.
    """

    __tablename__ = "pay_steps"
    __table_args__ = (
        Index(None, "batch_id", "act"),
        Index("uq_pay_steps_once", "batch_id", "version", "act", "capacity", unique=True,
              sqlite_where=text(f"act IN ({_listed(ONCE)})"), postgresql_where=text(f"act IN ({_listed(ONCE)})")),
        CheckConstraint(f"act IN ({_listed(ACTS)})", name="act"),
        CheckConstraint("(sheet_id IS NULL) = (entered_by IS NULL)", name="sheet_entered"),
        CheckConstraint("user_id IS NOT NULL OR sheet_id IS NOT NULL", name="named"),
        CheckConstraint("entered_by IS NULL OR user_id IS NULL OR entered_by <> user_id", name="two_persons"),
        CheckConstraint("(act IN ('confirm', 'dispute')) = (school_id IS NOT NULL)", name="school_named"),
        CheckConstraint("(act IN ('hold', 'release')) = (line_id IS NOT NULL)", name="line_named"),
        CheckConstraint("(act = 'acknowledge') = (finding_id IS NOT NULL)", name="finding_named"),
        CheckConstraint("act NOT IN ('return', 'hold', 'dispute', 'comment') OR comment <> ''", name="reason_given"),
        CheckConstraint("act <> 'assume' OR document <> ''", name="document_given"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    batch_id: Mapped[int] = mapped_column(ForeignKey("pay_batches.id"))
    version: Mapped[int]
    act: Mapped[str] = mapped_column(String(12))
    capacity: Mapped[str] = mapped_column(String(12), default="", server_default="")
    school_id: Mapped[int | None] = mapped_column(ForeignKey("schools.id"))
    line_id: Mapped[int | None] = mapped_column(ForeignKey("pay_lines.id"))
    finding_id: Mapped[int | None] = mapped_column(ForeignKey("pay_findings.id"))
    user_id: Mapped[int | None]
    user_name: Mapped[str] = mapped_column(String(80))
    person_id: Mapped[int | None]
    at: Mapped[datetime] = mapped_column(Instant)
    content_hash: Mapped[str] = mapped_column(String(64))
    lines_hash: Mapped[str] = mapped_column(String(64), default="", server_default="")
    comment: Mapped[str] = mapped_column(Text, default="", server_default="")
    document: Mapped[str] = mapped_column(String(200), default="", server_default="")
    sheet_id: Mapped[int | None] = mapped_column(ForeignKey("files.id"))
    entered_by: Mapped[int | None]
    entered_by_name: Mapped[str] = mapped_column(String(80), default="", server_default="")
    carried_from: Mapped[int | None] = mapped_column(ForeignKey("pay_steps.id"))
