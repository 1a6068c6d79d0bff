"""Payroll files, what the bank said of them, what came back of what was paid too much, and years that are closed"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

#: Rows that are only added.
ADDED = ("pay_payouts", "pay_payout_items", "pay_payout_files", "pay_results", "pay_recoveries")
#: Rows that change until they are decided, and the state in which they may.
DECIDED = {"pay_returns": "staged", "pay_year_acts": "requested"}


def upgrade() -> None:
    """The tables, then what the database itself refuses."""
    _let_kinds(WITHOUT, WITH)
    _create_payouts()
    _create_returns()
    _create_recoveries()
    _create_years()
    for table, columns in (("pay_payout_items", ["person_id"]), ("pay_payout_items", ["school_id"]),
                           ("pay_payout_items", ["distribution_id"]), ("pay_returns", ["year", "state"]),
                           ("pay_results", ["return_id"]), ("pay_recoveries", ["person_id"]),
                           ("pay_recoveries", ["school_id"])):
        op.create_index(op.f(f"ix_{table}_{'_'.join(columns)}"), table, columns)
    accepted, waiting = sa.text("state = 'accepted'"), sa.text("state = 'requested'")
    op.create_index("uq_pay_returns_accepted", "pay_returns", ["sha256"], unique=True, sqlite_where=accepted,
                    postgresql_where=accepted)
    op.create_index("uq_pay_year_acts_waiting", "pay_year_acts", ["year"], unique=True, sqlite_where=waiting,
                    postgresql_where=waiting)
    if op.get_bind().dialect.name == "sqlite":
        _guard_sqlite()
    else:
        _guard_postgresql()


#: The kinds of entry before this, and after.
WITHOUT = "kind IN ('accrual', 'reversal', 'adjustment', 'payment', 'reissue')"
WITH = "kind IN ('accrual', 'reversal', 'adjustment', 'payment', 'reissue', 'recovery')"


def _let_kinds(before: str, after: str) -> None:
    """Change what the ledger takes for a kind. SQLite's check is part of the table's text, and is changed there."""
    connection = op.get_bind()
    if connection.dialect.name != "sqlite":
        op.drop_constraint(op.f("ck_pay_entries_kind"), "pay_entries")
        op.create_check_constraint(op.f("ck_pay_entries_kind"), "pay_entries", after)
        return
    connection.exec_driver_sql("PRAGMA writable_schema = ON")
    changed = connection.execute(
        sa.text("UPDATE sqlite_schema SET sql = replace(sql, :before, :after) "
                "WHERE type = 'table' AND name = 'pay_entries' AND instr(sql, :before) > 0"),
        {"before": before, "after": after})
    connection.exec_driver_sql("PRAGMA writable_schema = RESET")
    if changed.rowcount != 1:
        raise RuntimeError("the ledger's check of kinds is not the one expected")


def _keys(table: str, **targets: str) -> list[sa.ForeignKeyConstraint]:
    return [sa.ForeignKeyConstraint([column], [f"{target}.id"], name=op.f(f"fk_{table}_{column}"))
            for column, target in targets.items()]


def _checks(table: str, **conditions: str) -> list[sa.CheckConstraint]:
    return [sa.CheckConstraint(condition, name=op.f(f"ck_{table}_{name}")) for name, condition in conditions.items()]


def _unique(table: str, *columns: str) -> sa.UniqueConstraint:
    return sa.UniqueConstraint(*columns, name=op.f(f"uq_{table}_{'_'.join(columns)}"))


def _moment(name: str, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _decided() -> list[sa.Column[object]]:
    return [sa.Column("decided_by", sa.Integer(), nullable=True),
            sa.Column("decided_by_name", sa.String(length=80), server_default="", nullable=False),
            _moment("decided_at", nullable=True)]


def _create_payouts() -> None:
    op.create_table(
        "pay_payouts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("item_count", sa.Integer(), nullable=False),
        sa.Column("total_fen", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("plan_hash", sa.String(length=64), nullable=False),
        sa.Column("parameters", sa.Text(), nullable=False),
        sa.Column("drawn_by", sa.Integer(), nullable=False),
        sa.Column("drawn_by_name", sa.String(length=80), nullable=False),
        _moment("drawn_at"),
        *_checks("pay_payouts", kind="kind IN ('regular', 'reissue')", item_count="item_count > 0",
                 total_fen="total_fen > 0"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pay_payouts")),
        _unique("pay_payouts", "year", "number"),
        _unique("pay_payouts", "year", "plan_hash"),
    )
    op.create_table(
        "pay_payout_items",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("payout_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(length=40), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("distribution_id", sa.Integer(), nullable=False),
        sa.Column("reissues_id", sa.Integer(), nullable=True),
        sa.Column("staff_no", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("school_code", sa.String(length=40), nullable=False),
        sa.Column("school_name", sa.String(length=120), nullable=False),
        sa.Column("fen", sa.BigInteger(), nullable=False),
        *_checks("pay_payout_items", fen="fen > 0", sequence="sequence > 0"),
        *_keys("pay_payout_items", payout_id="pay_payouts", person_id="people", school_id="schools",
               distribution_id="pay_distributions", reissues_id="pay_payout_items"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pay_payout_items")),
        _unique("pay_payout_items", "payout_id", "number"),
        _unique("pay_payout_items", "year", "person_id", "school_id", "sequence"),
        _unique("pay_payout_items", "reference"),
        _unique("pay_payout_items", "reissues_id"),
    )
    op.create_table(
        "pay_payout_files",
        sa.Column("payout_id", sa.Integer(), nullable=False),
        sa.Column("form", sa.String(length=12), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=False),
        *_checks("pay_payout_files", form="form IN ('xlsx', 'csv', 'csv_gb18030', 'voucher', 'signatures')"),
        *_keys("pay_payout_files", payout_id="pay_payouts", file_id="files"),
        sa.PrimaryKeyConstraint("payout_id", "form", name=op.f("pk_pay_payout_files")),
        _unique("pay_payout_files", "file_id"),
    )


def _create_returns() -> None:
    op.create_table(
        "pay_returns",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("rows", sa.Text(), nullable=False),
        sa.Column("uploaded_by", sa.Integer(), nullable=False),
        sa.Column("uploaded_by_name", sa.String(length=80), nullable=False),
        _moment("uploaded_at"),
        *_decided(),
        sa.Column("period_id", sa.Integer(), nullable=True),
        *_checks("pay_returns", state="state IN ('staged', 'accepted', 'discarded')",
                 decided_once="(state = 'staged') = (decided_by IS NULL)",
                 period_named="(state = 'accepted') = (period_id IS NOT NULL)"),
        *_keys("pay_returns", file_id="files", period_id="pay_periods"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pay_returns")),
        _unique("pay_returns", "file_id"),
    )
    op.create_table(
        "pay_results",
        sa.Column("item_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("return_id", sa.Integer(), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("success", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(length=200), server_default="", nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=True),
        _moment("at"),
        *_checks("pay_results", posted="success = (entry_id IS NOT NULL)"),
        *_keys("pay_results", item_id="pay_payout_items", return_id="pay_returns", entry_id="pay_entries"),
        sa.PrimaryKeyConstraint("item_id", name=op.f("pk_pay_results")),
        _unique("pay_results", "entry_id"),
    )


def _create_recoveries() -> None:
    op.create_table(
        "pay_recoveries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("fen", sa.BigInteger(), nullable=False),
        sa.Column("means", sa.String(length=8), nullable=False),
        sa.Column("document", sa.String(length=80), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("recorded_by", sa.Integer(), nullable=False),
        sa.Column("recorded_by_name", sa.String(length=80), nullable=False),
        _moment("recorded_at"),
        *_checks("pay_recoveries", fen="fen > 0", sequence="sequence > 0", means="means IN ('repaid', 'deducted')",
                 document_given="document <> ''"),
        *_keys("pay_recoveries", person_id="people", school_id="schools", entry_id="pay_entries"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pay_recoveries")),
        _unique("pay_recoveries", "year", "person_id", "school_id", "sequence"),
        _unique("pay_recoveries", "entry_id"),
    )


def _create_years() -> None:
    op.create_table(
        "pay_years",
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("state", sa.String(length=6), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        *_checks("pay_years", state="state IN ('open', 'closed')"),
        sa.PrimaryKeyConstraint("year", name=op.f("pk_pay_years")),
    )
    op.create_table(
        "pay_year_acts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("act", sa.String(length=6), nullable=False),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("state", sa.String(length=9), nullable=False),
        sa.Column("requested_by", sa.Integer(), nullable=False),
        sa.Column("requested_by_name", sa.String(length=80), nullable=False),
        _moment("requested_at"),
        *_decided(),
        sa.Column("head", sa.Integer(), nullable=True),
        sa.Column("seal", sa.Text(), server_default="", nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=True),
        *_checks("pay_year_acts", act="act IN ('close', 'reopen')",
                 state="state IN ('requested', 'approved', 'rejected')",
                 evidence_kept="(act = 'close') = (file_id IS NOT NULL)", sealed="(act = 'close') = (seal <> '')",
                 decided_once="act = 'close' OR (state = 'requested') = (decided_by IS NULL)",
                 two_persons="act = 'close' OR decided_by IS NULL OR decided_by <> requested_by",
                 reason_given="act = 'close' OR reason <> ''"),
        *_keys("pay_year_acts", file_id="files"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pay_year_acts")),
    )


def _guard_sqlite() -> None:
    def refuse(name: str, when: str, table: str, condition: str, text: str) -> None:
        op.execute(f"CREATE TRIGGER {name} BEFORE {when} ON {table} WHEN {condition} "
                   f"BEGIN SELECT RAISE(ABORT, '{text}'); END")

    for table in ADDED:
        for act in ("update", "delete"):
            refuse(f"{table}_no_{act}", act.upper(), table, "1", f"{table} are only added")
    for table, state in DECIDED.items():
        refuse(f"{table}_no_update", "UPDATE", table, f"OLD.state <> '{state}'", f"{table} are only decided")
        refuse(f"{table}_no_delete", "DELETE", table, "1", f"{table} are only decided")
    refuse("pay_years_no_delete", "DELETE", "pay_years", "1", "pay_years are only closed")
    refuse("pay_entries_open_year", "INSERT", "pay_entries",
           "EXISTS (SELECT 1 FROM pay_years WHERE year = NEW.year AND state = 'closed')", "the year is closed")
    refuse("pay_payout_items_whole_fen", "INSERT", "pay_payout_items", "typeof(NEW.fen) <> 'integer'", "fen are whole")
    refuse("pay_recoveries_whole_fen", "INSERT", "pay_recoveries", "typeof(NEW.fen) <> 'integer'", "fen are whole")


FUNCTIONS = {
    "pay_payout_only_added": "RAISE EXCEPTION '% are only added', TG_TABLE_NAME;",
    # A year that is being closed waits for entries under way, and they for it.
    "pay_entries_open_year":
        "PERFORM 1 FROM pay_years WHERE year = NEW.year AND state = 'closed' FOR SHARE; "
        "IF FOUND THEN RAISE EXCEPTION 'the year is closed'; END IF; RETURN NEW;",
    "pay_years_only_closed": "RAISE EXCEPTION 'pay_years are only closed';",
    **{f"{table}_only_decided":
       f"IF TG_OP = 'UPDATE' THEN IF OLD.state = '{state}' THEN RETURN NEW; END IF; END IF; "
       f"RAISE EXCEPTION '{table} are only decided';" for table, state in DECIDED.items()},
}
TRIGGERS = (
    *((f"{table}_no_change", "BEFORE UPDATE OR DELETE", table, "ROW", "pay_payout_only_added") for table in ADDED),
    *((f"{table}_no_truncate", "BEFORE TRUNCATE", table, "STATEMENT", "pay_payout_only_added") for table in ADDED),
    *((f"{table}_no_change", "BEFORE UPDATE OR DELETE", table, "ROW", f"{table}_only_decided") for table in DECIDED),
    ("pay_years_no_delete", "BEFORE DELETE", "pay_years", "ROW", "pay_years_only_closed"),
    ("pay_entries_open_year", "BEFORE INSERT", "pay_entries", "ROW", "pay_entries_open_year"),
)


def _guard_postgresql() -> None:
    for name, body in FUNCTIONS.items():
        op.execute(f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body} END $$")
    for name, when, table, each, function in TRIGGERS:
        op.execute(f"CREATE TRIGGER {name} {when} ON {table} FOR EACH {each} EXECUTE FUNCTION {function}()")


def downgrade() -> None:
    """The files go, unless one was made or a year closed: money that was paid is not forgotten."""
    connection = op.get_bind()
    for table in ("pay_payouts", "pay_year_acts"):
        kept = connection.execute(sa.text(f"SELECT count(*) FROM {table}")).scalar_one()
        if kept:
            raise RuntimeError(f"{kept} rows of {table} would be lost")
    if connection.dialect.name == "sqlite":
        op.execute("DROP TRIGGER pay_entries_open_year")
    for table in ("pay_year_acts", "pay_years", "pay_recoveries", "pay_results", "pay_returns", "pay_payout_files", "pay_payout_items",
                  "pay_payouts"):
        op.drop_table(table)
    if connection.dialect.name != "sqlite":
        for name in FUNCTIONS:
            op.execute(f"DROP FUNCTION {name}() CASCADE")
    _let_kinds(WITH, WITHOUT)
