"""Contest results, achievements, mentoring."""

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from talent.core.batches import Imported
from talent.core.database import Base
from talent.core.terms import ACHIEVEMENT, CONTEST_CATEGORY, GRADE, LEVEL, RECORD_STATE, ROLE, alternatives


class ContestResult(Imported, Base):
    """A grade won at one level of a contest; the same work at several levels counts once, at its highest."""

    __tablename__ = "contest_results"
    __table_args__ = (
        UniqueConstraint("person_id", "awarded_on", "contest", "level", "work_title"),
        Index(None, "awarded_on"),
        CheckConstraint(f"level IN ({alternatives(LEVEL)})", name="level"),
        CheckConstraint(f"grade IN ({alternatives(GRADE)})", name="grade"),
        CheckConstraint(f"category IN ('', {alternatives(CONTEST_CATEGORY)})", name="category"),
        CheckConstraint(f"state IN ({alternatives(RECORD_STATE)})", name="state"),
    )

    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    contest: Mapped[str] = mapped_column(String(200))
    level: Mapped[str] = mapped_column(String(12))
    grade: Mapped[str] = mapped_column(String(12))
    awarded_on: Mapped[date]
    work_title: Mapped[str] = mapped_column(String(200), default="")
    category: Mapped[str] = mapped_column(String(8), default="")
    organiser: Mapped[str] = mapped_column(String(120), default="")
    team_rank: Mapped[str] = mapped_column(String(20), default="")
    document_no: Mapped[str] = mapped_column(String(80), default="")
    state: Mapped[str] = mapped_column(String(16), default="recognised")


class Achievement(Imported, Base):
    """A research project, open lesson, paper, lecture or honour."""

    __tablename__ = "achievements"
    __table_args__ = (
        UniqueConstraint("person_id", "achieved_on", "kind", "name"),
        Index(None, "achieved_on"),
        CheckConstraint(f"kind IN ({alternatives(ACHIEVEMENT)})", name="kind"),
        CheckConstraint(f"level IN ({alternatives(LEVEL)})", name="level"),
        CheckConstraint(f"role IN ('', {alternatives(ROLE)})", name="role"),
        CheckConstraint(f"state IN ({alternatives(RECORD_STATE)})", name="state"),
    )

    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    kind: Mapped[str] = mapped_column(String(12))
    name: Mapped[str] = mapped_column(String(200))
    level: Mapped[str] = mapped_column(String(12))
    achieved_on: Mapped[date]
    role: Mapped[str] = mapped_column(String(8), default="")
    state: Mapped[str] = mapped_column(String(16), default="recognised")


class Mentoring(Imported, Base):
    """带教: a mentor and an apprentice, both days in; an empty end is still going on."""

    __tablename__ = "mentorings"
    __table_args__ = (
        UniqueConstraint("person_id", "apprentice_id", "started_on"),
        Index(None, "apprentice_id"),
        CheckConstraint("person_id <> apprentice_id", name="two_people"),
        CheckConstraint("ended_on IS NULL OR started_on <= ended_on", name="order"),
    )

    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    apprentice_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    started_on: Mapped[date]
    ended_on: Mapped[date | None]
