"""Backups in a plain form: one tar of a consistent copy of the database and the uploaded files; the keys apart.

SQLite is copied by its online backup; PostgreSQL table by table with COPY in one repeatable-read transaction, so no
client program is needed. Files that come or go meanwhile are those of the copied rows. A manifest with SHA-256 sums
makes a damaged backup known before anything is restored.
"""

import hashlib
import io
import json
import os
import shutil
import sqlite3
import tarfile
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, create_engine, func, inspect, select, table, text

from talent.core import files, migrations
from talent.core.config import KEY_NAMES
from talent.core.files import StoredFile
from talent.core.work import Program

MANIFEST = "manifest.json"
SQLITE_COPY = "talent.db"
#: Alembic's own: written by the upgrade that makes the schema.
VERSION_TABLE = "alembic_version"


class NotRestored(Exception):
    """Why a backup cannot be restored here; nothing was changed."""


def keys_file(file: Path) -> Path:
    """Where the keys of a backup go."""
    return file.with_name(file.name + ".keys")


def write(program: Program, file: Path) -> int:
    """Write the backup and its keys; answers the number of rows in it."""
    with tempfile.TemporaryDirectory(dir=file.parent, prefix=".talent-backup-") as folder:
        work, held = Path(folder), Path(folder) / "files"
        held.mkdir()
        _hold_files(program, held)  # one that is discarded meanwhile is here already
        copy_out = _sqlite_out if program.engine.dialect.name == "sqlite" else _tables_out
        rows, named = copy_out(program, work)
        _hold_files(program, held)  # one whose row was committed meanwhile is there by now
        members = {path.name: path for path in sorted(work.iterdir()) if path.is_file()}
        members |= {f"files/{path.name}": path for path in sorted(held.iterdir()) if path.name in named}
        manifest = {
            "revision": migrations.stored(program.engine),
            "database": program.engine.dialect.name,
            "rows": rows,
            "sha256": {name: _sha256(path) for name, path in members.items()},
        }
        unfinished = work / "backup.tar"
        with tarfile.open(unfinished, "w") as tar:
            content = json.dumps(manifest, indent=1).encode()
            head = tarfile.TarInfo(MANIFEST)
            head.size = len(content)
            tar.addfile(head, io.BytesIO(content))
            for name, path in members.items():
                tar.add(path, name)
        unfinished.chmod(0o600)
        os.replace(unfinished, file)
    _write_keys(program, keys_file(file))
    return rows


def _hold_files(program: Program, held: Path) -> None:
    """Keep the bytes of every file there is now, whatever becomes of its name."""
    for path in files.folder(program.settings.home).iterdir():
        if (held / path.name).exists():
            continue
        try:
            os.link(path, held / path.name)
        except FileNotFoundError:
            continue  # gone since it was listed
        except OSError:  # another disk
            shutil.copyfile(path, held / path.name)


def _write_keys(program: Program, path: Path) -> None:
    keys = {name: program.settings.key(name).hex() for name in KEY_NAMES}
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        json.dump(keys, file)


def read(program: Program, file: Path, keys: Path) -> int:
    """Restore into an empty home and an empty database; answers the number of rows."""
    settings = program.settings
    if settings.home.exists() and any(settings.home.iterdir()):
        raise NotRestored(f"{settings.home} 不是空的 · is not empty")
    if not keys.exists():
        raise NotRestored(f"没有密钥文件 {keys}，加密的号码打不开 · the keys are missing")
    with tempfile.TemporaryDirectory(prefix="talent-restore-") as folder:
        work = Path(folder)
        manifest = _unpack(file, work)
        if program.engine.dialect.name != manifest["database"]:
            raise NotRestored(f"备份来自 {manifest['database']} · the backup is of another kind of database")
        if inspect(program.engine).get_table_names():
            raise NotRestored("数据库不是空的 · the database is not empty")
        program.engine.dispose()
        settings.home.mkdir(parents=True, exist_ok=True, mode=0o700)
        if manifest["database"] == "sqlite":
            _copy_sqlite(str(work / SQLITE_COPY), Path(str(program.engine.url.database)))
            Path(str(program.engine.url.database)).chmod(0o600)
        else:
            migrations.upgrade(program.engine, manifest["revision"])
            _tables_in(program, work)
        for path in (work / "files").iterdir() if (work / "files").exists() else ():
            shutil.move(path, files.folder(settings.home) / path.name)  # the home may be on another disk
    settings.keys_folder.mkdir(mode=0o700)
    for name, key in json.loads(keys.read_text()).items():
        with open(os.open(settings.keys_folder / f"{name}.key", os.O_WRONLY | os.O_CREAT, 0o600), "wb") as out:
            out.write(bytes.fromhex(key))
    rows: int = manifest["rows"]
    return rows


