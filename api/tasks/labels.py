"""The table of what people called their tasks, and of what they asked for by name."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from pydantic import TypeAdapter

from api.tasks.device import AskedDevice
from api.tasks.resources import InputData, InputRef, ModelRef
from api.visibility import Reach
from core.events.ids import AccountId, CommandId, Platform, ProjectId, TagId, TaskId
from core.postgres.connection import Connection, Pool
from core.postgres.queries import Queries, escaped_like

SEARCHED = 10_000
"""A search looks at most at so many of the newest tasks that match."""

_SQL: Final = Queries.beside(__file__)


@dataclass(frozen=True)
class TaskLabel:
    """Written before the task is submitted, so a row alone does not make a task. ``request``: digest of what was asked for."""

    task_id: TaskId
    owner: AccountId
    platform: Platform
    name: str | None
    model: ModelRef
    inputs: dict[str, InputRef]
    request: str
    data: InputData = field(default_factory=InputData)
    device: AskedDevice = field(default_factory=AskedDevice)
    project: ProjectId | None = None
    tags: tuple[TagId, ...] = ()


_ROW: Final = TypeAdapter(TaskLabel)


async def insert(connection: Connection | Pool, label: TaskLabel, command: CommandId) -> TaskLabel:
    """The label as it stands: the same command's earlier one, if there was one."""
    inputs = {name: ref.model_dump(mode="json") for name, ref in label.inputs.items()}
    await connection.execute(
        _SQL["insert"],
        label.task_id,
        label.owner,
        label.platform,
        label.name,
        label.model.model_dump(mode="json"),
        inputs,
        label.request,
        command,
        label.data.model_dump(mode="json"),
        label.device.model_dump(mode="json"),
        label.project,
        list(label.tags),
    )
    return await of_command(connection, command) or label


async def of_command(connection: Connection | Pool, command: CommandId) -> TaskLabel | None:
    row = await connection.fetchrow(_SQL["of_command"], command)
    return None if row is None else _ROW.validate_python(dict(row))


async def find(connection: Connection | Pool, ids: Iterable[UUID]) -> dict[UUID, TaskLabel]:
    rows = await connection.fetch(_SQL["by_ids"], list(ids))
    return {row["task_id"]: _ROW.validate_python(dict(row)) for row in rows}


async def search(connection: Connection | Pool, eye: Reach, text: str) -> tuple[TaskId, ...]:
    """Tasks within reach whose name, model's name or id holds a text, without regard to case."""
    rows = await connection.fetch(_SQL["search"], eye.owner, f"%{escaped_like(text)}%", SEARCHED, eye.team)
    return tuple(TaskId(row["task_id"]) for row in rows)
