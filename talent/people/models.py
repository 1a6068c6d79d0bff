"""Schools and people. What changes over a career stands in half-open periods; what a person is stands on the person."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from talent.core.batches import Imported
from talent.core.database import Base, Instant
from talent.core.terms import (
    ABSENCE,
    APPRAISAL,
    AREA,
    OWNERSHIP,
    QUOTA_TYPE,
    SCHOOL_KIND,
    STAFF_CATEGORY,
    STATUS,
    alternatives,
)

PRECISION = "'day', 'month'"


class School(Imported, Base):
    """A school or another unit of the bureau, known by its code."""

    __tablename__ = "schools"
    __table_args__ = (
        CheckConstraint(f"kind IN ({alternatives(SCHOOL_KIND)})", name="kind"),
        CheckConstraint(f"ownership IN ('', {alternatives(OWNERSHIP)})", name="ownership"),
        CheckConstraint(f"area IN ('', {alternatives(AREA)})", name="area"),
        CheckConstraint("merged_into_id IS NULL OR merged_into_id <> id", name="not_into_itself"),
    )

    code: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    kind: Mapped[str] = mapped_column(String(20))
    ownership: Mapped[str] = mapped_column(String(10), default="")
    area: Mapped[str] = mapped_column(String(10), default="")
    community: Mapped[str] = mapped_column(String(80), default="")
    opened_on: Mapped[date | None]
    closed_on: Mapped[date | None]
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("schools.id"))

    merged_into: Mapped["School | None"] = relationship(remote_side="School.id")


class SchoolPast(Imported, Base):
    """What a school was called, and its kind, until ``valid_to``: since the past before it, else since it opened.

    The school's own row says what came last, so a school that never changed has none.
    """

    __tablename__ = "school_pasts"
    __table_args__ = (
        UniqueConstraint("school_id", "valid_to"),
        CheckConstraint(f"kind IN ({alternatives(SCHOOL_KIND)})", name="kind"),
    )

    school_id: Mapped[int] = mapped_column(ForeignKey("schools.id"))
    valid_to: Mapped[date]
    name: Mapped[str] = mapped_column(String(120))
    kind: Mapped[str] = mapped_column(String(20))


class Person(Imported, Base):
    """A member of staff. Personal numbers are sealed under ``uid``; the index columns only find them."""

    __tablename__ = "people"
    __table_args__ = (
        CheckConstraint(f"born_precision IN ('', {PRECISION})", name="born_precision"),
        CheckConstraint(f"work_started_precision IN ('', {PRECISION})", name="work_started_precision"),
        CheckConstraint(f"teaching_started_precision IN ('', {PRECISION})", name="teaching_started_precision"),
    )

    uid: Mapped[str] = mapped_column(String(32), unique=True)
    staff_no: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(80), index=True)
    pinyin: Mapped[str] = mapped_column(String(160), default="", index=True)
    initials: Mapped[str] = mapped_column(String(40), default="", index=True)
    id_number_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    id_number_index: Mapped[str | None] = mapped_column(String(64), unique=True)
    id_number_masked: Mapped[str] = mapped_column(String(40), default="")
    phone_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    phone_index: Mapped[str | None] = mapped_column(String(64), index=True)
    phone_masked: Mapped[str] = mapped_column(String(40), default="")
    sex: Mapped[str] = mapped_column(String(10), default="")
    born_on: Mapped[date | None]
    born_precision: Mapped[str] = mapped_column(String(5), default="")
    ethnicity: Mapped[str] = mapped_column(String(20), default="")
    politics: Mapped[str] = mapped_column(String(40), default="")
    work_started_on: Mapped[date | None]
    work_started_precision: Mapped[str] = mapped_column(String(5), default="")
    teaching_started_on: Mapped[date | None]
    teaching_started_precision: Mapped[str] = mapped_column(String(5), default="")
    former_name: Mapped[str] = mapped_column(String(80), default="")


class PersonAlias(Base):
    """A staff number or ID number a person was known by before: kept so that old files still find the person."""

    __tablename__ = "person_aliases"
    __table_args__ = (
        CheckConstraint("kind IN ('staff_no', 'id_number')", name="kind"),
        UniqueConstraint("kind", "value"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    kind: Mapped[str] = mapped_column(String(10))
    value: Mapped[str] = mapped_column(String(64))
    replaced_at: Mapped[datetime] = mapped_column(Instant)
    batch_id: Mapped[int | None] = mapped_column(ForeignKey("import_batches.id"), index=True)


class Employment(Imported, Base):
    """One dated period of a person's post: school, subject, 职称, schooling, status. Periods never overlap."""

    __tablename__ = "employments"
    __table_args__ = (
        Index(None, "person_id", "valid_from"),
        Index(None, "school_id", "valid_from"),
        CheckConstraint("valid_to IS NULL OR valid_from IS NULL OR valid_from < valid_to", name="order"),
        CheckConstraint(f"status IN ({alternatives(STATUS)})", name="status"),
        CheckConstraint(f"category IN ('', {alternatives(STAFF_CATEGORY)})", name="category"),
        CheckConstraint(f"quota_type IN ('', {alternatives(QUOTA_TYPE)})", name="quota_type"),
        CheckConstraint(f"arrived_precision IN ('', {PRECISION})", name="arrived_precision"),
    )

    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]
    school_id: Mapped[int] = mapped_column(ForeignKey("schools.id"))
    teaching_schools: Mapped[str] = mapped_column(String(400), default="")
    stage: Mapped[str] = mapped_column(String(20), default="")
    subject: Mapped[str] = mapped_column(String(80), default="")
    category: Mapped[str] = mapped_column(String(20), default="")
    post: Mapped[str] = mapped_column(String(80), default="")
    quota_type: Mapped[str] = mapped_column(String(12), default="")
    professional_title: Mapped[str] = mapped_column(String(12), default="")
    schooling: Mapped[str] = mapped_column(String(20), default="")
    degree: Mapped[str] = mapped_column(String(10), default="")
    certificate_kind: Mapped[str] = mapped_column(String(40), default="")
    certificate_no: Mapped[str] = mapped_column(String(40), default="")
    weekly_lessons_hundredths: Mapped[int | None]
    arrived_on: Mapped[date | None]
    arrived_precision: Mapped[str] = mapped_column(String(5), default="")
    status: Mapped[str] = mapped_column(String(16), default="on_post")
    left_on: Mapped[date | None]

    person: Mapped[Person] = relationship()
    school: Mapped[School] = relationship()


