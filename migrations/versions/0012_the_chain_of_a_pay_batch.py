"""The chain of a pay batch: what people did with it, and one run of a year worked on at a time, and what it puts right"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

ONCE = "act IN ('review', 'approve', 'lock', 'return', 'export', 'settle')"
ACTS = ("'confirm', 'dispute', 'review', 'approve', 'lock', 'return', 'export', 'settle', 'hold', 'release', "
        "'acknowledge', 'assume', 'comment'")
OPEN = "state NOT IN ('locked', 'exported', 'paid', 'superseded')"
LOCKED = "state IN ('locked', 'exported', 'paid') AND adjusts_id IS NULL"
TABLE = "pay_steps"


def upgrade() -> None:
    """The table of steps, closed to changes; the indexes that keep a year from being worked on or locked twice."""
    # By hand, for both databases: to make the table anew for one column would take its rows along.
    op.execute("ALTER TABLE pay_batches ADD COLUMN adjusts_id INTEGER "
               "CONSTRAINT fk_pay_batches_adjusts_id REFERENCES pay_batches (id)")
    _create_steps()
    with op.batch_alter_table(TABLE, schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_pay_steps_batch_id_act"), ["batch_id", "act"], unique=False)
    op.create_index("uq_pay_steps_once", TABLE, ["batch_id", "version", "act", "capacity"], unique=True,
                    sqlite_where=sa.text(ONCE), postgresql_where=sa.text(ONCE))
    for name, columns, where in (("open", ["year", "convention"], OPEN), ("locked", ["year"], LOCKED)):
        op.create_index(f"uq_pay_batches_{name}", "pay_batches", columns, unique=True,
                        sqlite_where=sa.text(where), postgresql_where=sa.text(where))
    close(TABLE)


def close(table: str) -> None:
    """Let nothing through but an insert."""
    if op.get_bind().dialect.name == "sqlite":
        for act in ("update", "delete"):
            op.execute(f"CREATE TRIGGER {table}_no_{act} BEFORE {act.upper()} ON {table} "
                       f"BEGIN SELECT RAISE(ABORT, '{table} are only added'); END")
        return
    op.execute(f"CREATE FUNCTION {table}_only_added() RETURNS trigger LANGUAGE plpgsql AS "
               f"$$ BEGIN RAISE EXCEPTION '{table} are only added'; END $$")
    op.execute(f"CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table} "
               f"FOR EACH ROW EXECUTE FUNCTION {table}_only_added()")
    op.execute(f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
               f"FOR EACH STATEMENT EXECUTE FUNCTION {table}_only_added()")


def _create_steps() -> None:
    op.create_table(
        TABLE,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("act", sa.String(length=12), nullable=False),
        sa.Column("capacity", sa.String(length=12), server_default="", nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=True),
        sa.Column("line_id", sa.Integer(), nullable=True),
        sa.Column("finding_id", sa.Integer(), nullable=True),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("user_name", sa.String(length=80), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("lines_hash", sa.String(length=64), server_default="", nullable=False),
        sa.Column("comment", sa.Text(), server_default="", nullable=False),
        sa.Column("document", sa.String(length=200), server_default="", nullable=False),
        sa.Column("sheet_id", sa.Integer(), nullable=True),
        sa.Column("entered_by", sa.Integer(), nullable=True),
        sa.Column("entered_by_name", sa.String(length=80), server_default="", nullable=False),
        sa.Column("carried_from", sa.Integer(), nullable=True),
        sa.CheckConstraint(f"act IN ({ACTS})", name=op.f("ck_pay_steps_act")),
        sa.CheckConstraint("(sheet_id IS NULL) = (entered_by IS NULL)", name=op.f("ck_pay_steps_sheet_entered")),
        sa.CheckConstraint("user_id IS NOT NULL OR sheet_id IS NOT NULL", name=op.f("ck_pay_steps_named")),
        sa.CheckConstraint("entered_by IS NULL OR user_id IS NULL OR entered_by <> user_id",
                           name=op.f("ck_pay_steps_two_persons")),
        sa.CheckConstraint("(act IN ('confirm', 'dispute')) = (school_id IS NOT NULL)",
                           name=op.f("ck_pay_steps_school_named")),
        sa.CheckConstraint("(act IN ('hold', 'release')) = (line_id IS NOT NULL)", name=op.f("ck_pay_steps_line_named")),
        sa.CheckConstraint("(act = 'acknowledge') = (finding_id IS NOT NULL)", name=op.f("ck_pay_steps_finding_named")),
        sa.CheckConstraint("act NOT IN ('return', 'hold', 'dispute', 'comment') OR comment <> ''",
                           name=op.f("ck_pay_steps_reason_given")),
        sa.CheckConstraint("act <> 'assume' OR document <> ''", name=op.f("ck_pay_steps_document_given")),
        sa.ForeignKeyConstraint(["batch_id"], ["pay_batches.id"], name=op.f("fk_pay_steps_batch_id")),
        sa.ForeignKeyConstraint(["school_id"], ["schools.id"], name=op.f("fk_pay_steps_school_id")),
        sa.ForeignKeyConstraint(["line_id"], ["pay_lines.id"], name=op.f("fk_pay_steps_line_id")),
        sa.ForeignKeyConstraint(["finding_id"], ["pay_findings.id"], name=op.f("fk_pay_steps_finding_id")),
        sa.ForeignKeyConstraint(["sheet_id"], ["files.id"], name=op.f("fk_pay_steps_sheet_id")),
        sa.ForeignKeyConstraint(["carried_from"], ["pay_steps.id"], name=op.f("fk_pay_steps_carried_from")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pay_steps")),
    )


def downgrade() -> None:
    """The acts go, unless somebody has acted: what people signed is not thrown away."""
    connection = op.get_bind()
    signed = connection.execute(sa.text("SELECT count(*) FROM pay_steps")).scalar_one()
    if signed:
        raise RuntimeError(f"{signed} acts on pay batches would be lost")
    op.drop_index("uq_pay_batches_open", "pay_batches")
    op.drop_index("uq_pay_batches_locked", "pay_batches")
    op.drop_table(TABLE)
    op.drop_column("pay_batches", "adjusts_id")
    if connection.dialect.name != "sqlite":
        op.execute("DROP FUNCTION pay_steps_only_added()")
