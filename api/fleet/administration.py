"""``/runners/{id}``: what its owner, or an administrator, does with a runner."""

from uuid import UUID, uuid5

from fastapi import Response, status

from api.access import Caller
from api.commands import SEQUENCE_HEADER, IdempotencyKey, command_id, now, tell_sequence
from api.errors.documents import documented
from api.errors.problem import RefusedError
from api.fleet import labels, names, reading
from api.fleet.resources import RunnerChanges, RunnerResource
from api.identity import Identity
from api.parts import Parts, PartsOf
from api.routing import router_at
from core.domain import runner as domain
from core.domain.runner import RUNNER
from core.domain.told import Told
from core.events.envelope import Origin
from core.events.ids import AccountId, CommandId, RunnerId
from core.events.subjects import runner_key
from core.nats.execute import execute
from projections.account_directory import queries as accounts
from projections.runner_board.queries import BoardedRunner

router = router_at("/runners/{runner_id}", tag="runners")

_ANSWERS = {
    200: {"headers": SEQUENCE_HEADER, "description": "The runner."},
    **documented("runner_unknown", "not_your_runner", "runner_revoked", "broker_unavailable"),
}


@router.patch(
    "",
    responses={
        **_ANSWERS,
        **documented(
            "runner_unknown",
            "not_your_runner",
            "admin_only",
            "account_unknown",
            "runner_revoked",
            "invalid_request",
            "broker_unavailable",
        ),
    },
)
async def change_runner(
    runner_id: UUID, changes: RunnerChanges, caller: Caller, parts: PartsOf, response: Response
) -> RunnerResource:
    """Rename it, label it; as an administrator also hand it to somebody, or make it public or private."""
    found = await reading.administered(parts, caller, runner_id)
    if (changes.pool or changes.owner) and not caller.is_admin:
        raise RefusedError("admin_only", "Only administrators make runners public or private, or hand them on.")
    commands: list[domain.Command] = []
    if changes.pool is not None:
        commands.append(domain.ChangePool(changes.pool))
    if changes.owner is not None:
        commands.append(domain.ChangeOwner(await _registered(parts, AccountId(changes.owner))))
    if changes.labels is not None:
        commands.append(domain.Label(await labels.made(parts.pool, changes.labels)))
    if changes.name is not None:
        await names.rename(parts.pool, found.runner.id, changes.name)
    return await _carry_out(parts, caller, found, commands, None, response)


async def _registered(parts: Parts, account: AccountId) -> AccountId:
    if account not in await accounts.entries(parts.pool, [account]):
        raise RefusedError("account_unknown", Told("There is no account {account}.", account=account))
    return account


@router.post("/drain", responses=_ANSWERS)
async def drain_runner(
    runner_id: UUID, caller: Caller, parts: PartsOf, response: Response, key: IdempotencyKey = None
) -> RunnerResource:
    """Let it finish what it has, and give it nothing more until it is resumed."""
    return await _switch(parts, caller, runner_id, domain.Drain(), key, response)


@router.post("/resume", responses=_ANSWERS)
async def resume_runner(
    runner_id: UUID, caller: Caller, parts: PartsOf, response: Response, key: IdempotencyKey = None
) -> RunnerResource:
    """End a drain."""
    return await _switch(parts, caller, runner_id, domain.Resume(), key, response)


@router.post("/disable", responses=_ANSWERS)
async def disable_runner(
    runner_id: UUID, caller: Caller, parts: PartsOf, response: Response, key: IdempotencyKey = None
) -> RunnerResource:
    """Stop it: what it runs is taken from it and waits for another one."""
    return await _switch(parts, caller, runner_id, domain.Disable(), key, response)


@router.post("/enable", responses=_ANSWERS)
async def enable_runner(
    runner_id: UUID, caller: Caller, parts: PartsOf, response: Response, key: IdempotencyKey = None
) -> RunnerResource:
    """Let a disabled runner work again."""
    return await _switch(parts, caller, runner_id, domain.Enable(), key, response)


@router.delete("", responses=_ANSWERS, status_code=status.HTTP_200_OK)
async def remove_runner(
    runner_id: UUID, caller: Caller, parts: PartsOf, response: Response, key: IdempotencyKey = None
) -> RunnerResource:
    """Take it out for ever. Its credentials are void; to come back it has to be registered anew."""
    removed = await _switch(parts, caller, runner_id, domain.Revoke(), key, response)
    await parts.door.shut(RunnerId(runner_id))
    return removed


async def _switch(
    parts: Parts, caller: Identity, id_: UUID, command: domain.Command, key: str | None, response: Response
) -> RunnerResource:
    found = await reading.administered(parts, caller, id_)
    return await _carry_out(parts, caller, found, [command], key, response)


async def _carry_out(
    parts: Parts,
    caller: Identity,
    found: BoardedRunner,
    commands: list[domain.Command],
    key: str | None,
    response: Response,
) -> RunnerResource:
    sequence = 0
    for command in commands:
        sequence = await carry_out(parts, caller, found, command, key)
    tell_sequence(response, sequence)
    return await reading.from_log(parts, caller, found)


async def carry_out(
    parts: Parts, caller: Identity, found: BoardedRunner, command: domain.Command, key: str | None
) -> int:
    """The sequence of what came of it. Raises RejectedError or LogUnavailableError."""
    runner = found.runner
    id_ = command_id(caller, f"{type(command).__name__} {runner.id}", key)
    origin = Origin(
        command_id=CommandId(uuid5(id_, "runner")),
        owner=runner.owner or caller.account,
        actor=caller.account,
        correlation_id=id_,
    )
    outcome = await execute(parts.log, RUNNER, runner_key(runner.platform, runner.id), command, origin, now)
    return outcome.known.sequence