class Absence(Imported, Base):
    """A recorded absence, both days in."""

    __tablename__ = "absences"
    __table_args__ = (
        UniqueConstraint("person_id", "started_on"),
        CheckConstraint("started_on <= ended_on", name="order"),
        CheckConstraint(f"kind IN ('', {alternatives(ABSENCE)})", name="kind"),
    )

    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    started_on: Mapped[date]
    ended_on: Mapped[date]
    kind: Mapped[str] = mapped_column(String(12), default="")


class Appraisal(Imported, Base):
    """The yearly appraisal of a calendar year."""

    __tablename__ = "appraisals"
    __table_args__ = (
        UniqueConstraint("person_id", "year"),
        CheckConstraint(f"result IN ({alternatives(APPRAISAL)})", name="result"),
    )

    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    year: Mapped[int]
    result: Mapped[str] = mapped_column(String(12))


class Exchange(Imported, Base):
    """交流轮岗: a teacher sent from one school of the district to another."""

    __tablename__ = "exchanges"
    __table_args__ = (
        UniqueConstraint("person_id", "started_on"),
        CheckConstraint("ended_on IS NULL OR started_on <= ended_on", name="order"),
    )

    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    from_school_id: Mapped[int] = mapped_column(ForeignKey("schools.id"))
    to_school_id: Mapped[int] = mapped_column(ForeignKey("schools.id"))
    started_on: Mapped[date]
    ended_on: Mapped[date | None]


class ConductCase(Imported, Base):
    """师德处理: bars titles from the decision to ``limited_until``, both in; an empty end is indefinite."""

    __tablename__ = "conduct_cases"
    __table_args__ = (
        UniqueConstraint("person_id", "decided_on"),
        CheckConstraint("limited_until IS NULL OR decided_on <= limited_until", name="order"),
    )

    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    decided_on: Mapped[date]
    limited_until: Mapped[date | None]
    reason: Mapped[str] = mapped_column(Text, default="")


class Collection(Imported, Base):
    """Records of one kind were really collected, at one school or everywhere, from a date on."""

    __tablename__ = "collections"
    __table_args__ = (
        Index(None, "kind", "school_id"),
        CheckConstraint("ended_on IS NULL OR started_on <= ended_on", name="order"),
    )

    school_id: Mapped[int | None] = mapped_column(ForeignKey("schools.id"))
    kind: Mapped[str] = mapped_column(String(20))
    started_on: Mapped[date]
    ended_on: Mapped[date | None]
