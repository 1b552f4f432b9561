"""Runners that were removed on their own machine (``mgeprof runner remove``): out of the registry, and out at the broker."""

from uuid import uuid5

import asyncpg
import structlog

from api.commands import now
from api.fleet import enrolments
from api.parts import Parts
from core.domain.decider import RejectedError
from core.domain.runner import RUNNER, Revoke
from core.events.envelope import Origin
from core.events.ids import LOCAL_ACCOUNT, CommandId, RunnerId
from core.events.subjects import runner_key
from core.nats.execute import execute, load
from core.nats.log import LogUnavailableError
from core.protocol.calls import REMOVE, Removed

logger = structlog.get_logger(__name__)

_NOT_REGISTERED = "The broker's own configuration lets this runner in; its key has to be taken out there."


async def let_go_for_ever(parts: Parts) -> None:
    """Answers whoever asks, and ends its connections; what it held is handed on by the scheduler, which reads of it in the log."""
    async for asked in parts.removals():
        try:
            removed = await _removed(parts, asked.runner)
            await asked.answer(removed)
            if removed.refused is None:
                await parts.door.turn_out(asked.runner)
        except (LogUnavailableError, OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
            logger.warning("not removed", action="removal_failed", runner=str(asked.runner), error=repr(error))


async def _removed(parts: Parts, runner: RunnerId) -> Removed:
    """The log first, as everywhere. Doing it again changes nothing."""
    platform = await enrolments.platform(parts.pool, runner)
    if platform is None:
        return Removed(refused=_NOT_REGISTERED)
    key = runner_key(platform, runner)
    known = await load(parts.log, RUNNER, key)
    id_ = CommandId(uuid5(runner, REMOVE))
    origin = Origin(command_id=id_, owner=known.state.owner or LOCAL_ACCOUNT, actor=runner, correlation_id=id_)
    try:
        await execute(parts.log, RUNNER, key, Revoke(), origin, now, known)
    except RejectedError as error:  # the tables know a runner that the log does not
        return Removed(refused=str(error))
    await parts.door.void(runner)
    return Removed()
