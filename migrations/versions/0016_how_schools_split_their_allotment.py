"""How schools split their allotment: the splits of a year, and each person's sum, closed once submitted"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

SPLITS, AWARDS = "pay_distributions", "pay_awards"
#: What of a submitted split stays for ever; a later one may only take its place.
KEPT = ("id", "year", "school_id", "sequence", "batch_id", "allotment_fen", "head", "method", "notice_from",
        "notice_to", "notice_place", "notice_file_id", "note", "minority_reason", "drawn_by", "drawn_by_name",
        "drawn_at", "submitted_by", "submitted_by_name", "submitted_at", "content_hash")
CHANGED = " OR ".join(f"NEW.{name} IS DISTINCT FROM OLD.{name}" for name in KEPT)
CHANGED_SQLITE = " OR ".join(f"NEW.{name} IS NOT OLD.{name}" for name in KEPT)
BACKWARDS = "NEW.state = 'draft' OR (OLD.state = 'superseded' AND NEW.state <> 'superseded')"
CLOSED = "the split is submitted"


def upgrade() -> None:
    """The tables, then what the database itself refuses."""
    _create_splits()
    _create_awards()
    op.create_index("ix_pay_distributions_school_id", SPLITS, ["school_id"])
    op.create_index("ix_pay_awards_person_id", AWARDS, ["person_id"])
    for state in ("draft", "submitted"):
        where = sa.text(f"state = '{state}'")
        op.create_index(f"uq_pay_distributions_{state}", SPLITS, ["year", "school_id"], unique=True,
                        sqlite_where=where, postgresql_where=where)
    if op.get_bind().dialect.name == "sqlite":
        _guard_sqlite()
    else:
        _guard_postgresql()


def _create_splits() -> None:
    op.create_table(
        SPLITS,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("allotment_fen", sa.BigInteger(), nullable=False),
        sa.Column("head", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("method", sa.String(length=10), nullable=False),
        sa.Column("notice_from", sa.Date(), nullable=True),
        sa.Column("notice_to", sa.Date(), nullable=True),
        sa.Column("notice_place", sa.String(length=200), server_default="", nullable=False),
        sa.Column("notice_file_id", sa.Integer(), nullable=True),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.Column("minority_reason", sa.Text(), server_default="", nullable=False),
        sa.Column("drawn_by", sa.Integer(), nullable=False),
        sa.Column("drawn_by_name", sa.String(length=80), nullable=False),
        sa.Column("drawn_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submitted_by", sa.Integer(), nullable=True),
        sa.Column("submitted_by_name", sa.String(length=80), server_default="", nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        *(sa.CheckConstraint(condition, name=op.f(f"ck_pay_distributions_{name}")) for name, condition in (
            ("state", "state IN ('draft', 'submitted', 'superseded')"),
            ("method", "method IN ('months', 'points', 'equal', 'by_hand')"),
            ("allotment_fen", "allotment_fen >= 0"),
            ("notice", "(notice_from IS NULL) = (notice_to IS NULL) AND notice_from <= notice_to"),
            ("submitted_once", "(state = 'draft') = (submitted_by IS NULL)"),
            ("two_persons", "submitted_by IS NULL OR submitted_by <> drawn_by"))),
        *(sa.ForeignKeyConstraint([column], [f"{table}.id"], name=op.f(f"fk_pay_distributions_{column}"))
          for column, table in (("school_id", "schools"), ("batch_id", "pay_batches"), ("notice_file_id", "files"))),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pay_distributions")),
        sa.UniqueConstraint("year", "school_id", "sequence", name=op.f("uq_pay_distributions_year_school_id_sequence")),
    )


def _create_awards() -> None:
    op.create_table(
        AWARDS,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("distribution_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("staff_no", sa.String(length=40), nullable=False),
        sa.Column("participant", sa.Boolean(), nullable=False),
        sa.Column("purpose", sa.String(length=60), server_default="", nullable=False),
        sa.Column("weight", sa.String(length=40), server_default="", nullable=False),
        sa.Column("fen", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("fen >= 0", name=op.f("ck_pay_awards_fen")),
        sa.CheckConstraint("participant = (purpose = '')", name=op.f("ck_pay_awards_purpose_named")),
        sa.ForeignKeyConstraint(["distribution_id"], ["pay_distributions.id"],
                                name=op.f("fk_pay_awards_distribution_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_pay_awards_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pay_awards")),
        sa.UniqueConstraint("distribution_id", "person_id", "participant",
                            name=op.f("uq_pay_awards_distribution_id_person_id_participant")),
        sa.UniqueConstraint("distribution_id", "number", name=op.f("uq_pay_awards_distribution_id_number")),
    )


def _guard_sqlite() -> None:
    def refuse(name: str, when: str, table: str, condition: str) -> None:
        op.execute(f"CREATE TRIGGER {name} BEFORE {when} ON {table} WHEN {condition} "
                   f"BEGIN SELECT RAISE(ABORT, '{CLOSED}'); END")

    refuse("pay_distributions_no_update", "UPDATE", SPLITS,
           f"OLD.state <> 'draft' AND ({CHANGED_SQLITE} OR {BACKWARDS})")
    refuse("pay_distributions_no_delete", "DELETE", SPLITS, "OLD.state <> 'draft'")
    for act, rows in (("insert", ["NEW"]), ("update", ["OLD", "NEW"]), ("delete", ["OLD"])):
        of_closed = " OR ".join(
            f"(SELECT state FROM {SPLITS} WHERE id = {row}.distribution_id) <> 'draft'" for row in rows)
        refuse(f"pay_awards_no_{act}", act.upper(), AWARDS, of_closed)
    refuse("pay_awards_whole_fen", "INSERT", AWARDS, "typeof(NEW.fen) <> 'integer'")
    refuse("pay_distributions_whole_fen", "INSERT", SPLITS, "typeof(NEW.allotment_fen) <> 'integer'")


FUNCTIONS = {
    "pay_distributions_stay":
        f"IF OLD.state <> 'draft' THEN IF TG_OP = 'DELETE' THEN RAISE EXCEPTION '{CLOSED}'; END IF; "
        f"IF {CHANGED} OR {BACKWARDS} THEN RAISE EXCEPTION '{CLOSED}'; END IF; END IF; "
        "IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW;",
    # A split that is being submitted waits for sums under way, and they for it.
    "pay_awards_stay":
        "IF TG_OP <> 'INSERT' THEN "
        f"PERFORM 1 FROM {SPLITS} WHERE id = OLD.distribution_id AND state = 'draft' FOR SHARE; "
        f"IF NOT FOUND THEN RAISE EXCEPTION '{CLOSED}'; END IF; END IF; "
        "IF TG_OP <> 'DELETE' THEN "
        f"PERFORM 1 FROM {SPLITS} WHERE id = NEW.distribution_id AND state = 'draft' FOR SHARE; "
        f"IF NOT FOUND THEN RAISE EXCEPTION '{CLOSED}'; END IF; END IF; "
        "IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW;",
    "pay_awards_no_truncate": f"RAISE EXCEPTION '{CLOSED}';",
}
TRIGGERS = (
    ("pay_distributions_stay", "BEFORE UPDATE OR DELETE", SPLITS, "ROW", "pay_distributions_stay"),
    ("pay_awards_stay", "BEFORE INSERT OR UPDATE OR DELETE", AWARDS, "ROW", "pay_awards_stay"),
    ("pay_awards_no_truncate", "BEFORE TRUNCATE", AWARDS, "STATEMENT", "pay_awards_no_truncate"),
)


def _guard_postgresql() -> None:
    for name, body in FUNCTIONS.items():
        op.execute(f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body} END $$")
    for name, when, table, each, function in TRIGGERS:
        op.execute(f"CREATE TRIGGER {name} {when} ON {table} FOR EACH {each} EXECUTE FUNCTION {function}()")


def downgrade() -> None:
    """The splits go, unless one was submitted: what was decided about money is not forgotten."""
    connection = op.get_bind()
    submitted = connection.execute(sa.text(f"SELECT count(*) FROM {SPLITS} WHERE state <> 'draft'")).scalar_one()
    if submitted:
        raise RuntimeError(f"{submitted} submitted splits of allotments would be lost")
    for table in (AWARDS, SPLITS):
        op.drop_table(table)
    if connection.dialect.name != "sqlite":
        for name in FUNCTIONS:
            op.execute(f"DROP FUNCTION {name}() CASCADE")
