"""Personal rights: versions of the notice and who acknowledged them, objections to a portrait"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

PROPOSED, OPEN = sa.text("state = 'proposed'"), sa.text("state = 'open'")


def upgrade() -> None:
    """The tables, then what the database itself refuses."""
    _create_notices()
    _guard_notices()
    _create_objections()


def _create_notices() -> None:
    op.create_table(
        "notices",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("document", sa.String(length=200), nullable=False),
        sa.Column("text_zh", sa.Text(), nullable=False),
        sa.Column("text_en", sa.Text(), nullable=False),
        sa.Column("portraits_zh", sa.Text(), nullable=False),
        sa.Column("portraits_en", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("is_shipped", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("proposed_by", sa.Integer(), nullable=True),
        sa.Column("proposed_by_name", sa.String(length=80), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("approved_by", sa.Integer(), nullable=True),
        sa.Column("approved_by_name", sa.String(length=80), nullable=False),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("state IN ('proposed', 'approved', 'rejected')", name=op.f("ck_notices_state")),
        sa.CheckConstraint("(state = 'approved') = (number IS NOT NULL)", name=op.f("ck_notices_numbered_once")),
        sa.CheckConstraint("(state = 'approved') = (digest <> '')", name=op.f("ck_notices_sealed_once")),
        sa.CheckConstraint("is_shipped OR document <> ''", name=op.f("ck_notices_document_named")),
        sa.CheckConstraint("is_shipped OR proposed_by IS NOT NULL", name=op.f("ck_notices_proposer_named")),
        sa.CheckConstraint("state <> 'approved' OR is_shipped OR approved_by IS NOT NULL",
                           name=op.f("ck_notices_approval_named")),
        sa.CheckConstraint("approved_by IS NULL OR approved_by <> proposed_by", name=op.f("ck_notices_two_persons")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notices")),
        sa.UniqueConstraint("number", name=op.f("uq_notices_number")),
    )
    op.create_index("uq_notices_open", "notices", ["state"], unique=True, sqlite_where=PROPOSED,
                    postgresql_where=PROPOSED)
    op.create_table(
        "notice_acknowledgements",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("notice_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["notice_id"], ["notices.id"], name=op.f("fk_notice_acknowledgements_notice_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_notice_acknowledgements_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice_acknowledgements")),
        sa.UniqueConstraint("notice_id", "user_id", name=op.f("uq_notice_acknowledgements_notice_id_user_id")),
    )
    op.create_index(op.f("ix_notice_acknowledgements_user_id"), "notice_acknowledgements", ["user_id"])


#: (table, what may still be changed of a row): a published version stays as it is, an acknowledgement always.
GUARDED = (("notices", "OLD.state = 'proposed'"), ("notice_acknowledgements", "false"))


def _guard_notices() -> None:
    sqlite = op.get_bind().dialect.name == "sqlite"
    for table, open_row in GUARDED:
        said = f"{table} that are published stay as they are"
        if sqlite:
            op.execute(f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} WHEN NOT ({open_row}) "
                       f"BEGIN SELECT RAISE(ABORT, '{said}'); END")
            op.execute(f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} "
                       f"BEGIN SELECT RAISE(ABORT, '{said}'); END")
            continue
        op.execute(f"CREATE FUNCTION {table}_stay() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
                   f"IF TG_OP = 'UPDATE' THEN IF {open_row} THEN RETURN NEW; END IF; END IF; "
                   f"RAISE EXCEPTION '{said}'; END $$")
        op.execute(f"CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table} "
                   f"FOR EACH ROW EXECUTE FUNCTION {table}_stay()")
        op.execute(f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
                   f"FOR EACH STATEMENT EXECUTE FUNCTION {table}_stay()")


def _create_objections() -> None:
    table = "portrait_objections"
    op.create_table(
        table,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=True),
        sa.Column("about", sa.String(length=10), nullable=False),
        sa.Column("what", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("measure", sa.String(length=10), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("answered_by", sa.Integer(), nullable=True),
        sa.Column("answered_by_name", sa.String(length=80), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.CheckConstraint("about IN ('whole', 'dimension', 'input')", name=op.f("ck_portrait_objections_about")),
        sa.CheckConstraint("state IN ('open', 'upheld', 'dismissed', 'withdrawn', 'lifted')",
                           name=op.f("ck_portrait_objections_state")),
        sa.CheckConstraint("measure IN ('', 'hide', 'leave_out')", name=op.f("ck_portrait_objections_measure")),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_portrait_objections_reasoned")),
        sa.CheckConstraint("(about = 'whole') = (what = '')", name=op.f("ck_portrait_objections_names_its_part")),
        sa.CheckConstraint("state NOT IN ('upheld', 'dismissed', 'lifted') OR answer <> ''",
                           name=op.f("ck_portrait_objections_answered")),
        sa.CheckConstraint("(state IN ('upheld', 'lifted')) = (measure <> '')",
                           name=op.f("ck_portrait_objections_measured")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_portrait_objections_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_portrait_objections")),
    )
    op.create_index(op.f("ix_portrait_objections_person_id"), table, ["person_id"])
    op.create_index(op.f("ix_portrait_objections_state_due_on"), table, ["state", "due_on"])
    op.create_index("uq_portrait_objections_open", table, ["person_id", "about", "what"], unique=True,
                    sqlite_where=OPEN, postgresql_where=OPEN)


def downgrade() -> None:
    """The objections and the notices go, and with them who acknowledged them."""
    for table in ("portrait_objections", "notice_acknowledgements", "notices"):
        op.drop_table(table)
    if op.get_bind().dialect.name != "sqlite":
        for table, _open in GUARDED:
            op.execute(f"DROP FUNCTION {table}_stay() CASCADE")
