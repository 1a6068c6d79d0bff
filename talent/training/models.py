"""Training records. Courses, sessions and plans come with the training office's own work."""

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from talent.core.batches import Imported
from talent.core.database import Base
from talent.core.terms import RECORD_STATE, TRAINING_LEVEL, TRAINING_MODE, TRAINING_RESULT, alternatives


class Training(Imported, Base):
    """One person's part in one training activity. The same person, name and end date is the same record."""

    __tablename__ = "trainings"
    __table_args__ = (
        UniqueConstraint("person_id", "ended_on", "name"),
        Index(None, "ended_on"),
        CheckConstraint(f"level IN ({alternatives(TRAINING_LEVEL)})", name="level"),
        CheckConstraint(f"mode IN ('', {alternatives(TRAINING_MODE)})", name="mode"),
        CheckConstraint(f"result IN ('', {alternatives(TRAINING_RESULT)})", name="result"),
        CheckConstraint(f"state IN ({alternatives(RECORD_STATE)})", name="state"),
        CheckConstraint("hours_hundredths >= 0", name="hours"),
        CheckConstraint("started_on IS NULL OR started_on <= ended_on", name="order"),
    )

    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    name: Mapped[str] = mapped_column(String(200))
    level: Mapped[str] = mapped_column(String(12))
    mode: Mapped[str] = mapped_column(String(8), default="")
    theme: Mapped[str] = mapped_column(String(200), default="")
    started_on: Mapped[date | None]
    ended_on: Mapped[date]
    hours_hundredths: Mapped[int]
    organiser: Mapped[str] = mapped_column(String(120), default="")
    result: Mapped[str] = mapped_column(String(8), default="")
    certificate_no: Mapped[str] = mapped_column(String(80), default="")
    state: Mapped[str] = mapped_column(String(16), default="recognised")
