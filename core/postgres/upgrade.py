"""Bringing a schema to a revision: plain SQL run by Alembic, one folder and one version table for each schema."""

from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection as SyncConnection
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

_MIGRATION_LOCK = 0x6D676570726F66
"""Two processes that start together would collide in the same migration."""


async def upgrade(url: str, schema: str, folder: Path, upto: str) -> None:
    """Bring a schema to a revision of ``folder`` (it holds ``versions/*.py``), creating it when it is not there."""
    engine = create_async_engine(urlunsplit(urlsplit(url)._replace(scheme="postgresql+asyncpg")), poolclass=NullPool)
    try:
        async with engine.connect() as connection:
            await connection.execute(text(f"SELECT pg_advisory_lock({_MIGRATION_LOCK})"))
            await connection.execute(text(f'CREATE SCHEMA IF NOT EXISTS "{schema}"'))
            await connection.execute(text(f'SET search_path TO "{schema}"'))
            await connection.commit()
            await connection.run_sync(_upgrade, schema, folder, upto)
            await connection.commit()
            await connection.execute(text(f"SELECT pg_advisory_unlock({_MIGRATION_LOCK})"))
            await connection.commit()
    finally:
        await engine.dispose()


def _upgrade(connection: SyncConnection, schema: str, folder: Path, upto: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(folder))
    config.set_main_option("path_separator", "os")
    scripts = ScriptDirectory.from_config(config)
    environment = EnvironmentContext(config, scripts, fn=lambda revision, _context: _steps(scripts, upto, revision))
    environment.configure(connection=connection, version_table_schema=schema)
    with environment.begin_transaction():
        environment.run_migrations()


def _steps(scripts: ScriptDirectory, upto: str, revision: object) -> list[object]:
    # Alembic's own upgrade command makes the same call; the public way would need an env.py in every folder.
    return list(scripts._upgrade_revs(upto, revision))  # type: ignore[arg-type] # noqa: SLF001 - see above
