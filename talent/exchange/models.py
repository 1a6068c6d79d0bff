"""What teachers propose of their own records, and schools of their people's assistance.

Nothing here counts anywhere: a record does, once one is written.
"""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from talent.core.database import Base, Instant
from talent.core.terms import NOMINATION, PROPOSAL_ACTION, PROPOSAL_STATE, alternatives

_OPEN = text("state IN ('submitted', 'verified')")


class Proposal(Base):
    """A record to add, correct or withdraw, as its person asks for it, and what was answered.

    ``cells`` are columns with what is proposed, as one would type it: all of a new record, those that differ of a
    correction. ``seen`` is what the record said when it was proposed, under ``record_version``. ``record_id`` of a new
    record is known once it is recognised; ``entry_id`` is the batch that wrote the change, by which it can be undone.
    ``asks`` is "" for what a person asks of their own records, else what their school asks of their assistance.
    """

    __tablename__ = "proposals"
    __table_args__ = (
        CheckConstraint(f"action IN ({alternatives(PROPOSAL_ACTION)})", name="action"),
        CheckConstraint(f"state IN ({alternatives(PROPOSAL_STATE)})", name="state"),
        CheckConstraint("action = 'add' OR record_id IS NOT NULL", name="names_its_record"),
        CheckConstraint("reason <> ''", name="reasoned"),
        CheckConstraint("state <> 'returned' OR answer <> ''", name="answered"),
        CheckConstraint("(state = 'recognised') = (entry_id IS NOT NULL)", name="written_once"),
        CheckConstraint(f"asks IN ('', {alternatives(NOMINATION)})", name="asks"),
        CheckConstraint("asks = '' OR state <> 'recognised' OR document_no <> ''", name="approved_by_document"),
        Index(None, "state", "due_on"),
        Index(None, "kind", "record_id"),
        Index("uq_proposals_open", "kind", "record_id", unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(default=1)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    kind: Mapped[str] = mapped_column(String(20))
    action: Mapped[str] = mapped_column(String(10))
    asks: Mapped[str] = mapped_column(String(8), default="", server_default="")
    record_id: Mapped[int | None]
    record_version: Mapped[int | None]
    cells: Mapped[str] = mapped_column(Text)
    seen: Mapped[str] = mapped_column(Text, default="{}")
    reason: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(12), default="submitted")
    proposed_by: Mapped[int | None]
    proposed_on: Mapped[date]
    proposed_at: Mapped[datetime] = mapped_column(Instant)
    school_due_on: Mapped[date]
    due_on: Mapped[date]
    verified_by: Mapped[int | None]
    verified_at: Mapped[datetime | None] = mapped_column(Instant)
    note: Mapped[str] = mapped_column(Text, default="")
    decided_by: Mapped[int | None]
    decided_at: Mapped[datetime | None] = mapped_column(Instant)
    answer: Mapped[str] = mapped_column(Text, default="")
    document_no: Mapped[str] = mapped_column(String(80), default="", server_default="")
    entry_id: Mapped[int | None] = mapped_column(ForeignKey("import_batches.id"), index=True)
