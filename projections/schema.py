"""The schema that read models stand in. The same tables can be built in several schemas beside each other."""

import hashlib
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

from core.postgres.connection import Connection
from projections.read_model import Projection
from projections.read_models import READ_MODELS

_CHECKPOINT: Final = (Path(__file__).parent / "checkpoint.sql").read_text(encoding="utf-8")

LAYOUT: Final = hashlib.sha256(_CHECKPOINT.encode()).hexdigest()
"""Changes with the tables that stand beside the read models: then everything is built anew."""


def shape_of(model: Projection) -> str:
    """Changes with the table and the version of the fold: a table of another shape is built anew, never patched."""
    return hashlib.sha256(f"{model.table} {model.version}\n{model.definition}".encode()).hexdigest()


async def use(connection: Connection, schema: str) -> None:
    """Let the connection's unqualified names mean this schema."""
    await connection.execute("SELECT set_config('search_path', $1, false)", f'"{schema}"')


async def create(
    connection: Connection, schema: str, models: Sequence[Projection] = READ_MODELS, *, indexed: bool = True
) -> None:
    """Make the schema with empty tables, as far as they are not there, and use it. Without indexes it is filled quicker: see ``index``."""
    async with connection.transaction():
        await connection.execute(f'CREATE SCHEMA IF NOT EXISTS "{schema}"')
        await use(connection, schema)
        for definition in (_CHECKPOINT, *(table_of(model) for model in models)):
            await connection.execute(definition)
        await connection.execute(
            "INSERT INTO projection_checkpoint (shape) VALUES ($1) ON CONFLICT (single) DO NOTHING", LAYOUT
        )
        for model in models:
            await note_built(connection, model)
        if indexed:
            await index(connection, models)


async def index(connection: Connection, models: Iterable[Projection]) -> None:
    """Make what lists are read by, in the schema that the connection uses, and let the planner know the tables."""
    for model in models:
        for statement in indexes_of(model):
            await connection.execute(statement)
        await connection.execute(f"ANALYZE {model.table}")


def table_of(model: Projection) -> str:
    return model.definition.partition(_INDEX)[0]


def indexes_of(model: Projection) -> list[str]:
    return [_INDEX + rest for rest in model.definition.split(_INDEX)[1:]]


_INDEX: Final = "CREATE INDEX "


async def note_built(connection: Connection, model: Projection) -> None:
    await connection.execute(
        "INSERT INTO projection_models (name, shape) VALUES ($1, $2) "
        "ON CONFLICT (name) DO UPDATE SET shape = excluded.shape, built_at = now()",
        model.table,
        shape_of(model),
    )


async def drop(connection: Connection, schema: str) -> None:
    await connection.execute(f'DROP SCHEMA IF EXISTS "{schema}" CASCADE')


async def stored_layout(connection: Connection, schema: str) -> str | None:
    """The layout of a schema, None when there is none."""
    if await connection.fetchval("SELECT to_regclass($1) IS NULL", f'"{schema}".projection_checkpoint'):
        return None
    layout: str = await connection.fetchval(f'SELECT shape FROM "{schema}".projection_checkpoint')  # noqa: S608 - a setting
    return layout


async def outdated(connection: Connection, models: Iterable[Projection] = READ_MODELS) -> list[Projection]:
    """The read models whose tables, in the schema that the connection uses, are not there or of another shape."""
    stored = {row["name"]: row["shape"] for row in await connection.fetch("SELECT name, shape FROM projection_models")}
    return [model for model in models if stored.get(model.table) != shape_of(model)]


async def drop_strangers(connection: Connection) -> None:
    """Drop tables of read models that there are no more."""
    known = [model.table for model in READ_MODELS]
    async with connection.transaction():
        gone = await connection.fetch("DELETE FROM projection_models WHERE name <> ALL($1) RETURNING name", known)
        for row in gone:
            await connection.execute(f'DROP TABLE IF EXISTS "{row["name"]}"')


async def swap(connection: Connection, built: str, live: str) -> None:
    """Put one schema in another's place, in one moment for all readers; the other one is gone."""
    async with connection.transaction():
        await drop(connection, live)
        await connection.execute(f'ALTER SCHEMA "{built}" RENAME TO "{live}"')
    await use(connection, live)
