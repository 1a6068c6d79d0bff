"""The database: one Base with names for every constraint, and sessions that own their BEGIN.

SQLite's driver is told to keep out of transactions: a command opens with BEGIN IMMEDIATE (so two writers queue instead
of failing half way), a read with plain BEGIN. PostgreSQL needs nothing of the kind.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import DateTime, Dialect, Engine, MetaData, TypeDecorator, create_engine, event
from sqlalchemy.orm import DeclarativeBase, Session

BUSY_TIMEOUT_MS = 15_000
NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """Every table of the program."""

    metadata = MetaData(naming_convention=NAMING)


class Instant(TypeDecorator[datetime]):
    """A moment in UTC, aware on both sides whatever the database keeps."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse naive moments; SQLite stores them without an offset."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs a time zone")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Always aware, always UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def _own_the_begin(engine: Engine) -> None:
    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            f"busy_timeout={BUSY_TIMEOUT_MS}",
            "temp_store=MEMORY",
            "cache_size=-65536",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Any) -> None:
        writing = connection.get_execution_options().get("writing", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")


def open_engine(url: str) -> Engine:
    """An engine for ``sqlite:///…`` or ``postgresql+psycopg://…``."""
    if url.startswith("sqlite"):
        engine = create_engine(
            url, hide_parameters=True, connect_args={"timeout": BUSY_TIMEOUT_MS / 1000, "check_same_thread": False}
        )
        _own_the_begin(engine)
        return engine
    return create_engine(url, hide_parameters=True, pool_pre_ping=True)


@contextmanager
def reading(engine: Engine) -> Iterator[Session]:
    """A session for queries; whatever it touched is rolled back."""
    with engine.connect() as connection, Session(bind=connection) as session:
        try:
            yield session
        finally:
            session.rollback()


@contextmanager
def writing(engine: Engine) -> Iterator[Session]:
    """A session in one write transaction: all of it is committed, or none."""
    with engine.connect().execution_options(writing=True) as connection, Session(bind=connection) as session:
        try:
            yield session
            session.commit()
        except BaseException:
            session.rollback()
            raise


#: Tables whose rows the site may add and read, never change or remove.
ONLY_ADDED = ("audit_events", "pay_steps", "pay_entries", "notice_acknowledgements", "pay_payouts", "pay_payout_items",
              "pay_payout_files", "pay_results", "pay_recoveries", "pay_budgets")


def grant_site_role(engine: Engine, role: str) -> None:
    """Give a PostgreSQL role what the running site needs and no more: rows of every table, no change of the schema,
    and of :data:`ONLY_ADDED` neither UPDATE nor DELETE. The schema stays with the role that ran ``talent init``.
    """
    quote = engine.dialect.identifier_preparer.quote
    grants = [
        f"GRANT USAGE ON SCHEMA public TO {quote(role)}",
        f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {quote(role)}",
        f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {quote(role)}",
        *(f"REVOKE UPDATE, DELETE ON {table} FROM {quote(role)}" for table in ONLY_ADDED),
        f"REVOKE INSERT, UPDATE, DELETE ON alembic_version FROM {quote(role)}",
    ]
    with engine.begin() as connection:
        for grant in grants:
            connection.exec_driver_sql(grant)
