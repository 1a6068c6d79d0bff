"""How long an initial password on paper is good, identities of a sign-in provider, and allowances"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """What is there stays as it is: nobody is linked to a provider yet, and no allowance is spent."""
    op.create_table(
        "identities",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("issuer", sa.String(length=200), nullable=False),
        sa.Column("subject", sa.String(length=255), nullable=True),
        sa.Column("claim", sa.String(length=80), nullable=True),
        sa.Column("linked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("linked_by", sa.Integer(), nullable=False),
        sa.CheckConstraint("subject IS NOT NULL OR claim IS NOT NULL", name=op.f("ck_identities_explicit")),
        sa.ForeignKeyConstraint(["linked_by"], ["users.id"], name=op.f("fk_identities_linked_by_users")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_identities_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_identities")),
        sa.UniqueConstraint("issuer", "claim", name=op.f("uq_identities_issuer_claim")),
        sa.UniqueConstraint("issuer", "subject", name=op.f("uq_identities_issuer_subject")),
        sa.UniqueConstraint("user_id", "issuer", name=op.f("uq_identities_user_id_issuer")),
    )
    op.create_table(
        "spent_states",
        sa.Column("state_index", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("state_index", name=op.f("pk_spent_states")),
    )
    op.create_index(op.f("ix_spent_states_at"), "spent_states", ["at"])
    op.create_table(
        "allowances",
        sa.Column("bucket", sa.String(length=120), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used", sa.Integer(), nullable=False),
        sa.CheckConstraint("used > 0", name=op.f("ck_allowances_counted")),
        sa.PrimaryKeyConstraint("bucket", name=op.f("pk_allowances")),
    )
    op.create_index(op.f("ix_allowances_since"), "allowances", ["since"])
    with op.batch_alter_table("users", schema=None) as batch_op:
        batch_op.add_column(sa.Column("initial_until", sa.DateTime(timezone=True), nullable=True))
    with op.batch_alter_table("user_sessions", schema=None) as batch_op:
        batch_op.add_column(sa.Column("by_provider", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    """Passwords alone again; who was linked is forgotten."""
    with op.batch_alter_table("user_sessions", schema=None) as batch_op:
        batch_op.drop_column("by_provider")
    with op.batch_alter_table("users", schema=None) as batch_op:
        batch_op.drop_column("initial_until")
    op.drop_index(op.f("ix_allowances_since"), table_name="allowances")
    op.drop_table("allowances")
    op.drop_index(op.f("ix_spent_states_at"), table_name="spent_states")
    op.drop_table("spent_states")
    op.drop_table("identities")
