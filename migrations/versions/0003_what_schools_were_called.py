"""What schools were called"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Names and kinds schools had before."""
    op.create_table(
        "school_pasts",
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('primary', 'junior', 'nine_year', 'complete_secondary', 'senior', 'twelve_year', 'special', 'vocational', 'teaching_point', 'kindergarten', 'development_centre')",
            name=op.f("ck_school_pasts_kind"),
        ),
        sa.ForeignKeyConstraint(["batch_id"], ["import_batches.id"], name=op.f("fk_school_pasts_batch_id")),
        sa.ForeignKeyConstraint(["school_id"], ["schools.id"], name=op.f("fk_school_pasts_school_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_school_pasts")),
        sa.UniqueConstraint("school_id", "valid_to", name=op.f("uq_school_pasts_school_id_valid_to")),
    )
    with op.batch_alter_table("school_pasts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_school_pasts_batch_id"), ["batch_id"], unique=False)


def downgrade() -> None:
    """Forget them."""
    op.drop_table("school_pasts")
