"""The stack that these benches measure, and tasks put straight into the log, as the api does it behind HTTP."""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from nats.aio.client import Client

from core.domain.task import TASK, Submit
from core.events import cloud, codec, task
from core.events.envelope import Origin
from core.events.ids import AccountId, CommandId, ModelId, Platform, TaskId, event_id_of, new_id
from core.events.subjects import task_key
from core.events.values import ProfileOptions
from core.nats.connection import connect
from core.nats.execute import Known, execute
from core.nats.log import EventLog
from infra.embedded.stack import PROGRAMS, Stack
from infra.engines.environment import Engine

OWNERS = 50
TASKS_OF_BATCH = 250
"""Of two events each; the broker takes a thousand messages in a batch."""
_NEW = Known(TASK.initial, 0)


def null_stack(home: Path, parts: Sequence[str], settings: Mapping[str, str] | None = None) -> Stack:
    """These of our processes, besides the services; a runner among them has the null engine."""
    programs = {name: argv for name, argv in PROGRAMS.items() if name in parts}
    if "runner" in programs:
        programs["runner"] = (sys.executable, "-P", "-m", "bench.fleet.null_runner", "--config", "{config}")
    nothing = Engine("1.13.0", home / "no-engine")
    return Stack(home, engines=(nothing,), programs=programs, settings=settings)


def submitted(number: int, engine: str = "1.13.0") -> task.Submitted:
    """Of somebody's twenty models; each task has a request document of its own."""
    return task.Submitted(
        kind=task.TaskKind.PROFILE,
        model_id=ModelId(UUID(int=number % 20)),
        model=_digest(f"model {number % 20}"),
        inputs=(_digest(f"input {number % 20}"),),
        request=_digest(f"request {number}"),
        engine=engine,
        options=ProfileOptions(iterations=10 + number % 3),
    )


async def submit(log: EventLog, number: int, engine: str = "1.13.0") -> tuple[TaskId, int]:
    """Decide and append, as the api does once it has read the request. The task, and the sequence of its submission."""
    key, owner = task_key(Platform.X86, TaskId(new_id())), AccountId(UUID(int=100 + number % OWNERS))
    command = CommandId(new_id())
    origin = Origin(command, owner, owner, command)
    outcome = await execute(log, TASK, key, Submit(submitted(number, engine)), origin, _now, _NEW)
    return TaskId(key.id), outcome.known.sequence


async def load(nc: Client, count: int) -> None:
    """So many tasks that wait. In atomic batches, each of which the broker answers: what is published without, it drops when it comes too fast."""
    for first in range(0, count, TASKS_OF_BATCH):
        numbers = range(first, min(first + TASKS_OF_BATCH, count))
        batch = [message for number in numbers for message in _waiting_task(number)]
        name = new_id().hex
        for place, (subject, payload, headers) in enumerate(batch[:-1], 1):
            await nc.publish(subject, payload, headers=headers | _of_batch(name, place))
        subject, payload, headers = batch[-1]
        headers |= _of_batch(name, len(batch)) | {"Nats-Batch-Commit": "1"}
        answer = json.loads((await nc.request(subject, payload, headers=headers, timeout=60)).data)
        assert answer.get("count") == len(batch), answer


def _waiting_task(number: int) -> Iterator[tuple[str, bytes, dict[str, str]]]:
    """Its two events: subject, bytes and headers."""
    key, owner = task_key(Platform.X86, TaskId(new_id())), AccountId(UUID(int=100 + number % OWNERS))
    for fact in (submitted(number), task.Queued(attempt=1, reason=task.QueueReason.SUBMITTED)):
        origin = Origin(CommandId(new_id()), owner, owner, new_id())
        event_id = event_id_of(origin.command_id)
        headers = {**cloud.headers(event_id, key, fact.type), "Nats-Msg-Id": str(event_id)}
        yield key.subject(fact.type), codec.encode(fact, origin), headers


def _of_batch(name: str, place: int) -> dict[str, str]:
    return {"Nats-Batch-Id": name, "Nats-Batch-Sequence": str(place)}


async def core_of(stack: Stack) -> Client:
    """A connection to the log's account."""
    known = stack.services.environment
    return await connect(known["MGEPROF_NATS_URL"], known["MGEPROF_NATS_CORE_SEED"], name="bench")


async def run_of(stack: Stack) -> Client:
    """A connection to the account in which runners are spoken to."""
    known = stack.services.environment
    return await connect(known["MGEPROF_NATS_URL"], known["MGEPROF_NATS_RUN_SEED"], name="bench")


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _now() -> datetime:
    return datetime.now(UTC)
