"""Deleting a model or an input: its names, what was found out about it, and its bytes when nobody else has them."""

from uuid import UUID, uuid5

from api.commands import now
from api.deletion import content, table, tasks
from api.deletion.table import SQL, Deletion, Kind
from api.parts import Parts
from core.domain.model import MODEL
from core.domain.ownership import Delete
from core.events.envelope import Origin
from core.events.ids import CommandId, ModelId, Platform, TaskId
from core.events.subjects import model_key
from core.nats.execute import execute
from core.s3.keys import Content


async def ask(parts: Parts, model: UUID, owner: UUID, actor: UUID) -> int:
    """Gives the sequence of the event."""
    return await carry_out(parts, await table.mark(parts.pool, Kind.MODEL, model, owner, actor))


async def carry_out(parts: Parts, deletion: Deletion) -> int:
    """Event, inspections, names, bytes; every step may come again. Raises LogUnavailableError."""
    command = CommandId(uuid5(deletion.id, "event"))
    because = Origin(command, deletion.owner, deletion.actor, command)
    outcome = await execute(parts.log, MODEL, model_key(ModelId(deletion.thing)), Delete(), because, now)
    for row in await parts.pool.fetch(SQL["inspections_of_model"], str(deletion.thing), deletion.owner):
        await tasks.give_up(parts, deletion, TaskId(row["task_id"]), Platform(row["platform"]))
    async with parts.pool.acquire() as connection, connection.transaction():
        sha256 = await connection.fetchval(SQL["forget_model"], deletion.thing)  # None when this was done before
        if sha256 is not None:
            await content.loosen(connection, Content.MODELS, sha256)
        await table.forget(connection, deletion)
    if sha256 is not None:
        await content.collect(parts, Content.MODELS, sha256)
    return outcome.known.sequence


async def delete_input(parts: Parts, input_id: UUID) -> None:
    """Forgotten in one transaction; the bytes follow."""
    async with parts.pool.acquire() as connection, connection.transaction():
        sha256 = await connection.fetchval(SQL["forget_input"], input_id)
        if sha256 is not None:
            await content.loosen(connection, Content.INPUTS, sha256)
    if sha256 is not None:
        await content.collect(parts, Content.INPUTS, sha256)
