"""Whether what a request says of its inputs holds together, before the model is asked."""

from collections.abc import Mapping
from uuid import UUID

from api.errors.problem import FieldProblem, RefusedError
from api.inputs.resources import InputResource
from api.tasks.resources import AskedInputs
from core.protocol.inputs import InputFormat


def check_given(new: AskedInputs, found: Mapping[UUID, InputResource]) -> None:
    """Raises RefusedError with ``input_unknown`` or ``bad_input``, each problem with its field."""
    missing = [(f"inputs.{name}", id_) for name, id_ in new.inputs.items() if id_ not in found]
    missing += [(f"archives.{place}", id_) for place, id_ in enumerate(new.archives) if id_ not in found]
    _refuse("input_unknown", [(field, f"There is no input {id_}.") for field, id_ in missing])
    _refuse("bad_input", [*_archives(new, found), *_twice(new), *_readings(new, found)])


def _archives(new: AskedInputs, found: Mapping[UUID, InputResource]) -> list[tuple[str, str]]:
    return [
        (f"archives.{place}", f"{found[id_].name} is no .npz archive, but {found[id_].format}.")
        for place, id_ in enumerate(new.archives)
        if found[id_].format is not InputFormat.NPZ
    ]


def _twice(new: AskedInputs) -> list[tuple[str, str]]:
    return [(f"random.{name}", f"Input {name!r} is given as a file, too.") for name in new.random if name in new.inputs]


def _readings(new: AskedInputs, found: Mapping[UUID, InputResource]) -> list[tuple[str, str]]:
    problems = []
    for name, reading in new.readings.items():
        if name not in new.inputs:
            problems.append((f"readings.{name}", f"There is no file for input {name!r}."))
        elif reading.key is not None and found[new.inputs[name]].format is not InputFormat.NPZ:
            problems.append((f"readings.{name}.key", f"Input {name!r} is no .npz archive, so it has no keys."))
    return problems


def _refuse(code: str, problems: list[tuple[str, str]]) -> None:
    if problems:
        errors = [FieldProblem(field=field[:200], message=message[:500]) for field, message in problems]
        raise RefusedError(code, errors[0].message, errors=errors)
