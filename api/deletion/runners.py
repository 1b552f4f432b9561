"""What becomes of runners when somebody goes.

A private one is removed at once: it is the machine of somebody who is not let in any more, and what it ran for others waits for another
runner. A public one serves everybody and stays; administrators look after it. Who wants to keep a private one hands it on before.
"""

from uuid import UUID, uuid5

from api.commands import now
from api.deletion.table import SQL, Deletion
from api.parts import Parts
from core.domain.runner import RUNNER, Command, Revoke, RevokeGrant
from core.events.envelope import Origin
from core.events.ids import AccountId, CommandId, Platform, RunnerId
from core.events.subjects import runner_key
from core.nats.execute import execute


async def give_up(parts: Parts, deletion: Deletion) -> None:
    """Every step may come again. Raises LogUnavailableError."""
    await parts.pool.execute(SQL["void_enrolments_of"], deletion.owner)
    for row in await parts.pool.fetch(SQL["private_runners_of"], deletion.owner):
        # The door first: when the rest has to come again, nobody is let in meanwhile.
        await parts.door.shut(RunnerId(row["id"]))
        await _tell(parts, deletion, Platform(row["platform"]), row["id"], Revoke())
        await parts.pool.execute(SQL["forget_runner_name"], row["id"])
    for row in await parts.pool.fetch(SQL["runners_granted_to"], str(deletion.owner)):
        taken = RevokeGrant(AccountId(deletion.owner))
        await _tell(parts, deletion, Platform(row["platform"]), row["id"], taken, row["owner"])


async def _tell(
    parts: Parts, deletion: Deletion, platform: Platform, runner: UUID, command: Command, owner: AccountId | None = None
) -> None:
    id_ = CommandId(uuid5(deletion.id, f"{type(command).__name__} {runner}"))
    because = Origin(id_, owner or deletion.owner, deletion.actor, id_)
    await execute(parts.log, RUNNER, runner_key(platform, RunnerId(runner)), command, because, now)
