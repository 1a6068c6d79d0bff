"""The ledger of pay: periods, entries that are only added, and locked batches that nothing changes"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

LOCKED = "('locked', 'exported', 'paid')"
ACCOUNTS = "'expense', 'due_to_school', 'treasury'"
#: What of a locked batch stays for ever; its state and version go on along the chain.
KEPT = ("id", "year", "sequence", "convention", "computed_at", "computed_by", "computed_by_name", "book_digest",
        "content_hash", "total_fen", "parameters", "snapshot", "adjusts_id")
CHANGED = " OR ".join(f"NEW.{name} IS DISTINCT FROM OLD.{name}" for name in KEPT)
CHANGED_SQLITE = " OR ".join(f"NEW.{name} IS NOT OLD.{name}" for name in KEPT)
BACKWARDS = (f"NEW.state NOT IN {LOCKED} OR (OLD.state = 'exported' AND NEW.state = 'locked') "
             "OR (OLD.state = 'paid' AND NEW.state <> 'paid')")
PARTS = ("pay_lines", "pay_findings", "pay_snapshot_parts")


def upgrade() -> None:
    """The tables, then what the database itself refuses."""
    _create_periods()
    _create_entries()
    with op.batch_alter_table("pay_entries", schema=None) as batch_op:
        for columns in (["period_id", "id"], ["batch_id"], ["line_id"], ["person_id"], ["school_id"]):
            batch_op.create_index(batch_op.f(f"ix_pay_entries_{'_'.join(columns)}"), columns, unique=False)
    waiting = sa.text("state = 'requested'")
    op.create_index("uq_pay_period_acts_waiting", "pay_period_acts", ["code"], unique=True, sqlite_where=waiting,
                    postgresql_where=waiting)
    if op.get_bind().dialect.name == "sqlite":
        _guard_sqlite()
    else:
        _guard_postgresql()


def _create_periods() -> None:
    op.create_table(
        "pay_periods",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=7), nullable=False),
        sa.Column("state", sa.String(length=6), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("state IN ('open', 'locked')", name=op.f("ck_pay_periods_state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pay_periods")),
        sa.UniqueConstraint("code", name=op.f("uq_pay_periods_code")),
    )
    op.create_table(
        "pay_period_acts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=7), nullable=False),
        sa.Column("act", sa.String(length=6), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=9), nullable=False),
        sa.Column("requested_by", sa.Integer(), nullable=False),
        sa.Column("requested_by_name", sa.String(length=80), nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.Column("decided_by_name", sa.String(length=80), server_default="", nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("head", sa.Integer(), nullable=True),
        sa.CheckConstraint("act IN ('open', 'lock', 'reopen')", name=op.f("ck_pay_period_acts_act")),
        sa.CheckConstraint("state IN ('requested', 'approved', 'rejected')", name=op.f("ck_pay_period_acts_state")),
        sa.CheckConstraint("(state = 'requested') = (decided_by IS NULL)", name=op.f("ck_pay_period_acts_decided_once")),
        sa.CheckConstraint("decided_by IS NULL OR decided_by <> requested_by",
                           name=op.f("ck_pay_period_acts_two_persons")),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_pay_period_acts_reason_given")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pay_period_acts")),
    )


def _create_entries() -> None:
    op.create_table(
        "pay_entries",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("period_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("line_id", sa.Integer(), nullable=True),
        sa.Column("reverses_id", sa.Integer(), nullable=True),
        sa.Column("debit", sa.String(length=20), nullable=False),
        sa.Column("credit", sa.String(length=20), nullable=False),
        sa.Column("fen", sa.BigInteger(), nullable=False),
        sa.Column("memo", sa.String(length=200), nullable=False),
        sa.Column("posted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("posted_by", sa.Integer(), nullable=True),
        sa.Column("posted_by_name", sa.String(length=80), nullable=False),
        sa.Column("previous", sa.String(length=64), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.CheckConstraint("kind IN ('accrual', 'reversal', 'adjustment', 'payment', 'reissue')",
                           name=op.f("ck_pay_entries_kind")),
        sa.CheckConstraint(f"debit IN ({ACCOUNTS})", name=op.f("ck_pay_entries_debit")),
        sa.CheckConstraint(f"credit IN ({ACCOUNTS}) AND credit <> debit", name=op.f("ck_pay_entries_credit")),
        sa.CheckConstraint("fen > 0", name=op.f("ck_pay_entries_fen")),
        sa.CheckConstraint("(kind = 'reversal') = (reverses_id IS NOT NULL)",
                           name=op.f("ck_pay_entries_reversal_named")),
        *(sa.ForeignKeyConstraint([column], [f"{table}.id"], name=op.f(f"fk_pay_entries_{column}"))
          for column, table in (("period_id", "pay_periods"), ("person_id", "people"), ("school_id", "schools"),
                                ("batch_id", "pay_batches"), ("line_id", "pay_lines"),
                                ("reverses_id", "pay_entries"))),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pay_entries")),
        sa.UniqueConstraint("previous", name=op.f("uq_pay_entries_previous")),
        sa.UniqueConstraint("reverses_id", name=op.f("uq_pay_entries_reverses_id")),
        sa.UniqueConstraint("year", "person_id", "school_id", "sequence",
                            name=op.f("uq_pay_entries_year_person_id_school_id_sequence")),
    )


def _guard_sqlite() -> None:
    def refuse(name: str, when: str, table: str, condition: str, text: str) -> None:
        op.execute(f"CREATE TRIGGER {name} BEFORE {when} ON {table} WHEN {condition} "
                   f"BEGIN SELECT RAISE(ABORT, '{text}'); END")

    for act in ("update", "delete"):
        refuse(f"pay_entries_no_{act}", act.upper(), "pay_entries", "1", "pay_entries are only added")
        decided = "OLD.state <> 'requested'" if act == "update" else "1"
        refuse(f"pay_period_acts_no_{act}", act.upper(), "pay_period_acts", decided, "pay_period_acts are only decided")
        for table in PARTS:
            refuse(f"{table}_locked_no_{act}", act.upper(), table,
                   f"(SELECT state FROM pay_batches WHERE id = OLD.batch_id) IN {LOCKED}", "the pay batch is locked")
    for table in PARTS:
        refuse(f"{table}_locked_no_insert", "INSERT", table,
               f"(SELECT state FROM pay_batches WHERE id = NEW.batch_id) IN {LOCKED}", "the pay batch is locked")
    refuse("pay_periods_no_delete", "DELETE", "pay_periods", "1", "pay_periods are only locked")
    refuse("pay_batches_locked_no_delete", "DELETE", "pay_batches", f"OLD.state IN {LOCKED}", "the pay batch is locked")
    refuse("pay_batches_locked_no_update", "UPDATE", "pay_batches",
           f"OLD.state IN {LOCKED} AND ({CHANGED_SQLITE} OR {BACKWARDS})", "the pay batch is locked")
    refuse("pay_entries_open_period", "INSERT", "pay_entries",
           "(SELECT state FROM pay_periods WHERE id = NEW.period_id) IS NOT 'open'", "the period is locked")
    refuse("pay_entries_whole_fen", "INSERT", "pay_entries", "typeof(NEW.fen) <> 'integer'", "fen are whole")


FUNCTIONS = {
    "pay_entries_only_added": "RAISE EXCEPTION 'pay_entries are only added';",
    "pay_period_acts_only_decided":
        "IF TG_OP = 'UPDATE' THEN IF OLD.state = 'requested' THEN RETURN NEW; END IF; END IF; "
        "RAISE EXCEPTION 'pay_period_acts are only decided';",
    "pay_periods_only_locked": "RAISE EXCEPTION 'pay_periods are only locked';",
    # A period that is being locked waits for entries under way, and they for it.
    "pay_entries_open_period":
        "PERFORM 1 FROM pay_periods WHERE id = NEW.period_id AND state = 'open' FOR SHARE; "
        "IF NOT FOUND THEN RAISE EXCEPTION 'the period is locked'; END IF; RETURN NEW;",
    "pay_batches_stay_locked":
        f"IF OLD.state IN {LOCKED} THEN IF TG_OP = 'DELETE' THEN RAISE EXCEPTION 'the pay batch is locked'; END IF; "
        f"IF {CHANGED} OR {BACKWARDS} THEN RAISE EXCEPTION 'the pay batch is locked'; END IF; END IF; "
        "IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW;",
    "pay_parts_stay_locked":
        "IF TG_OP <> 'INSERT' AND EXISTS (SELECT 1 FROM pay_batches WHERE id = OLD.batch_id AND state IN "
        f"{LOCKED}) THEN RAISE EXCEPTION 'the pay batch is locked'; END IF; "
        "IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW;",
    # Rows come by the thousand: whether their batch is locked is asked once a statement.
    "pay_parts_not_added":
        f"IF EXISTS (SELECT 1 FROM added JOIN pay_batches ON pay_batches.id = added.batch_id WHERE state IN {LOCKED}) "
        "THEN RAISE EXCEPTION 'the pay batch is locked'; END IF; RETURN NULL;",
}
TRIGGERS = (
    ("pay_entries_no_change", "BEFORE UPDATE OR DELETE", "pay_entries", "ROW", "pay_entries_only_added"),
    ("pay_entries_no_truncate", "BEFORE TRUNCATE", "pay_entries", "STATEMENT", "pay_entries_only_added"),
    ("pay_entries_open_period", "BEFORE INSERT", "pay_entries", "ROW", "pay_entries_open_period"),
    ("pay_period_acts_no_change", "BEFORE UPDATE OR DELETE", "pay_period_acts", "ROW", "pay_period_acts_only_decided"),
    ("pay_periods_no_delete", "BEFORE DELETE", "pay_periods", "ROW", "pay_periods_only_locked"),
    ("pay_batches_locked", "BEFORE UPDATE OR DELETE", "pay_batches", "ROW", "pay_batches_stay_locked"),
    *((f"{table}_locked", "BEFORE UPDATE OR DELETE", table, "ROW", "pay_parts_stay_locked") for table in PARTS),
)


def _guard_postgresql() -> None:
    for name, body in FUNCTIONS.items():
        op.execute(f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body} END $$")
    for name, when, table, each, function in TRIGGERS:
        op.execute(f"CREATE TRIGGER {name} {when} ON {table} FOR EACH {each} EXECUTE FUNCTION {function}()")
    for table in PARTS:
        op.execute(f"CREATE TRIGGER {table}_locked_no_insert AFTER INSERT ON {table} REFERENCING NEW TABLE AS added "
                   "FOR EACH STATEMENT EXECUTE FUNCTION pay_parts_not_added()")


def downgrade() -> None:
    """The ledger goes, unless something was posted: money that moved is not forgotten."""
    connection = op.get_bind()
    posted = connection.execute(sa.text("SELECT count(*) FROM pay_entries")).scalar_one()
    if posted:
        raise RuntimeError(f"{posted} entries of the ledger would be lost")
    if connection.dialect.name == "sqlite":
        for table in PARTS:
            for act in ("update", "delete", "insert"):
                op.execute(f"DROP TRIGGER {table}_locked_no_{act}")
        for act in ("update", "delete"):
            op.execute(f"DROP TRIGGER pay_batches_locked_no_{act}")
    for table in ("pay_entries", "pay_period_acts", "pay_periods"):
        op.drop_table(table)
    if connection.dialect.name != "sqlite":
        for name in FUNCTIONS:
            op.execute(f"DROP FUNCTION {name}() CASCADE")
