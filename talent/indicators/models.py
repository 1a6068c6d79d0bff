"""What the national indicators need beside people: pupils, premises and equipment, staffing quota."""

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from talent.core.batches import Imported
from talent.core.database import Base
from talent.core.terms import PUPIL_STAGE, alternatives


class Enrolment(Imported, Base):
    """Pupils and classes of one stage of one school on a statistics date."""

    __tablename__ = "enrolments"
    __table_args__ = (
        UniqueConstraint("school_id", "counted_on", "stage"),
        CheckConstraint(f"stage IN ({alternatives(PUPIL_STAGE)})", name="stage"),
        CheckConstraint("pupils >= 0", name="pupils"),
        CheckConstraint("classes IS NULL OR classes >= 0", name="classes"),
    )

    school_id: Mapped[int] = mapped_column(ForeignKey("schools.id"))
    counted_on: Mapped[date]
    stage: Mapped[str] = mapped_column(String(8))
    pupils: Mapped[int]
    classes: Mapped[int | None]


class Facility(Imported, Base):
    """Premises and equipment; an empty stage is the whole school. Areas in 0.01 m², equipment in fen."""

    __tablename__ = "facilities"
    __table_args__ = (
        UniqueConstraint("school_id", "counted_on", "stage"),
        CheckConstraint(f"stage IN ('', {alternatives(PUPIL_STAGE)})", name="stage"),
    )

    school_id: Mapped[int] = mapped_column(ForeignKey("schools.id"))
    counted_on: Mapped[date]
    stage: Mapped[str] = mapped_column(String(8), default="")
    teaching_area_hundredths: Mapped[int | None]
    sports_area_hundredths: Mapped[int | None]
    equipment_fen: Mapped[int | None]
    multimedia_rooms: Mapped[int | None]


class Quota(Imported, Base):
    """核定编制 of a school from a date on; no school is the district's ceiling."""

    __tablename__ = "quotas"
    __table_args__ = (
        Index("uq_quotas_place", "school_id", "valid_from", unique=True),
        CheckConstraint("posts >= 0", name="posts"),
    )

    school_id: Mapped[int | None] = mapped_column(ForeignKey("schools.id"))
    valid_from: Mapped[date]
    posts: Mapped[int]
    document_no: Mapped[str] = mapped_column(String(80), default="")
