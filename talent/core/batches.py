"""Import batches and the before and after image of every row one changed, so that an import can be undone."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from talent.core.database import Base, Instant

BATCH_STATES = ("staged", "refused", "accepted", "undone", "discarded")
BATCH_SOURCES = ("file", "form")


class ImportBatch(Base):
    """One import: staged by a person, then accepted or discarded; accepted ones can be undone.

    A record entered on a page (``source`` form) is a batch of one row, accepted at once, with the reason given.
    """

    __tablename__ = "import_batches"
    __table_args__ = (
        CheckConstraint(f"state IN ({', '.join(repr(state) for state in BATCH_STATES)})", name="state"),
        CheckConstraint(f"source IN ({', '.join(repr(source) for source in BATCH_SOURCES)})", name="source"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[str] = mapped_column(String(10))
    source: Mapped[str] = mapped_column(String(4), default="file", server_default="file", index=True)
    reason: Mapped[str] = mapped_column(Text, default="", server_default="")
    as_of: Mapped[date | None]
    good_rows_only: Mapped[bool] = mapped_column(default=False)
    encoding: Mapped[str] = mapped_column(String(20), default="")
    files: Mapped[str] = mapped_column(Text)
    summary: Mapped[str] = mapped_column(Text, default="{}")
    issues: Mapped[str] = mapped_column(Text, default="[]")
    created_by: Mapped[int | None]
    created_at: Mapped[datetime] = mapped_column(Instant)
    accepted_by: Mapped[int | None]
    accepted_at: Mapped[datetime | None] = mapped_column(Instant)
    undone_at: Mapped[datetime | None] = mapped_column(Instant)


class ChangeImage(Base):
    """A row as it was before and after a batch changed it. Added rows need none: they carry ``batch_id``."""

    __tablename__ = "change_images"
    __table_args__ = (
        CheckConstraint("action IN ('update', 'delete')", name="action"),
        Index(None, "table_name", "row_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    batch_id: Mapped[int] = mapped_column(ForeignKey("import_batches.id"), index=True)
    table_name: Mapped[str] = mapped_column(String(40))
    row_id: Mapped[int]
    action: Mapped[str] = mapped_column(String(6))
    before: Mapped[str] = mapped_column(Text)
    after: Mapped[str] = mapped_column(Text)


class Imported:
    """Mixin of tables that a workbook can fill: who brought the row, and a version that exposes a lost update."""

    id: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(default=1)

    @declared_attr
    def batch_id(cls) -> Mapped[int | None]:
        """The import that added the row; empty for rows entered on a page."""
        return mapped_column(ForeignKey("import_batches.id"), index=True)
