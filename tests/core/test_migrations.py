"""The schema: migrations go up and down, and what they build is what the models say."""

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import inspect

from talent.core import migrations
from talent.core.work import Program
from talent.schema import metadata


# SQLAlchemy cannot reflect an index over an expression on SQLite; PostgreSQL's run compares it.
@pytest.mark.filterwarnings("ignore:Skipped unsupported reflection")
def test_the_migrated_schema_equals_the_models(program: Program) -> None:
    with program.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        differences = compare_metadata(context, metadata)
    assert differences == []
    assert migrations.stored(program.engine) == migrations.newest()


def test_down_and_up_again(program: Program) -> None:
    migrations.downgrade(program.engine, "base")
    assert set(inspect(program.engine).get_table_names()) <= {"alembic_version"}
    migrations.upgrade(program.engine)
    assert set(metadata.tables) <= set(inspect(program.engine).get_table_names())


def test_upgrading_twice_changes_nothing(program: Program) -> None:
    before = set(inspect(program.engine).get_table_names())
    migrations.upgrade(program.engine)
    assert set(inspect(program.engine).get_table_names()) == before
