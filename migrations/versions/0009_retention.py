"""Retention runs and tombstones"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing was erased so far."""
    op.create_table(
        "retention_runs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("plan", sa.Text(), nullable=False),
        sa.Column("proposed_by", sa.Integer(), nullable=False),
        sa.Column("proposed_by_name", sa.String(length=80), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("approved_by", sa.Integer(), nullable=True),
        sa.Column("approved_by_name", sa.String(length=80), nullable=False),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("state IN ('proposed', 'approved', 'rejected', 'done', 'stale')", name=op.f("ck_retention_runs_state")),
        sa.CheckConstraint("approved_by IS NULL OR approved_by <> proposed_by", name=op.f("ck_retention_runs_two_persons")),
        sa.CheckConstraint("(approved_by IS NULL) = (approved_at IS NULL)", name=op.f("ck_retention_runs_approved_once")),
        sa.CheckConstraint("state IN ('proposed', 'rejected') OR approved_by IS NOT NULL", name=op.f("ck_retention_runs_approval_named")),
        sa.CheckConstraint("(state = 'done') = (done_at IS NOT NULL)", name=op.f("ck_retention_runs_done_once")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_retention_runs")),
    )
    op.create_index("uq_retention_runs_open", "retention_runs", ["state"], unique=True,
                    sqlite_where=sa.text("state IN ('proposed', 'approved')"),
                    postgresql_where=sa.text("state IN ('proposed', 'approved')"))
    op.create_table(
        "tombstones",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("uid", sa.String(length=32), nullable=False),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["retention_runs.id"], name=op.f("fk_tombstones_run_id_retention_runs")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tombstones")),
    )
    op.create_index(op.f("ix_tombstones_run_id"), "tombstones", ["run_id"])


def downgrade() -> None:
    """What was erased stays erased."""
    op.drop_index(op.f("ix_tombstones_run_id"), table_name="tombstones")
    op.drop_table("tombstones")
    op.drop_index("uq_retention_runs_open", table_name="retention_runs")
    op.drop_table("retention_runs")
