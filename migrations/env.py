"""Alembic's entry: one transaction that owns its BEGIN, so a killed migration leaves nothing half done."""

from alembic import context

from talent.schema import metadata

engine = context.config.attributes["engine"]

with engine.connect().execution_options(writing=True) as connection:
    context.configure(
        connection=connection,
        target_metadata=metadata,
        render_as_batch=True,
        compare_type=True,
        transaction_per_migration=False,
    )
    with context.begin_transaction():
        context.run_migrations()
    connection.commit()
