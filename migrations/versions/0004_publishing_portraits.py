"""Publishing portraits: who decided, reviewed and published a run; peers, growth, and a teacher's choice to hide"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_RUN_TEXTS = {"audit": "{}", "peers": "{}", "decision": "{}"}
_SCORE_TEXTS = {"percentiles": "[]", "growth": "{}"}
_ACTS = ("reviewed", "published")


def upgrade() -> None:
    """Columns for the decision and its persons; one published run at most."""
    with op.batch_alter_table("portrait_runs", schema=None) as batch_op:
        for name, empty in _RUN_TEXTS.items():
            batch_op.add_column(sa.Column(name, sa.Text(), nullable=False, server_default=empty))
        for act in _ACTS:
            batch_op.add_column(sa.Column(f"{act}_by", sa.Integer(), nullable=True))
            batch_op.add_column(sa.Column(f"{act}_by_name", sa.String(length=80), nullable=False, server_default=""))
            batch_op.add_column(sa.Column(f"{act}_at", sa.DateTime(timezone=True), nullable=True))
    with op.batch_alter_table("portrait_runs", schema=None) as batch_op:
        for name in (*_RUN_TEXTS, *(f"{act}_by_name" for act in _ACTS)):
            batch_op.alter_column(name, server_default=None)
        batch_op.create_index(
            "uq_portrait_runs_published",
            ["state"],
            unique=True,
            sqlite_where=sa.text("state = 'published'"),
            postgresql_where=sa.text("state = 'published'"),
        )

    with op.batch_alter_table("portrait_scores", schema=None) as batch_op:
        batch_op.add_column(sa.Column("plain_group", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("peer_cell", sa.String(length=120), nullable=False, server_default=""))
        for name, empty in _SCORE_TEXTS.items():
            batch_op.add_column(sa.Column(name, sa.Text(), nullable=False, server_default=empty))
    with op.batch_alter_table("portrait_scores", schema=None) as batch_op:
        for name in ("peer_cell", *_SCORE_TEXTS):
            batch_op.alter_column(name, server_default=None)

    op.create_table(
        "portrait_choices",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("is_hidden", sa.Boolean(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_portrait_choices_person_id")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_portrait_choices")),
    )


def downgrade() -> None:
    """As it was."""
    op.drop_table("portrait_choices")
    with op.batch_alter_table("portrait_scores", schema=None) as batch_op:
        for name in (*_SCORE_TEXTS, "peer_cell", "plain_group"):
            batch_op.drop_column(name)
    with op.batch_alter_table("portrait_runs", schema=None) as batch_op:
        batch_op.drop_index("uq_portrait_runs_published")
        for act in _ACTS:
            for part in ("by", "by_name", "at"):
                batch_op.drop_column(f"{act}_{part}")
        for name in _RUN_TEXTS:
            batch_op.drop_column(name)
