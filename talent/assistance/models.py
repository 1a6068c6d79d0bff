"""Assignments of paired assistance and of development communities."""

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from talent.core.batches import Imported
from talent.core.database import Base
from talent.core.terms import ASSISTANCE, ASSISTANCE_APPRAISAL, alternatives
from talent.people.models import Person, School


class Assignment(Imported, Base):
    """One spell at one host, both days in; an empty end is still going on."""

    __tablename__ = "assignments"
    __table_args__ = (
        UniqueConstraint("person_id", "started_on", "sending_school_id", "host"),
        Index(None, "sending_school_id", "started_on"),
        CheckConstraint("ended_on IS NULL OR started_on <= ended_on", name="order"),
        CheckConstraint(f"kind IN ({alternatives(ASSISTANCE)})", name="kind"),
        CheckConstraint(f"appraisal IN ('', {alternatives(ASSISTANCE_APPRAISAL)})", name="appraisal"),
    )

    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    sending_school_id: Mapped[int] = mapped_column(ForeignKey("schools.id"))
    host: Mapped[str] = mapped_column(String(120))
    kind: Mapped[str] = mapped_column(String(12))
    started_on: Mapped[date]
    ended_on: Mapped[date | None]
    appraisal: Mapped[str] = mapped_column(String(12), default="")
    document_no: Mapped[str] = mapped_column(String(80), default="")

    person: Mapped[Person] = relationship()
    sending_school: Mapped[School] = relationship()
