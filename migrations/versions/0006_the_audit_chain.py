"""The audit chain: digests, and a database that refuses to change or delete an event"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

SQLITE_GUARDS = {
    "audit_events_no_update": "BEFORE UPDATE ON audit_events",
    "audit_events_no_delete": "BEFORE DELETE ON audit_events",
}
POSTGRES_GUARDS = {
    "audit_events_no_change": "BEFORE UPDATE OR DELETE ON audit_events FOR EACH ROW",
    "audit_events_no_truncate": "BEFORE TRUNCATE ON audit_events FOR EACH STATEMENT",
}


def upgrade() -> None:
    """Events count without gaps and are linked; nothing but an insert is let through."""
    with op.batch_alter_table("audit_events", schema=None) as batch_op:
        batch_op.add_column(sa.Column("previous", sa.String(length=64), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("digest", sa.String(length=64), nullable=False, server_default=""))
    op.create_index("uq_audit_events_previous", "audit_events", ["previous"], unique=True,
                    sqlite_where=sa.text("previous <> ''"), postgresql_where=sa.text("previous <> ''"))
    if op.get_bind().dialect.name == "sqlite":
        for name, when in SQLITE_GUARDS.items():
            op.execute(f"CREATE TRIGGER {name} {when} BEGIN SELECT RAISE(ABORT, 'audit events are only added'); END")
        return
    op.execute("ALTER TABLE audit_events ALTER COLUMN id DROP DEFAULT")
    op.execute("DROP SEQUENCE audit_events_id_seq")
    op.execute("CREATE FUNCTION audit_events_only_added() RETURNS trigger LANGUAGE plpgsql AS "
               "$$ BEGIN RAISE EXCEPTION 'audit events are only added'; END $$")
    for name, when in POSTGRES_GUARDS.items():
        op.execute(f"CREATE TRIGGER {name} {when} EXECUTE FUNCTION audit_events_only_added()")


def downgrade() -> None:
    """Events as plain rows again."""
    if op.get_bind().dialect.name == "sqlite":
        for name in SQLITE_GUARDS:
            op.execute(f"DROP TRIGGER {name}")
    else:
        for name in POSTGRES_GUARDS:
            op.execute(f"DROP TRIGGER {name} ON audit_events")
        op.execute("DROP FUNCTION audit_events_only_added()")
        op.execute("CREATE SEQUENCE audit_events_id_seq OWNED BY audit_events.id")
        op.execute("SELECT setval('audit_events_id_seq', (SELECT COALESCE(MAX(id), 0) + 1 FROM audit_events), false)")
        op.execute("ALTER TABLE audit_events ALTER COLUMN id SET DEFAULT nextval('audit_events_id_seq')")
    op.drop_index("uq_audit_events_previous", table_name="audit_events")
    with op.batch_alter_table("audit_events", schema=None) as batch_op:
        batch_op.drop_column("digest")
        batch_op.drop_column("previous")
