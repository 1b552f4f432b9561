"""Deleting a person: they get in nowhere from then on, their name is gone, and all that was theirs follows."""

from contextlib import suppress
from typing import Final
from uuid import UUID, uuid5

from api.commands import now
from api.deletion import models, runners, table, tasks
from api.deletion.table import SQL, Deletion, Kind
from api.grouping import projects
from api.parts import Parts
from api.uploads import table as uploads
from api.uploads.complete import sweep_parts
from api.webhooks import table as webhooks
from core.domain.account import ACCOUNT
from core.domain.account import Delete as DeleteAccount
from core.domain.decider import RejectedError
from core.domain.ownership import DATASET, Delete
from core.domain.project import PROJECT
from core.events.envelope import Origin
from core.events.ids import AccountId, CommandId, DatasetId, Platform, ProjectId, TaskId
from core.events.subjects import account_key, dataset_key, project_key
from core.nats.execute import execute

AGAIN_S: Final = 30.0
"""Running tasks have to end before they can be deleted."""


async def ask(parts: Parts, account: AccountId, actor: UUID) -> int:
    """Gives the sequence of the event; what was theirs goes now, or as soon as it can."""
    deletion = await table.mark(parts.pool, Kind.ACCOUNT, account, account, actor)
    return await carry_out(parts, deletion)


async def carry_out(parts: Parts, deletion: Deletion) -> int:
    """Every step may come again. Raises StorageUnavailableError, LogUnavailableError."""
    sequence = await _shut_out(parts, deletion)
    account = deletion.owner
    await parts.pool.execute(SQL["forget_user"], account)
    await parts.pool.execute(SQL["forget_links_of"], account)
    await parts.pool.execute(SQL["forget_sweeps_of"], account)
    await webhooks.delete_of_account(parts.pool, account)
    for row in await parts.pool.fetch(SQL["uploads_of_owner"], account):
        await sweep_parts(parts, row["id"])
        await uploads.delete(parts.pool, row["id"])
    for row in await parts.pool.fetch(SQL["datasets_of_owner"], account):
        because = _because(deletion, row["id"])
        await execute(parts.log, DATASET, dataset_key(DatasetId(row["id"])), Delete(), because, now)
        await parts.pool.execute("DELETE FROM datasets WHERE id = $1", row["id"])
    # What was enrolled or granted a moment ago has to stand on the board.
    seen = await parts.position.reached(sequence, parts.settings.api_freshness_s)
    await runners.give_up(parts, deletion)
    for row in await parts.pool.fetch(SQL["projects_of_owner"], account):
        with suppress(RejectedError):  # it never came to be
            because = _because(deletion, row["id"])
            await execute(parts.log, PROJECT, project_key(ProjectId(row["id"])), Delete(), because, now)
        await projects.forget(parts.pool, row["id"])
    await parts.pool.execute(SQL["forget_tags_of"], account)
    for row in await parts.pool.fetch(SQL["tasks_of_owner"], account):
        await tasks.give_up(parts, deletion, TaskId(row["id"]), Platform(row["platform"]))
    for row in await parts.pool.fetch(SQL["models_of_owner"], account):
        await models.ask(parts, row["id"], account, deletion.actor)
    for row in await parts.pool.fetch(SQL["inputs_of_owner"], account):
        await models.delete_input(parts, row["id"])
    await parts.pool.execute(SQL["forget_old_labels"], account)
    if not seen or await parts.pool.fetchval(SQL["labels_of_owner"], account):
        await table.put_off(parts.pool, deletion, AGAIN_S)
    else:
        await table.forget(parts.pool, deletion)
    return sequence


async def _shut_out(parts: Parts, deletion: Deletion) -> int:
    because = _because(deletion, deletion.thing)
    try:
        outcome = await execute(parts.log, ACCOUNT, account_key(deletion.owner), DeleteAccount(), because, now)
    except RejectedError:  # it is deleted already
        return 0
    return outcome.known.sequence


def _because(deletion: Deletion, thing: UUID) -> Origin:
    command = CommandId(uuid5(deletion.id, f"delete {thing}"))
    return Origin(command, deletion.owner, deletion.actor, command)
