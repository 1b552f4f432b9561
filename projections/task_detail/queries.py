"""Reading one task."""

from typing import Final

from pydantic import TypeAdapter

from core.events.ids import TaskId
from core.postgres.connection import Connection
from core.postgres.queries import Queries
from projections.task_detail.fold import TaskDetail

_SQL: Final = Queries.beside(__file__)
_ROW: Final = TypeAdapter(TaskDetail)


async def task(connection: Connection, id_: TaskId) -> TaskDetail | None:
    """The task, or None when there is none of that id (yet), or it was deleted."""
    row = await connection.fetchrow(_SQL["by_id"], id_)
    return None if row is None else _ROW.validate_python(dict(row))
