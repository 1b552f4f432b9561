"""What every command has in common: it is done once, and tells its sequence."""

from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID, uuid5

from fastapi import Header, Response
from pydantic import StringConstraints

from api.identity import Identity
from core import trace
from core.events.envelope import Origin
from core.events.ids import AccountId, CommandId, new_id

SEQUENCE = "Mgeprof-Sequence"

IdempotencyKey = Annotated[
    Annotated[str, StringConstraints(min_length=1, max_length=255)] | None,
    Header(alias="Idempotency-Key", description="The same key again is the same command: it is carried out once."),
]


def command_id(caller: Identity, operation: str, key: str | None) -> CommandId:
    """The id of a command: always the same for the same key, of its own without one. Keys of different operations do not meet."""
    return CommandId(uuid5(caller.account, f"{operation}\n{key}") if key is not None else new_id())


def origin(
    caller: Identity, command: CommandId, correlation: UUID | None = None, *, owner: AccountId | None = None
) -> Origin:
    """``owner``: of what the command is about, when that is not the caller. All that one request sets off shares its trace."""
    at = trace.current()
    return Origin(
        command_id=command,
        owner=owner or caller.account,
        actor=caller.account,
        correlation_id=correlation or (at.trace if at else command),
    )


def tell_sequence(response: Response, sequence: int) -> None:
    """0 for a command that put nothing into the log."""
    response.headers[SEQUENCE] = str(sequence)


def now() -> datetime:
    return datetime.now(UTC)


SEQUENCE_HEADER = {
    SEQUENCE: {
        "description": "Place of the command's event in the log; send it back with a read that is to see it.",
        "schema": {"type": "integer"},
    }
}
