"""The schema that read models stand in. The same tables can be built in several schemas beside each other."""

import hashlib
from pathlib import Path
from typing import Final

from core.postgres.connection import Connection
from projections.read_models import READ_MODELS

_CHECKPOINT: Final = (Path(__file__).parent / "checkpoint.sql").read_text(encoding="utf-8")

SHAPE: Final = hashlib.sha256(
    "\n".join([_CHECKPOINT, *(f"{model.table} {model.version}\n{model.definition}" for model in READ_MODELS)]).encode()
).hexdigest()
"""Changes with every table and every version of a fold: tables of another shape are built anew, never patched."""


async def use(connection: Connection, schema: str) -> None:
    """Let the connection's unqualified names mean this schema."""
    await connection.execute("SELECT set_config('search_path', $1, false)", f'"{schema}"')


async def create(connection: Connection, schema: str) -> None:
    """Make the schema with its empty tables, as far as they are not there, and use it."""
    async with connection.transaction():
        await connection.execute(f'CREATE SCHEMA IF NOT EXISTS "{schema}"')
        await use(connection, schema)
        for definition in (_CHECKPOINT, *(model.definition for model in READ_MODELS)):
            await connection.execute(definition)
        await connection.execute(
            "INSERT INTO projection_checkpoint (shape) VALUES ($1) ON CONFLICT (single) DO NOTHING", SHAPE
        )


async def drop(connection: Connection, schema: str) -> None:
    await connection.execute(f'DROP SCHEMA IF EXISTS "{schema}" CASCADE')


async def stored_shape(connection: Connection, schema: str) -> str | None:
    """The shape of the tables in a schema, None when there are none."""
    if await connection.fetchval("SELECT to_regclass($1) IS NULL", f'"{schema}".projection_checkpoint'):
        return None
    shape: str = await connection.fetchval(f'SELECT shape FROM "{schema}".projection_checkpoint')  # noqa: S608 - a setting
    return shape


async def swap(connection: Connection, built: str, live: str) -> None:
    """Put one schema in another's place, in one moment for all readers; the other one is gone."""
    async with connection.transaction():
        await drop(connection, live)
        await connection.execute(f'ALTER SCHEMA "{built}" RENAME TO "{live}"')
    await use(connection, live)
