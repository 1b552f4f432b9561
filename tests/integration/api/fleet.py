"""A runner and the scheduler's decisions about it, played on the real log."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from nats.aio.client import Client

from core.domain import model, runner, task
from core.domain.decider import Decider
from core.events import model as model_facts
from core.events import runner as runner_facts
from core.events import subjects
from core.events import task as task_facts
from core.events.envelope import Origin
from core.events.failure import FailureKind
from core.events.ids import AccountId, Aggregate, CommandId, ModelId, Platform, RunnerId, TaskId, new_id
from core.events.subjects import AggregateKey, task_key
from core.events.values import Artifact, EngineOffer, Latency, Totals, TypeSum
from core.nats.execute import execute
from core.nats.log import EventLog
from core.protocol.live import LiveMessage
from core.s3 import keys
from core.s3.store import ObjectStore

OWNER = AccountId(UUID("00000000-0000-7000-8000-000000000001"))


@dataclass
class Fleet:
    log: EventLog
    store: ObjectStore
    run: Client
    id: RunnerId = field(default_factory=lambda: RunnerId(new_id()))

    async def enrol(self, pool: runner_facts.Pool = runner_facts.Pool.PUBLIC, owner: AccountId | None = None) -> int:
        key = AggregateKey(Aggregate.RUNNER, Platform.X86, self.id)
        await self._execute(runner.RUNNER, key, runner.Enroll(pool, owner))
        described = runner_facts.Described(
            engines=(EngineOffer(version="1.13.0", driver="megengine", build="1.13.0"),),
            slots=1,
            cpu="a processor",
            cores=2,
            memory=2**30,
            kernel="6.18",
            software="0.1",
            sandbox=runner_facts.SandboxKind.BUBBLEWRAP,
        )
        await self._execute(runner.RUNNER, key, runner.Describe(described))
        return await self._execute(runner.RUNNER, key, runner.Appear())

    async def queue(self, id_: str) -> int:
        return await self._execute(task.TASK, _key(id_), task.Queue())

    async def start(self, id_: str) -> int:
        await self.queue(id_)
        started = task_facts.Started(
            attempt=1,
            runner_id=self.id,
            engine_build="1.13.0",
            lease_s=45,
            reason=task_facts.ChoiceReason.ONLY,
            waiting=1,
            beat_age_s=0.1,
        )
        return await self._execute(task.TASK, _key(id_), task.Start(started))

    async def complete(self, id_: str, **files: bytes) -> int:
        """Finish the first attempt. ``files``: artifacts by name, ``__`` standing for a dot."""
        fact = task_facts.Completed(
            attempt=1,
            analyser=1,
            latency=Latency(count=10, min=1, p50=2, p90=3, p99=4, max=5, mean=2.5, std=0.5),
            totals=Totals(operators=2, device_s=0.5, computation=10, memory=20),
            by_type=(TypeSum(type="Convolution", count=2, device_s=0.5, computation=10, memory=20),),
            phases={"loading": 0.5},
            peak_memory=1000,
            artifacts=await self._artifacts(id_, files),
        )
        return await self._execute(task.TASK, _key(id_), task.Finish(self.id, fact))

    async def inspect(self, id_: str, document: bytes, **files: bytes) -> int:
        """Finish the first attempt at an inspection."""
        fact = task_facts.Inspected(
            attempt=1,
            inputs=2,
            outputs=1,
            operators=3,
            parameters=7,
            parameter_bytes=28,
            computation=1e6,
            activations=5,
            activation_bytes=20,
            phases={"loading": 0.5},
            peak_memory=1000,
            artifacts=await self._artifacts(id_, {"inspection__json": document, **files}),
        )
        return await self._execute(task.TASK, _key(id_), task.Finish(self.id, fact))

    async def note_inspection(self, model_id: str, task_id: str) -> int:
        """What the scheduler makes of that."""
        fact = model_facts.Inspected(
            task_id=TaskId(UUID(task_id)), engine="1.13.0", operators=3, parameters=7, computation=1e6
        )
        return await self._execute(model.MODEL, subjects.model_key(ModelId(UUID(model_id))), model.Inspect(fact))

    async def fail(self, id_: str, kind: FailureKind, words: dict[str, Any], **files: bytes) -> int:
        artifacts = await self._artifacts(id_, {"failure__json": json.dumps(words).encode(), **files})
        fact = task_facts.Failed(attempt=1, kind=kind, exit_code=134, artifacts=artifacts)
        return await self._execute(task.TASK, _key(id_), task.Finish(self.id, fact))

    async def stop(self, id_: str) -> int:
        """Report that the first attempt was stopped, as was asked for."""
        return await self._execute(task.TASK, _key(id_), task.Finish(self.id, task_facts.Cancelled(attempt=1)))

    async def show(self, id_: str, message: LiveMessage, *, by: RunnerId | None = None) -> None:
        await self.run.publish(subjects.live(by or self.id, TaskId(UUID(id_))), message.model_dump_json().encode())
        await self.run.flush()

    async def _artifacts(self, id_: str, files: dict[str, bytes]) -> tuple[Artifact, ...]:
        artifacts = []
        for name, data in files.items():
            name = name.replace("__", ".")  # noqa: PLW2901 - the file's own name
            await self.store.put_bytes(keys.artifact(TaskId(UUID(id_)), 1, name), data)
            artifacts.append(Artifact(name=name, sha256=hashlib.sha256(data).hexdigest(), size=len(data)))
        return tuple(artifacts)

    async def _execute(self, decider: Decider[Any, Any, Any], key: AggregateKey, command: Any) -> int:
        id_ = CommandId(new_id())
        origin = Origin(id_, OWNER, self.id, id_)
        outcome = await execute(self.log, decider, key, command, origin, lambda: datetime.now(UTC))
        return outcome.known.sequence


def _key(id_: str) -> AggregateKey:
    return task_key(Platform.X86, TaskId(UUID(id_)))
