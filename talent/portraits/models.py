"""Runs of the portraits and what each teacher got in them. A stored run never changes but in its state."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Float, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from talent.core.database import Base, Instant

DRAFT, REVIEWED, PUBLISHED, SUPERSEDED = STATES = ("draft", "reviewed", "published", "superseded")


class PortraitRun(Base):
    """One run: what it was asked, what it read, what it found. ``code`` digests input, settings, k and seed.

    JSON: ``settings``, ``versions`` of the libraries, ``groups`` (number, name, size, stability), ``evidence``
    for each number of groups, ``grouping`` (chance, fidelity, fallback, profiles, descent), ``model`` ("" without
    groups), ``scale`` of the scores, ``warnings`` (findings).
    """

    __tablename__ = "portrait_runs"
    __table_args__ = (
        CheckConstraint(f"state IN ({', '.join(repr(state) for state in STATES)})", name="state"),
        CheckConstraint("seed >= 0", name="seed"),
        Index(None, "state", "as_of"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(default=1)
    code: Mapped[str] = mapped_column(String(16))
    as_of: Mapped[date]
    k: Mapped[int | None]
    seed: Mapped[int]
    state: Mapped[str] = mapped_column(String(10), default=DRAFT)
    previous_id: Mapped[int | None] = mapped_column(ForeignKey("portrait_runs.id"))
    created_at: Mapped[datetime] = mapped_column(Instant)
    created_by: Mapped[int | None]
    created_by_name: Mapped[str] = mapped_column(String(80), default="")
    input_sha256: Mapped[str] = mapped_column(String(64))
    book_digest: Mapped[str] = mapped_column(String(64))
    settings: Mapped[str] = mapped_column(Text)
    versions: Mapped[str] = mapped_column(Text)
    stability: Mapped[float | None] = mapped_column(Float)
    groups: Mapped[str] = mapped_column(Text, default="[]")
    evidence: Mapped[str] = mapped_column(Text, default="[]")
    grouping: Mapped[str] = mapped_column(Text, default="{}")
    model: Mapped[str] = mapped_column(Text, default="")
    scale: Mapped[str] = mapped_column(Text, default="{}")
    warnings: Mapped[str] = mapped_column(Text, default="[]")


class PortraitScore(Base):
    """One teacher in one run. ``person_group`` is 1..k, none without a group; scores 0..100, none = not collected.

    JSON: ``membership`` (k shares, empty without a group) and ``inputs`` (the ten inputs, null = not collected),
    from which every contribution to the group can be shown again.
    """

    __tablename__ = "portrait_scores"
    __table_args__ = (
        UniqueConstraint("run_id", "person_id"),
        Index(None, "person_id"),
        CheckConstraint("coverage BETWEEN 0 AND 1", name="coverage"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("portrait_runs.id", ondelete="CASCADE"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    person_group: Mapped[int | None]
    membership: Mapped[str] = mapped_column(Text, default="[]")
    training: Mapped[float | None] = mapped_column(Float)
    contest: Mapped[float | None] = mapped_column(Float)
    research: Mapped[float | None] = mapped_column(Float)
    mentoring: Mapped[float | None] = mapped_column(Float)
    assistance: Mapped[float | None] = mapped_column(Float)
    tier: Mapped[float | None] = mapped_column(Float)
    coverage: Mapped[float] = mapped_column(Float)
    is_insufficient: Mapped[bool]
    inputs: Mapped[str] = mapped_column(Text, default="[]")
