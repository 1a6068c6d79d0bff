"""What teachers propose of their own records, and what was answered"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

OPEN = sa.text("state IN ('submitted', 'verified')")


def upgrade() -> None:
    """A table beside the records; no record changes."""
    op.create_table(
        "proposals",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("action", sa.String(length=10), nullable=False),
        sa.Column("record_id", sa.Integer(), nullable=True),
        sa.Column("record_version", sa.Integer(), nullable=True),
        sa.Column("cells", sa.Text(), nullable=False),
        sa.Column("seen", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("proposed_by", sa.Integer(), nullable=True),
        sa.Column("proposed_on", sa.Date(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("school_due_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("verified_by", sa.Integer(), nullable=True),
        sa.Column("verified_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("action IN ('add', 'correct', 'withdraw')", name=op.f("ck_proposals_action")),
        sa.CheckConstraint("state IN ('submitted', 'verified', 'recognised', 'returned', 'withdrawn')", name=op.f("ck_proposals_state")),
        sa.CheckConstraint("action = 'add' OR record_id IS NOT NULL", name=op.f("ck_proposals_names_its_record")),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_proposals_reasoned")),
        sa.CheckConstraint("state <> 'returned' OR answer <> ''", name=op.f("ck_proposals_answered")),
        sa.CheckConstraint("(state = 'recognised') = (entry_id IS NOT NULL)", name=op.f("ck_proposals_written_once")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_proposals_person_id_people")),
        sa.ForeignKeyConstraint(["entry_id"], ["import_batches.id"], name=op.f("fk_proposals_entry_id_import_batches")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposals")),
    )
    op.create_index(op.f("ix_proposals_person_id"), "proposals", ["person_id"])
    op.create_index(op.f("ix_proposals_entry_id"), "proposals", ["entry_id"])
    op.create_index(op.f("ix_proposals_state_due_on"), "proposals", ["state", "due_on"])
    op.create_index(op.f("ix_proposals_kind_record_id"), "proposals", ["kind", "record_id"])
    op.create_index("uq_proposals_open", "proposals", ["kind", "record_id"], unique=True, sqlite_where=OPEN, postgresql_where=OPEN)


def downgrade() -> None:
    """Teachers ask by telephone again."""
    op.drop_table("proposals")
