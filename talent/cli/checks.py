"""What ``talent doctor`` looks at."""

import stat
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Engine, inspect, select, text
from sqlalchemy.orm import Session

from talent.accounts import posts
from talent.core import migrations
from talent.core.config import KEY_NAMES, Settings
from talent.core.database import reading
from talent.core.files import StoredFile, folder
from talent.core.work import Program
from talent.schema import metadata

SQLITE_SETTINGS = {"journal_mode": "wal", "synchronous": "2", "foreign_keys": "1"}
POSTGRES_SETTINGS = {"fsync": "on", "full_page_writes": "on", "synchronous_commit": "on"}


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at."""

    name: str
    ok: bool
    detail: str


def examine(program: Program) -> list[Check]:
    """Every check, in order."""
    checks = [*_keys(program.settings), _schema(program.engine), *_settings(program.engine)]
    with reading(program.engine) as session:
        checks += [*_integrity(session), _files(session, program.settings), _grants(session, program.today)]
    return checks


def _keys(settings: Settings) -> Iterator[Check]:
    for name in KEY_NAMES:
        path = settings.keys_folder / f"{name}.key"
        closed = path.exists() and not stat.S_IMODE(path.stat().st_mode) & 0o077
        yield Check(
            f"key {name}", closed, "0600" if closed else f"{path.name}: 缺失或他人可读 · missing or readable by others"
        )


def _schema(engine: Engine) -> Check:
    stored, newest = migrations.stored(engine), migrations.newest()
    missing = set(metadata.tables) - set(inspect(engine).get_table_names())
    ok = stored == newest and not missing
    return Check("schema", ok, str(stored) if ok else f"{stored}，应为 {newest}：请运行 talent init · run talent init")


def _settings(engine: Engine) -> Iterator[Check]:
    sqlite = engine.dialect.name == "sqlite"
    with engine.connect() as connection:
        for name, wanted in (SQLITE_SETTINGS if sqlite else POSTGRES_SETTINGS).items():
            value = str(connection.execute(text(f"PRAGMA {name}" if sqlite else f"SHOW {name}")).scalar())
            yield Check(name, value == wanted, value)


def _integrity(session: Session) -> Iterator[Check]:
    if session.get_bind().dialect.name != "sqlite":
        return
    answer = str(session.execute(text("PRAGMA integrity_check")).scalar())
    yield Check("integrity", answer == "ok", answer)
    dangling = len(session.execute(text("PRAGMA foreign_key_check")).all())
    yield Check("references", dangling == 0, f"{dangling} 条悬空 · dangling")


def _grants(session: Session, today: date) -> Check:
    over = posts.count_over(session, today)
    return Check("grants", over == 0, f"{over} 项岗位或期限已过仍未收回：talent user sweep · over but still open")


def _files(session: Session, settings: Settings) -> Check:
    rows = set(session.scalars(select(StoredFile.stored_as)))
    there = {path.name for path in folder(settings.home).iterdir()}
    detail = f"{len(rows)} 个；缺 {len(rows - there)}，多 {len(there - rows)} · missing, unknown"
    return Check("files", rows == there, detail)
