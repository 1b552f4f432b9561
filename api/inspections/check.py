"""Whether inputs fit what a model declares, as far as its inspection has told; runners check again what they are given."""

from collections.abc import Mapping, Sequence

import structlog
from pydantic import ValidationError

from api.errors.problem import RefusedError, Wrong
from api.inspections import reading
from api.parts import Parts
from api.tasks.resources import InputData, InputRef
from core.domain.told import Sentences, Told
from core.events.ids import ModelId
from core.protocol.inspection import Variable
from core.s3.errors import ObjectMissingError

logger = structlog.get_logger(__name__)


async def check_inputs(parts: Parts, model: ModelId, given: Mapping[str, InputRef], data: InputData) -> None:
    """Nothing while the model was not inspected. Raises RefusedError with ``bad_input``, each problem with its input."""
    declared = await _declared(parts, model)
    if declared is None:
        return
    errors = problems(declared, given, data)
    if errors:
        inputs = Told("The model's inputs: {inputs}.", inputs=_listed(declared))
        raise RefusedError(
            "bad_input",
            Told("{told} {inputs}", told=Sentences(error.message for error in errors), inputs=inputs),
            hint=Told("Give one for each, no more. {inputs}", inputs=inputs),
            errors=errors,
        )


async def _declared(parts: Parts, model: ModelId) -> Sequence[Variable] | None:
    found = await reading.found(parts, model)
    if found is None:
        return None
    key, kept = found
    try:
        return await parts.declarations.inputs(key, kept.sha256)
    except (ObjectMissingError, ValidationError) as error:
        logger.warning("inspection unreadable", action="inspection_unreadable", model=str(model), error=str(error))
        return None


def problems(declared: Sequence[Variable], given: Mapping[str, InputRef], data: InputData) -> list[Wrong]:
    """In the words in which runners say the same. What archives hold, and what images become, is known there only."""
    names = {one.name for one in declared}
    found = [
        _problem(name, Told("Input {name!r} is unknown to the model.", name=name))
        for name in (*given, *data.random)
        if name not in names
    ]
    for one in declared:
        if one.name not in given:
            if one.name not in data.random and not data.archives:
                found.append(_problem(one.name, Told("Input {name!r} is missing.", name=one.name)))
            continue
        array = given[one.name]
        shape = None if array.shape is None else tuple(array.shape)
        if array.dtype is not None and array.dtype != one.dtype:
            words = "Input {name!r} has dtype {given}; the model declares {declared}."
            found.append(_problem(one.name, Told(words, name=one.name, given=array.dtype, declared=one.dtype)))
        if None not in {one.shape, shape} and shape != one.shape:
            words = "Input {name!r} has shape {given}; the model declares {declared}."
            found.append(_problem(one.name, Told(words, name=one.name, given=array.shape, declared=_shape(one))))
    return found


def _problem(name: str, message: str) -> Wrong:
    return Wrong(f"inputs.{name}", message)


def _listed(declared: Sequence[Variable]) -> str:
    return ", ".join(f"{one.name} ({one.dtype}, shape {_shape(one)})" for one in declared) or "none"


def _shape(one: Variable) -> str:
    return "unknown" if one.shape is None else str(list(one.shape))
