"""Migrations: asks which revision a schema has, and upgrades it when that is not the newest."""

from pathlib import Path

import asyncpg


async def migrate(url: str, schema: str, folder: Path, upto: str | None = None) -> None:
    """Bring a schema to a revision of ``folder`` (it holds ``versions/*.py``), the newest by default, creating it when it is not there."""
    wanted = upto or newest(folder)
    if await revision_of(url, schema) != wanted:
        # Importing Alembic and SQLAlchemy costs more than all else that a process does as it starts.
        from core.postgres.upgrade import upgrade

        await upgrade(url, schema, folder, wanted)


def newest(folder: Path) -> str:
    """The last revision that a folder holds; a revision's file is called ``<revision>_<what>.py``, and they sort as they follow."""
    return max(file.stem.partition("_")[0] for file in (folder / "versions").glob("*_*.py"))


async def revision_of(url: str, schema: str) -> str | None:
    """The revision that a schema has; None while there is none."""
    connection = await asyncpg.connect(url, server_settings={"search_path": schema})
    try:
        revision: str | None = await connection.fetchval("SELECT version_num FROM alembic_version")
    except asyncpg.UndefinedTableError:
        return None
    finally:
        await connection.close()
    return revision