def _unpack(file: Path, work: Path) -> dict[str, Any]:
    try:
        with tarfile.open(file) as tar:
            tar.extractall(work, filter="data")
        manifest: dict[str, Any] = json.loads((work / MANIFEST).read_text())
    except (tarfile.TarError, OSError, ValueError) as damaged:
        raise NotRestored(f"备份已损坏 · the backup is damaged: {damaged}") from damaged
    for name, digest in manifest["sha256"].items():
        if not (work / name).is_file() or _sha256(work / name) != digest:
            raise NotRestored(f"备份已损坏：{name} · the backup is damaged")
    return manifest


def _copy_sqlite(source: str, target: Path) -> None:
    with sqlite3.connect(source) as old, sqlite3.connect(target) as new:
        old.backup(new)
        new.execute("PRAGMA journal_mode=DELETE")
    old.close()
    new.close()


def _sqlite_out(program: Program, work: Path) -> tuple[int, set[str]]:
    """The copy; the number of its rows, and the files they name."""
    _copy_sqlite(str(program.engine.url.database), work / SQLITE_COPY)
    copy = create_engine(f"sqlite:///{work / SQLITE_COPY}")
    try:
        with copy.connect() as connection:
            return _told(connection, _tables(connection))
    finally:
        copy.dispose()


def _tables_out(program: Program, work: Path) -> tuple[int, set[str]]:
    """One file a table; the number of all rows, and the files they name."""
    with program.engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection:
        driver: Any = connection.connection.driver_connection
        tables = _tables(connection)
        for name, columns in tables.items():
            with (
                open(work / f"{name}.copy", "wb") as out,
                driver.cursor().copy(f"COPY {name} ({', '.join(columns)}) TO STDOUT") as copy,
            ):
                for block in copy:
                    out.write(block)
        return _told(connection, tables)


def _tables_in(program: Program, work: Path) -> None:
    """The inverse, into the same version of the schema, however old."""
    with program.engine.begin() as connection:
        driver: Any = connection.connection.driver_connection
        for name, columns in _tables(connection).items():
            with driver.cursor().copy(f"COPY {name} ({', '.join(columns)}) FROM STDIN") as copy:
                copy.write((work / f"{name}.copy").read_bytes())
            if "id" in columns:
                next_id = f"(SELECT COALESCE(MAX(id), 0) + 1 FROM {name})"  # noqa: S608 a table of this database
                sequence = f"pg_get_serial_sequence('{name}', 'id')"
                connection.execute(text(f"SELECT setval({sequence}, {next_id}, false)"))


def _tables(connection: Connection) -> dict[str, list[str]]:
    """Table → columns of what the database has, what is pointed at first: those of its version, not of this
    program's."""
    there = inspect(connection)
    ordered = [name for name, _keys in there.get_sorted_table_and_fkc_names() if name and name != VERSION_TABLE]
    return {name: [column["name"] for column in there.get_columns(name)] for name in ordered}


def _told(connection: Connection, tables: Iterable[str]) -> tuple[int, set[str]]:
    rows = sum(connection.scalar(select(func.count()).select_from(table(name))) or 0 for name in tables)
    return rows, set(connection.scalars(select(StoredFile.stored_as)))


def _sha256(path: Path) -> str:
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
