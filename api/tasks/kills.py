"""Models that took runners down: none of them is handed out again before somebody who may say so has said so."""

from typing import Final

from api.errors.problem import RefusedError
from api.identity import Identity
from api.models.resources import ModelResource
from api.parts import Parts
from core.domain.told import Told
from core.events.ids import ModelId
from core.postgres.connection import Connection
from core.postgres.queries import Queries

_SQL: Final = Queries.beside(__file__, "kills.sql")


async def runners_lost(connection: Connection, model: ModelId) -> int:
    """Tasks with this model that lost three runners each, if none of the kind has completed since."""
    count: int = await connection.fetchval(_SQL["runners_lost"], model)
    return count


async def check_kills(parts: Parts, caller: Identity, model: ModelResource, *, anyway: bool) -> None:
    """``anyway``: the caller knows, which counts of the model's owner and of administrators.

    Raises RefusedError with ``model_kills_runners`` where three attempts on this model were lost with their runners, and none of the kind got through since.
    """
    if anyway and (caller.is_admin or model.owner == caller.account):
        return
    async with parts.pool.acquire() as connection:
        tasks = await runners_lost(connection, ModelId(model.id))
    if tasks:
        told = Told("{tasks} tasks with this model lost three runners each, and none has completed since.", tasks=tasks)
        raise RefusedError("model_kills_runners", told)
