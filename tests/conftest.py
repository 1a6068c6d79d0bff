"""Fixtures for every test: both databases, a frozen clock, the program, the site."""

import gc
import os
import shutil
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from jinja2.bccache import Bucket, BytecodeCache
from sqlalchemy import Dialect, Engine, create_engine
from werkzeug.routing import Rule

from talent.core import database
from talent.core.config import Settings
from talent.core.language import set_language
from talent.core.work import Program
from tests.databases import Postgres, make_sqlite_template, quick_folder

if quick_folder():
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", quick_folder() or "")

#: Thousands of programs come and go in one process: to look for what went at every 700 new things costs a tenth of it.
gc.set_threshold(100_000, 20, 50)


class Compiled(BytecodeCache):
    """Templates compiled once a process: every test makes an app of its own, and compiling is most of a page's time."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self.kept:
            bucket.bytecode_from_string(self.kept[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self.kept[bucket.key] = bucket.bytecode_to_string()


def built_once(compile_builder: Callable[[Rule, bool], Any]) -> Callable[[Rule, bool], Any]:
    """How an address is built from its rule, written once a process: all apps of the tests have the same rules."""
    known: dict[tuple[str, str, bool], Any] = {}

    def builder(rule: Rule, append_unknown: bool = True) -> Any:
        key = rule.rule, str(rule.endpoint), append_unknown
        if rule.defaults or rule.subdomain or rule.host:
            return compile_builder(rule, append_unknown)
        if key not in known:
            known[key] = compile_builder(rule, append_unknown)
        return known[key]

    return builder


DIALECTS: dict[str, Dialect] = {}
STATEMENTS: dict[Any, Any] = {}


def open_alike(*args: Any, **options: Any) -> Engine:
    """An engine that shares what it compiles with all others of its kind: every test opens one of its own, and writing
    the same statements out anew is a seventh of a test's time."""
    engine = create_engine(*args, **options)
    known = DIALECTS.setdefault(engine.dialect.name, engine.dialect)
    if known.server_version_info:  # it has met a server: what it learnt there holds for the next one
        engine.dialect = known
        engine.update_execution_options(compiled_cache=STATEMENTS)
    return engine


database.create_engine = open_alike
Rule._compile_builder = built_once(Rule._compile_builder)  # type: ignore[method-assign]
Flask.jinja_options = {**Flask.jinja_options, "bytecode_cache": Compiled()}

MORNING = datetime(2026, 9, 8, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))


class Clock:
    """A clock that stands still until a test moves it."""

    def __init__(self, now: datetime = MORNING) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def move(self, **by: float) -> None:
        """Let time pass: ``clock.move(minutes=30)``."""
        self.now += timedelta(**by)


@pytest.fixture(autouse=True)
def chinese() -> None:
    """Every test begins in Chinese, whatever a page of the test before was read in."""
    set_language("zh")


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_sqlite_template(tmp_path_factory.mktemp("sqlite"))


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    server = Postgres()
    yield server
    server.stop()


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """An empty migrated database, one test on each kind."""
    if request.param == "sqlite":
        path = tmp_path / "talent.db"
        shutil.copyfile(request.getfixturevalue("sqlite_template"), path)
        yield f"sqlite:///{path}"
    else:
        with request.getfixturevalue("postgres").clone() as url:
            yield url


@pytest.fixture
def settings(tmp_path: Path, database_url: str) -> Settings:
    """A home of its own with fresh keys, and a cheap key derivation."""
    settings = Settings(home=tmp_path / "home", database_url=database_url, argon2_time_cost=1, argon2_memory_kib=8192)
    settings.make_keys()
    return settings


@pytest.fixture
def program(settings: Settings, clock: Clock) -> Iterator[Program]:
    """The program on an empty database at 2026-09-08 09:00 in Shanghai."""
    program = Program(settings, clock)
    yield program
    program.engine.dispose()


@pytest.fixture(scope="session")
def extra_data() -> Path:
    """The folder of real public data, where the machine has it."""
    folder = os.environ.get("TALENT_EXTRA_DATA", "")
    if not folder:
        pytest.skip("TALENT_EXTRA_DATA names no folder of real data")
    return Path(folder)
