"""The same through a real PostgreSQL: rows that were written batch by batch are those that one fold over the whole log gives."""

from __future__ import annotations

from random import Random
from typing import Any

from core.postgres.connection import Connection
from projections import checkpoint, schema
from projections.batches import apply_batch
from projections.read_models import READ_MODELS
from projections.verify import differences
from tests.unit.projections.histories import played, split
from tests.unit.projections.test_live_replayed_rebuilt import FOLDED, rows_of, stored

_TABLES = ", ".join(f"{name}.{model.table}" for name in ("read", "fresh") for model in READ_MODELS)


async def empty(connection: Connection) -> None:
    await connection.execute(f"TRUNCATE {_TABLES}")
    await connection.execute("UPDATE read.projection_checkpoint SET sequence = 0")
    await connection.execute("UPDATE fresh.projection_checkpoint SET sequence = 0")


async def test_any_history_through_postgresql(tables: Connection, soak: bool) -> None:
    await schema.create(tables, "fresh")
    for seed in range(10_000 if soak else 50):
        chance = Random(seed)
        world = played(seed, chance.randrange(1, 80))
        await schema.use(tables, "read")
        for batch in split(world.history, [chance.randrange(1, 40) for _ in range(3)]):
            await apply_batch(tables, batch)
        kept = {model.table: await rows(tables, model) for model in FOLDED}
        await schema.use(tables, "fresh")
        await apply_batch(tables, [stored(event) for event in world.history])
        assert kept == rows_of(world.history, []), seed
        assert (await checkpoint.read(tables)).sequence == len(world.history)
        assert await differences(tables, "read", "fresh") == [], seed
        await empty(tables)


async def rows(connection: Connection, model: Any) -> dict[Any, Any]:
    text = await connection.fetchval(f"SELECT coalesce(json_agg(t), '[]')::text FROM {model.table} t")  # noqa: S608 - our own names
    return {row.id: row for row in model._rows.validate_json(text)}
