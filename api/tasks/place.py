"""From a label to a task in the log.

The order survives a crash at any point: label, request document, event. A label without an event is no task; whoever gives the same command
again finds the label and goes on with the same task id and the same event id.
"""

import hashlib
from dataclasses import dataclass

from api.commands import now, origin
from api.identity import Identity
from api.parts import Parts
from api.tasks.device import wish_of
from api.tasks.labels import TaskLabel
from core.domain.task import TASK, Submit
from core.events.ids import CommandId, EngineVersion, ModelId, SweepId, TaskId
from core.events.subjects import AggregateKey, task_key
from core.events.task import Submitted, TaskKind
from core.events.values import ProfileOptions
from core.nats.execute import Known, execute
from core.protocol.inputs import Reading
from core.protocol.orders import InputFile, RequestDocument
from core.s3 import keys


@dataclass(frozen=True)
class Job:
    """What a runner is to do with the label's model and inputs."""

    engine: EngineVersion
    options: ProfileOptions
    kind: TaskKind = TaskKind.PROFILE
    sweep: SweepId | None = None
    again: TaskId | None = None


async def place(
    parts: Parts, caller: Identity, label: TaskLabel, command: CommandId, job: Job
) -> tuple[AggregateKey, int]:
    """The task's key and the sequence of its first event."""
    document, wish = _document(label), await wish_of(parts, label.device)
    await parts.store.put_bytes(keys.request(label.task_id), document)
    fact = Submitted(
        kind=job.kind,
        model_id=ModelId(label.model.id),
        model=label.model.sha256,
        inputs=tuple(sorted({ref.sha256 for ref in (*label.inputs.values(), *label.data.archives)})),
        request=hashlib.sha256(document).hexdigest(),
        engine=job.engine,
        options=job.options,
        runner=wish.runner,
        labels=wish.labels,
        pool=wish.pool,
        sweep=job.sweep,
        origin=job.again,
        project=label.project,
        tags=label.tags,
    )
    task = task_key(label.platform, label.task_id)
    # A task of this id is new, unless the command was carried out before: the log finds that out by itself.
    unknown = Known(TASK.initial, 0)
    outcome = await execute(parts.log, TASK, task, Submit(fact), origin(caller, command), now, unknown)
    return task, outcome.known.sequence


def _document(label: TaskLabel) -> bytes:
    """Which input is which: for the runner, outside of the log. Equal labels give equal bytes."""
    data = label.data
    document = RequestDocument(
        inputs={
            name: InputFile(sha256=ref.sha256, format=ref.format, reading=data.readings.get(name, Reading()))
            for name, ref in sorted(label.inputs.items())
        },
        archives=tuple(ref.sha256 for ref in data.archives),
        random=dict(sorted(data.random.items())),
        output_names=tuple(data.output_names),
    )
    return document.model_dump_json().encode()
