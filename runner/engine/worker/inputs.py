"""From files to the arrays that a model is run on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runner.engine.worker.channel import Refused
from runner.engine.worker.control import opened

if TYPE_CHECKING:
    import numpy as np


def read_inputs(files: dict[str, int]) -> dict[str, np.ndarray]:
    """Arrays by input name, native byte order, C order, from held descriptors. Raises Refused."""
    import numpy as np

    inputs = {}
    for name, file in files.items():
        try:
            with opened(file) as content:
                array = np.load(content, allow_pickle=False)
        except (ValueError, EOFError) as error:
            raise Refused("bad_input", f"The file for input {name!r} is not a plain .npy array: {error}") from error
        if not isinstance(array, np.ndarray):
            raise Refused("bad_input", f"The file for input {name!r} is not a .npy file with one array.")
        # Big-endian and Fortran order are legal in .npy; the engine wants neither.
        inputs[name] = np.asarray(array, dtype=array.dtype.newbyteorder("="), order="C")
    return inputs


def check_inputs(declared: dict[str, tuple[str, tuple[int, ...]]], given: dict[str, np.ndarray]) -> None:
    """Names, dtypes and shapes must be the declared ones: the engine itself would take float64 for float32 without a word."""
    listed = ", ".join(f"{name} ({dtype}, shape {list(shape)})" for name, (dtype, shape) in declared.items()) or "none"
    problems = [f"Input {name!r} is unknown to the model." for name in given if name not in declared]
    for name, (dtype, shape) in declared.items():
        if name not in given:
            problems.append(f"Input {name!r} is missing.")
            continue
        array = given[name]
        if array.dtype.name != dtype:
            problems.append(f"Input {name!r} has dtype {array.dtype.name}; the model declares {dtype}.")
        if array.shape != shape:
            problems.append(f"Input {name!r} has shape {list(array.shape)}; the model declares {list(shape)}.")
    if problems:
        raise Refused("bad_input", " ".join(problems) + f" The model's inputs: {listed}.")
