"""Whether inputs fit what a model declares, as far as its inspection has told; runners check again what they are given."""

from collections.abc import Mapping, Sequence

import structlog
from pydantic import ValidationError

from api.errors.problem import FieldProblem, RefusedError
from api.inspections import reading
from api.parts import Parts
from api.tasks.resources import InputData, InputRef
from core.domain.told import Told
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
        told = " ".join(error.message for error in errors)
        inputs = f"The model's inputs: {_listed(declared)}."
        raise RefusedError(
            "bad_input",
            Told("{told} {inputs}", told=told, inputs=inputs),
            hint=f"Give one for each, no more. {inputs}",
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


def problems(declared: Sequence[Variable], given: Mapping[str, InputRef], data: InputData) -> list[FieldProblem]:
    """In the words in which runners say the same. What archives hold, and what images become, is known there only."""
    names = {one.name for one in declared}
    found = [
        _problem(name, f"Input {name!r} is unknown to the model.")
        for name in (*given, *data.random)
        if name not in names
    ]
    for one in declared:
        if one.name not in given:
            if one.name not in data.random and not data.archives:
                found.append(_problem(one.name, f"Input {one.name!r} is missing."))
            continue
        array = given[one.name]
        shape = None if array.shape is None else tuple(array.shape)
        if array.dtype is not None and array.dtype != one.dtype:
            words = f"Input {one.name!r} has dtype {array.dtype}; the model declares {one.dtype}."
            found.append(_problem(one.name, words))
        if None not in {one.shape, shape} and shape != one.shape:
            words = f"Input {one.name!r} has shape {array.shape}; the model declares {_shape(one)}."
            found.append(_problem(one.name, words))
    return found


def _problem(name: str, message: str) -> FieldProblem:
    return FieldProblem(field=f"inputs.{name}"[:200], message=message[:500])


def _listed(declared: Sequence[Variable]) -> str:
    return ", ".join(f"{one.name} ({one.dtype}, shape {_shape(one)})" for one in declared) or "none"


def _shape(one: Variable) -> str:
    return "unknown" if one.shape is None else str(list(one.shape))
