"""Whether what a request says of its inputs holds together, before the model is asked."""

from collections.abc import Mapping
from uuid import UUID

from api.errors.problem import RefusedError, Wrong
from api.inputs.resources import InputResource
from api.tasks.resources import AskedInputs
from core.domain.told import Told
from core.protocol.inputs import InputFormat


def check_given(new: AskedInputs, found: Mapping[UUID, InputResource]) -> None:
    """Raises RefusedError with ``input_unknown`` or ``bad_input``, each problem with its field."""
    missing = [(f"inputs.{name}", id_) for name, id_ in new.inputs.items() if id_ not in found]
    missing += [(f"archives.{place}", id_) for place, id_ in enumerate(new.archives) if id_ not in found]
    _refuse(
        "input_unknown", [Wrong(field, Told("There is no input {input_id}.", input_id=id_)) for field, id_ in missing]
    )
    _refuse("bad_input", [*_archives(new, found), *_twice(new), *_readings(new, found)])


def _archives(new: AskedInputs, found: Mapping[UUID, InputResource]) -> list[Wrong]:
    return [
        Wrong(
            f"archives.{place}",
            Told("{file} is no .npz archive, but {format}.", file=found[id_].name, format=found[id_].format),
        )
        for place, id_ in enumerate(new.archives)
        if found[id_].format is not InputFormat.NPZ
    ]


def _twice(new: AskedInputs) -> list[Wrong]:
    return [
        Wrong(f"random.{name}", Told("Input {name!r} is given as a file, too.", name=name))
        for name in new.random
        if name in new.inputs
    ]


def _readings(new: AskedInputs, found: Mapping[UUID, InputResource]) -> list[Wrong]:
    problems = []
    for name, reading in new.readings.items():
        if name not in new.inputs:
            problems.append(Wrong(f"readings.{name}", Told("There is no file for input {name!r}.", name=name)))
        elif reading.key is not None and found[new.inputs[name]].format is not InputFormat.NPZ:
            told = Told("Input {name!r} is no .npz archive, so it has no keys.", name=name)
            problems.append(Wrong(f"readings.{name}.key", told))
    return problems


def _refuse(code: str, problems: list[Wrong]) -> None:
    if problems:
        raise RefusedError(code, problems[0].message, errors=problems)
