"""Runs of the portraits and what each teacher got in them. A stored run never changes but in its state."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Float, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from talent.core.database import Base, Instant
from talent.core.terms import OBJECTION_ABOUT, OBJECTION_MEASURE, OBJECTION_STATE, alternatives

BUILD = "portraits.build"
"""The worker's task that builds a run."""

_OPEN = text("state = 'open'")
DRAFT, REVIEWED, PUBLISHED, SUPERSEDED = STATES = ("draft", "reviewed", "published", "superseded")


class PortraitRun(Base):
    """One run: what it was asked, what it read, what it found. ``code`` digests input, settings, k and seed.

    JSON: ``settings``, ``versions`` of the libraries, ``groups`` (number, size, stability, profile, medians),
    ``evidence`` for each number of groups, ``grouping`` (chance, fidelity, fallback, descent), ``model`` ("" without
    groups), ``scale`` of the scores, ``warnings`` (findings), ``audit`` (association with traits, see
    :mod:`talent.portraits.audit`), ``peers`` (cell → size, quartiles, medians), ``decision`` ({} until somebody
    decided: method, names, reasons, who and when; see :mod:`talent.portraits.publication`).
    """

    __tablename__ = "portrait_runs"
    __table_args__ = (
        CheckConstraint(f"state IN ({', '.join(repr(state) for state in STATES)})", name="state"),
        CheckConstraint("seed >= 0", name="seed"),
        Index(None, "state", "as_of"),
        Index(
            "uq_portrait_runs_published",
            "state",
            unique=True,
            sqlite_where=text("state = 'published'"),
            postgresql_where=text("state = 'published'"),
        ),
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
    audit: Mapped[str] = mapped_column(Text, default="{}")
    peers: Mapped[str] = mapped_column(Text, default="{}")
    decision: Mapped[str] = mapped_column(Text, default="{}")
    reviewed_by: Mapped[int | None]
    reviewed_by_name: Mapped[str] = mapped_column(String(80), default="")
    reviewed_at: Mapped[datetime | None] = mapped_column(Instant)
    published_by: Mapped[int | None]
    published_by_name: Mapped[str] = mapped_column(String(80), default="")
    published_at: Mapped[datetime | None] = mapped_column(Instant)


class PortraitScore(Base):
    """One teacher in one run. ``person_group`` is 1..k, none without a group; scores 0..100, none = not collected.

    ``plain_group`` is the group of the contrasting method, where the run computed it. ``peer_cell`` is the key of
    the teacher's peers in the run's ``peers``, "" where they are too few to be shown.

    JSON: ``membership`` (k shares, empty without a group) and ``inputs`` (the ten inputs, null = not collected),
    from which every contribution to the group can be shown again; ``percentiles`` (share of peers below, by
    dimension) and ``growth`` (earlier cut-off → scores on this run's scale).
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
    plain_group: Mapped[int | None]
    peer_cell: Mapped[str] = mapped_column(String(120), default="")
    percentiles: Mapped[str] = mapped_column(Text, default="[]")
    growth: Mapped[str] = mapped_column(Text, default="{}")


class PortraitChoice(Base):
    """Whether a teacher hid their type from their school: their own choice, which outlives every run."""

    __tablename__ = "portrait_choices"

    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), primary_key=True)
    is_hidden: Mapped[bool]
    changed_at: Mapped[datetime] = mapped_column(Instant)


class PortraitObjection(Base):
    """A teacher objects to a portrait, and what a person of the office answered (PIPL 24).

    ``about`` is the whole, a dimension or an input, ``what`` its code; ``measure`` is what an upheld one brought about:
    nobody else sees the portrait any more (``hide``), and later runs leave the teacher out besides (``leave_out``).
    ``lifted``: the teacher wanted it back.
    """

    __tablename__ = "portrait_objections"
    __table_args__ = (
        CheckConstraint(f"about IN ({alternatives(OBJECTION_ABOUT)})", name="about"),
        CheckConstraint(f"state IN ({alternatives(OBJECTION_STATE)})", name="state"),
        CheckConstraint(f"measure IN ('', {alternatives(OBJECTION_MEASURE)})", name="measure"),
        CheckConstraint("reason <> ''", name="reasoned"),
        CheckConstraint("(about = 'whole') = (what = '')", name="names_its_part"),
        CheckConstraint("state NOT IN ('upheld', 'dismissed', 'lifted') OR answer <> ''", name="answered"),
        CheckConstraint("(state IN ('upheld', 'lifted')) = (measure <> '')", name="measured"),
        Index(None, "state", "due_on"),
        Index("uq_portrait_objections_open", "person_id", "about", "what", unique=True, sqlite_where=_OPEN,
              postgresql_where=_OPEN),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(default=1)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    run_id: Mapped[int | None]
    about: Mapped[str] = mapped_column(String(10))
    what: Mapped[str] = mapped_column(String(20), default="")
    reason: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(10), default="open")
    measure: Mapped[str] = mapped_column(String(10), default="")
    made_by: Mapped[int | None]
    made_at: Mapped[datetime] = mapped_column(Instant)
    due_on: Mapped[date]
    answered_by: Mapped[int | None]
    answered_by_name: Mapped[str] = mapped_column(String(80), default="")
    answered_at: Mapped[datetime | None] = mapped_column(Instant)
    answer: Mapped[str] = mapped_column(Text, default="")
