"""The same through a real PostgreSQL: rows that were written batch by batch are those that one fold over the whole log gives."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest

from core.postgres.connection import Connection
from projections import checkpoint, read_model, schema
from projections.audit_log import record
from projections.batches import apply_batch
from projections.read_models import READ_MODELS
from projections.verify import differences
from tests.unit.projections.histories import played, split
from tests.unit.projections.test_live_replayed_rebuilt import FOLDED, rows_of, stored


async def empty(connection: Connection) -> None:
    """Row by row: to truncate so many tables makes as many files."""
    for name in ("read", "fresh"):
        for model in READ_MODELS:
            await connection.execute(f"DELETE FROM {name}.{model.table}")  # noqa: S608 - our own names
        await connection.execute(f"UPDATE {name}.projection_checkpoint SET sequence = 0")  # noqa: S608


async def test_any_history_through_postgresql(tables: Connection, monkeypatch: pytest.MonkeyPatch, soak: bool) -> None:
    await schema.create(tables, "fresh")
    for seed in range(10_000 if soak else 50):
        chance = Random(seed)
        world = played(seed, chance.randrange(1, 80))
        await schema.use(tables, "read")
        for batch in split(world.history, [chance.randrange(1, 40) for _ in range(3)]):
            await apply_batch(tables, batch)
        kept = {model.table: await rows(tables, model) for model in FOLDED}
        await schema.use(tables, "fresh")
        with monkeypatch.context() as copying:  # what is new goes in by another way when it is much
            copying.setattr(read_model, "COPY_FROM", 1)
            copying.setattr(record, "COPY_FROM", 1)
            await apply_batch(tables, [stored(event) for event in world.history])
        assert kept == rows_of(world.history, []), seed
        assert (await checkpoint.read(tables)).sequence == len(world.history)
        assert await differences(tables, "read", "fresh") == [], seed
        await empty(tables)


async def rows(connection: Connection, model: Any) -> dict[Any, Any]:
    text = await connection.fetchval(f"SELECT coalesce(json_agg(t), '[]')::text FROM {model.table} t")  # noqa: S608 - our own names
    return {row.id: row for row in model._rows.validate_json(text)}
