"""The tables of a schema as files, in PostgreSQL's own text format, and back."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

import asyncpg

from core.postgres.connection import Connection

VERSIONS = "alembic_version"
"""Alembic's own table: migrations write it."""
_WAIT_S = 0.5
"""Shorter than the server waits before it looks for deadlocks: so it is never others who are broken off."""
_BETWEEN_S = 0.05

_TABLES = """
SELECT c.relname AS name, array_agg(a.attname::text ORDER BY a.attnum) AS columns
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
WHERE c.relnamespace = to_regnamespace($1) AND c.relkind = 'r' AND c.relname <> $2
GROUP BY c.relname ORDER BY c.relname
"""
_REFERENCES = """
SELECT c.relname AS name, r.relname AS wants FROM pg_constraint f
JOIN pg_class c ON c.oid = f.conrelid JOIN pg_class r ON r.oid = f.confrelid
WHERE f.contype = 'f' AND f.connamespace = to_regnamespace($1) AND c.oid <> r.oid
"""


class TablesBusyError(Exception):
    """Somebody wrote to the tables for longer than we may wait."""


@dataclass(frozen=True)
class Table:
    name: str
    columns: tuple[str, ...]


async def tables(connection: Connection, schema: str) -> list[Table]:
    """Of a schema, those that others refer to first."""
    rows = await connection.fetch(_TABLES, schema, VERSIONS)
    left = {row["name"]: Table(row["name"], tuple(row["columns"])) for row in rows}
    wants: dict[str, set[str]] = {name: set() for name in left}
    for row in await connection.fetch(_REFERENCES, schema):
        wants[row["name"]].add(row["wants"])
    ordered: list[Table] = []
    while left:
        free = [name for name in left if not wants[name] & left.keys()]
        if not free:
            raise ValueError(f"the tables of {schema} refer to each other in a circle: {sorted(left)}")
        ordered += [left.pop(name) for name in free]
    return ordered


@asynccontextmanager
async def nobody_writes(connection: Connection, schema: str, *, within_s: float) -> AsyncIterator[None]:
    """Meanwhile the tables of a schema stand still; they can be read, and writers wait. Raises TablesBusyError."""
    names = ", ".join(f'"{schema}"."{table.name}"' for table in await tables(connection, schema))
    deadline = monotonic() + within_s
    while True:
        transaction = connection.transaction()
        await transaction.start()
        try:
            await connection.execute(f"SET LOCAL lock_timeout = '{_WAIT_S}s'")
            await connection.execute(f"LOCK TABLE {names} IN SHARE MODE")
        except (asyncpg.LockNotAvailableError, asyncpg.DeadlockDetectedError) as error:
            await transaction.rollback()
            if monotonic() > deadline:
                raise TablesBusyError(f"the tables of {schema} were written to for {within_s:g} s") from error
            await asyncio.sleep(_BETWEEN_S)
            continue
        try:
            yield
        finally:
            await transaction.rollback()
        return


async def write_out(connection: Connection, schema: str, folder: Path) -> list[Table]:
    """One file for each table, ``<table>.copy``."""
    written = await tables(connection, schema)
    for table in written:
        wanted = ", ".join(f'"{column}"' for column in table.columns)
        query = f'SELECT {wanted} FROM "{schema}"."{table.name}" ORDER BY {wanted}'  # noqa: S608 - the catalogue's names
        await connection.copy_from_query(query, output=folder / f"{table.name}.copy")
    return written


async def read_in(connection: Connection, schema: str, folder: Path, columns: Mapping[str, tuple[str, ...]]) -> None:
    """Put back what ``write_out`` wrote, in one transaction; rows that migrations made are replaced.

    Raises ValueError when the files are of other tables than stand here.
    """
    here = [table.name for table in await tables(connection, schema)]
    if set(here) != set(columns):
        raise ValueError(f"the backup and the migrations differ in {sorted(set(here) ^ set(columns))}")
    async with connection.transaction():
        await connection.execute("TRUNCATE " + ", ".join(f'"{schema}"."{name}"' for name in here))
        for name in here:
            await connection.copy_to_table(
                name, source=folder / f"{name}.copy", schema_name=schema, columns=list(columns[name])
            )
