"""Runners from the read model, or from the log where that may be behind; and who may see and administer them."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from api.accounts.scopes import Scope
from api.errors.problem import RefusedError
from api.fleet import labels, names
from api.fleet.resources import RunnerResource
from api.identity import Identity
from api.parts import Parts
from core.domain.told import Told
from core.events.ids import RunnerId
from core.events.subjects import runner_key
from projections.runner_board import queries as board
from projections.runner_board.fold import RUNNER_BOARD, BoardRow, state_of
from projections.runner_board.queries import BoardedRunner


def may_see(caller: Identity, runner: BoardRow) -> bool:
    """Public runners are everybody's; private ones their owner's, those it was granted to, and administrators'."""
    return caller.is_admin or state_of(runner).open_to(caller.account)


def may_administer(caller: Identity, runner: BoardRow) -> bool:
    return caller.is_admin or (runner.owner == caller.account and Scope.RUNNER in caller.scopes)


async def visible(parts: Parts, caller: Identity, id_: UUID) -> BoardedRunner:
    """Raises RefusedError with ``runner_unknown``, also when the runner is none of the caller's business."""
    async with parts.pool.acquire() as connection:
        found = await board.runner(connection, RunnerId(id_))
    if found is None or not may_see(caller, found.runner):
        raise unknown(id_)
    return found


async def administered(parts: Parts, caller: Identity, id_: UUID) -> BoardedRunner:
    """Raises RefusedError with ``runner_unknown`` or ``not_your_runner``."""
    found = await visible(parts, caller, id_)
    if not may_administer(caller, found.runner):
        raise RefusedError("not_your_runner", Told("The runner {id} is administered by others.", id=id_))
    return found


def unknown(id_: UUID) -> RefusedError:
    return RefusedError("runner_unknown", Told("There is no runner {id}.", id=id_))


async def resources(parts: Parts, caller: Identity, found: Sequence[BoardedRunner]) -> list[RunnerResource]:
    """In the given order."""
    async with parts.pool.acquire() as connection:
        named = await names.of(connection, {one.runner.id: one.runner.platform for one in found})
        words = await labels.words(connection, {label for one in found for label in one.runner.labels})
    return [
        RunnerResource.of(one, named[one.runner.id], words, mine=may_administer(caller, one.runner)) for one in found
    ]


async def from_log(parts: Parts, caller: Identity, known: BoardedRunner) -> RunnerResource:
    """The runner as the log has it now: what a command answers with, however far the read model is."""
    row = known.runner
    folded = RUNNER_BOARD.fold({}, await parts.log.history(runner_key(row.platform, row.id))).get(row.id)
    [described] = await resources(parts, caller, [known if folded is None else replace(known, runner=folded)])
    return described
