"""Making accounts: the name is taken in a table, and the event that lets the account in is appended, both or neither."""

from datetime import UTC, datetime
from uuid import UUID

from api.accounts import users
from api.accounts.users import NewUser
from core.domain.account import ACCOUNT, Register
from core.events.envelope import Origin
from core.events.ids import CommandId, new_id
from core.events.subjects import account_key
from core.nats.execute import execute
from core.nats.log import EventLog
from core.postgres.connection import Connection, Pool


async def register(pool: Pool, log: EventLog, user: NewUser, command: Register, *, actor: UUID | None = None) -> int:
    """The sequence of the event. Without an ``actor`` the account made itself.

    Raises RefusedError (``name_taken``, ``email_taken``), LogUnavailableError.
    """
    async with pool.acquire() as connection, connection.transaction():
        return await register_within(connection, log, user, command, actor=actor)


async def register_within(
    connection: Connection, log: EventLog, user: NewUser, command: Register, *, actor: UUID | None = None
) -> int:
    """The same inside the caller's transaction: its row is seen by others only when the event stands.

    A failure between the two leaves an account that has an event and no name: it can do nothing.
    """
    id_ = CommandId(new_id())
    origin = Origin(id_, owner=user.id, actor=actor or user.id, correlation_id=id_)
    await users.insert(connection, user)
    outcome = await execute(log, ACCOUNT, account_key(user.id), command, origin, lambda: datetime.now(UTC))
    return outcome.known.sequence
