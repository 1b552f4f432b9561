"""From a request to a label of a task, once everything was checked that can be known by now."""

import hashlib

from api.commands import command_id
from api.datasets.apply import with_dataset
from api.errors.problem import RefusedError
from api.grouping.choose import chosen
from api.identity import Identity
from api.inputs import table as inputs
from api.inspections.check import check_inputs
from api.models import table as models
from api.options.check import check_options
from api.parts import Parts
from api.quotas.limits import check_submission
from api.tasks import labels
from api.tasks.device import offered_engine
from api.tasks.given import check_given
from api.tasks.kills import check_kills
from api.tasks.labels import TaskLabel
from api.tasks.place import Job, place
from api.tasks.resources import InputData, InputRef, ModelRef, NewTask
from core.events.ids import CommandId, ModelId, Platform, TaskId, new_id
from core.events.subjects import AggregateKey


async def submit(
    parts: Parts, caller: Identity, new: NewTask, key: str | None, again: TaskId | None = None
) -> tuple[AggregateKey, int]:
    """The task's key and the sequence of its first event. ``again``: the task that this one repeats, if any.

    Raises RefusedError; any other error leaves no task, or one that counts.
    """
    command = command_id(caller, "POST /tasks", key)
    label = await _label(parts, caller, new, command)
    return await place(parts, caller, label, command, Job(new.engine, new.options, again=again))


async def _label(parts: Parts, caller: Identity, new: NewTask, command: CommandId) -> TaskLabel:
    asked = hashlib.sha256(new.model_dump_json().encode()).hexdigest()
    known = await labels.of_command(parts.pool, command)
    if known is None:
        await check_engine(parts, caller, new)
        known = await labels.insert(parts.pool, await checked(parts, caller, new, asked), command)
    if known.request != asked:
        raise RefusedError("idempotency_key_reused", "The key belongs to the submission of another task.")
    return known


async def checked(parts: Parts, caller: Identity, new: NewTask, asked: str) -> TaskLabel:
    """A label of a new task, once its model and inputs are known to be there and to fit. ``asked``: digest of the request. Raises RefusedError."""
    await check_submission(parts, caller.account)
    new = await with_dataset(parts, caller, new)
    model = await models.visible(parts.pool, new.model, caller)
    await check_kills(parts, caller, model, anyway=new.despite_losses)
    found = await inputs.visible(parts.pool, [*new.inputs.values(), *new.archives], caller)
    check_given(new, found)
    given = {name: InputRef.model_validate(found[id_].model_dump()) for name, id_ in new.inputs.items()}
    data = InputData(
        readings=new.readings,
        archives=[InputRef.model_validate(found[id_].model_dump()) for id_ in new.archives],
        random=new.random,
        output_names=list(dict.fromkeys(new.output_names)),
    )
    await check_inputs(parts, ModelId(new.model), given, data)
    project, tags = await chosen(parts, caller, new.project, new.tags)
    return TaskLabel(
        task_id=TaskId(new_id()),
        owner=caller.account,
        platform=Platform(new.platform),
        name=new.name,
        model=ModelRef.model_validate(model.model_dump()),
        inputs=given,
        request=asked,
        data=data,
        device=new.device,
        project=project,
        tags=tags,
    )


async def check_engine(parts: Parts, caller: Identity, new: NewTask) -> None:
    """Whether a runner that the caller may use has the engine, and knows the options there. Raises RefusedError."""
    engine = await offered_engine(parts, caller, Platform(new.platform), new.engine, new.device)
    check_options(new.options, engine, output_names=new.output_names)
