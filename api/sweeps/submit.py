"""From a request to all tasks of a sweep.

Checked as a whole first. Then one transaction lays down the sweep with the ids of its tasks and their labels, and only then the tasks are submitted, each under a command id that
follows from the sweep's. A crash anywhere leaves nothing, or a sweep that is shown to nobody until it is complete: the same request again, or the api by itself after a while
(``resume``), goes on where it stopped, and no task comes twice.
"""

import asyncio
import hashlib
from dataclasses import replace
from datetime import UTC, datetime
from uuid import uuid5

import structlog

from api.commands import command_id
from api.errors.problem import RefusedError
from api.identity import Identity
from api.parts import Parts
from api.sweeps import table
from api.sweeps.axes import names
from api.sweeps.resources import NewSweep, Point
from api.sweeps.table import Sweep
from api.tasks import labels
from api.tasks.labels import TaskLabel
from api.tasks.place import Job, place
from api.tasks.submit import check_engine, checked
from core.events.ids import CommandId, Platform, SweepId, TaskId, new_id

logger = structlog.get_logger(__name__)

RESUME_AFTER_S = 60.0


async def submit(parts: Parts, caller: Identity, new: NewSweep, key: str | None) -> tuple[Sweep, int]:
    """The sweep and the sequence of its last task's first event. Raises RefusedError; after any other error the same key goes on with it."""
    command = command_id(caller, "POST /sweeps", key)
    asked = hashlib.sha256(new.model_dump_json().encode()).hexdigest()
    known = await table.of_command(parts.pool, command)
    if known is None:
        await lay_down(parts, caller, new, asked, command)
        known = await table.of_command(parts.pool, command)
    if known is None or known.request != asked:
        raise RefusedError("idempotency_key_reused", "The key belongs to the submission of another sweep.")
    return known, await _place(parts, known)


async def lay_down(parts: Parts, caller: Identity, new: NewSweep, asked: str, command: CommandId) -> None:
    """Check everything, and write down what is going to be submitted: all of it, or nothing. Raises RefusedError."""
    tasks = new.tasks()
    for task in tasks:
        await check_engine(parts, caller, task)
    pattern = await checked(parts, caller, tasks[0], asked)
    points = [
        Point(task_id=new_id(), platform=Platform(task.platform), engine=task.engine, options=task.options)
        for task in tasks
    ]
    sweep = Sweep(
        id=SweepId(new_id()),
        owner=caller.account,
        name=new.name,
        model=pattern.model,
        points=points,
        batch=_batch(pattern),
        request=asked,
        command_id=command,
        created_at=datetime.now(UTC),
        sequence=None,
    )
    async with parts.pool.acquire() as connection, connection.transaction():
        if not await table.insert(connection, sweep):
            return
        for point, name in zip(points, names(new), strict=True):
            label = replace(pattern, task_id=TaskId(point.task_id), platform=point.platform, name=name)
            await labels.insert(connection, label, _command_of(sweep, point))


def _batch(label: TaskLabel) -> int:
    """The first dimension of the first array that was given, where a file says it; else 1."""
    shapes = [ref.shape for ref in label.inputs.values() if ref.shape]
    return shapes[0][0] if shapes else 1


def _command_of(sweep: Sweep, point: Point) -> CommandId:
    return CommandId(uuid5(sweep.id, str(point.task_id)))


async def _place(parts: Parts, sweep: Sweep) -> int:
    """Submit what is not in the log yet."""
    if sweep.sequence is not None:
        return sweep.sequence
    owner = Identity(sweep.owner, "")
    known = await labels.find(parts.pool, [point.task_id for point in sweep.points])
    sequence = 0
    for point in sweep.points:
        label, command = known[point.task_id], _command_of(sweep, point)
        _, at = await place(parts, owner, label, command, Job(point.engine, point.options, sweep=sweep.id))
        sequence = max(sequence, at)
    await table.mark_placed(parts.pool, sweep.id, sequence)
    return sequence


async def resume(parts: Parts, older_than_s: float = RESUME_AFTER_S) -> int:
    """Complete what a crash left halfway; gives how many sweeps that were."""
    found = await table.unplaced(parts.pool, older_than_s)
    for sweep in found:
        await _place(parts, sweep)
    return len(found)


async def resume_for_ever(parts: Parts) -> None:
    while True:
        try:
            resumed = await resume(parts)
        except Exception:
            # An outside system is away for now; the next round goes on.
            logger.exception("resuming sweeps failed", action="resume_sweeps_failed")
        else:
            if resumed:
                logger.info("sweeps resumed", action="resume_sweeps", sweeps=resumed)
        await asyncio.sleep(RESUME_AFTER_S)
