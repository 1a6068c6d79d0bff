"""Budgets of assistance by school and year: rows are only added"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

TABLE, SAID = "pay_budgets", "pay_budgets are only added"


def upgrade() -> None:
    """The table, then what the database itself refuses."""
    op.create_table(
        TABLE,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("fen", sa.BigInteger(), nullable=False),
        sa.Column("document_no", sa.String(length=80), nullable=False),
        sa.Column("document_on", sa.Date(), nullable=False),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.Column("entered_on", sa.Date(), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("entered_by", sa.Integer(), nullable=True),
        sa.Column("entered_by_name", sa.String(length=80), nullable=False),
        sa.CheckConstraint("fen >= 0", name=op.f("ck_pay_budgets_fen")),
        sa.CheckConstraint("document_no <> ''", name=op.f("ck_pay_budgets_document_named")),
        sa.ForeignKeyConstraint(["school_id"], ["schools.id"], name=op.f("fk_pay_budgets_school_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pay_budgets")),
        sa.UniqueConstraint("year", "school_id", "sequence", name=op.f("uq_pay_budgets_year_school_id_sequence")),
    )
    op.create_index(op.f("ix_pay_budgets_school_id"), TABLE, ["school_id"])
    if op.get_bind().dialect.name == "sqlite":
        _guard_sqlite()
    else:
        _guard_postgresql()


def _guard_sqlite() -> None:
    for act in ("update", "delete"):
        op.execute(f"CREATE TRIGGER {TABLE}_no_{act} BEFORE {act.upper()} ON {TABLE} "
                   f"BEGIN SELECT RAISE(ABORT, '{SAID}'); END")
    op.execute(f"CREATE TRIGGER {TABLE}_whole_fen BEFORE INSERT ON {TABLE} WHEN typeof(NEW.fen) <> 'integer' "
               "BEGIN SELECT RAISE(ABORT, 'fen are whole'); END")


def _guard_postgresql() -> None:
    op.execute(f"CREATE FUNCTION {TABLE}_only_added() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
               f"RAISE EXCEPTION '{SAID}'; END $$")
    for name, when, each in (("change", "UPDATE OR DELETE", "ROW"), ("truncate", "TRUNCATE", "STATEMENT")):
        op.execute(f"CREATE TRIGGER {TABLE}_no_{name} BEFORE {when} ON {TABLE} "
                   f"FOR EACH {each} EXECUTE FUNCTION {TABLE}_only_added()")


def downgrade() -> None:
    """The budgets go, unless there are any: what was set aside under a document is not forgotten."""
    connection = op.get_bind()
    entered = connection.execute(sa.text(f"SELECT count(*) FROM {TABLE}")).scalar_one()
    if entered:
        raise RuntimeError(f"{entered} entered budgets would be lost")
    op.drop_table(TABLE)
    if connection.dialect.name != "sqlite":
        op.execute(f"DROP FUNCTION {TABLE}_only_added() CASCADE")
