"""Where a batch came from and why: workbooks, or one record entered on a page."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Every batch of before came from a file.

    Written out, since both databases take it as it stands; built through a copy of the table, SQLite would refuse to
    drop the table that every record points at.
    """
    op.execute(
        "ALTER TABLE import_batches ADD COLUMN source VARCHAR(4) DEFAULT 'file' NOT NULL"
        " CONSTRAINT ck_import_batches_source CHECK (source IN ('file', 'form'))"
    )
    op.execute("ALTER TABLE import_batches ADD COLUMN reason TEXT DEFAULT '' NOT NULL")
    op.execute("CREATE INDEX ix_import_batches_source ON import_batches (source)")


def downgrade() -> None:
    """Entries on pages stay as batches without their reason."""
    op.execute("DROP INDEX ix_import_batches_source")
    op.execute("ALTER TABLE import_batches DROP COLUMN reason")
    op.execute("ALTER TABLE import_batches DROP COLUMN source")
