"""The schema and its versions: Alembic, called by ``talent init`` and by nothing else."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine

PACKAGE = Path(__file__).resolve().parent.parent


def folder() -> Path:
    """The migration scripts: inside an installed package, or beside it in a checkout."""
    for path in (PACKAGE / "migrations", PACKAGE.parent / "migrations"):
        if (path / "env.py").exists():
            return path
    raise FileNotFoundError("the migrations are neither in the package nor beside it")


def _config(engine: Engine) -> Config:
    config = Config()
    config.set_main_option("script_location", str(folder()).replace("%", "%%"))
    config.attributes["engine"] = engine
    return config


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Bring the schema to ``revision``; safe to repeat, all of it or nothing."""
    command.upgrade(_config(engine), revision)


def downgrade(engine: Engine, revision: str) -> None:
    """Take the schema back to ``revision``."""
    command.downgrade(_config(engine), revision)


def newest() -> str:
    """The revision this program works with."""
    head = ScriptDirectory(str(folder())).get_current_head()
    assert head is not None, "there is at least one migration"
    return head


def stored(engine: Engine) -> str | None:
    """The revision of the database; ``None`` for an empty one."""
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()
