"""Reading what a task measured."""

from typing import Final

from pydantic import TypeAdapter

from core.events.ids import TaskId
from core.postgres.connection import Connection
from core.postgres.queries import Queries
from projections.profile_summary.fold import ProfileSummary

_SQL: Final = Queries.beside(__file__)
_ROW: Final = TypeAdapter(ProfileSummary)


async def summary(connection: Connection, task: TaskId) -> ProfileSummary | None:
    """The summary of a task's profile, or None when it has not completed."""
    row = await connection.fetchrow(_SQL["by_id"], task)
    return None if row is None else _ROW.validate_python(dict(row))
