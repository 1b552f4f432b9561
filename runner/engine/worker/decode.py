"""From files of all formats, and from nothing, to arrays. Hostile bytes are decoded in this process only, which the runner may lose."""

from __future__ import annotations

import json
import math
import zipfile
import zlib
from typing import TYPE_CHECKING, Any

from runner.engine.worker.channel import Refused
from runner.engine.worker.control import opened
from runner.engine.worker.inputs import read_inputs

if TYPE_CHECKING:
    import numpy as np

MOST_BYTES = 4 * 2**30
"""Of an array that is decoded or made up: far more than a model can take, and far less than a small file may claim."""


def gather(job: dict[str, Any], declared: dict[str, tuple[str, tuple[int, ...]]]) -> dict[str, np.ndarray]:
    """All inputs of a job: of archives, of files, and made up; a later one wins. Raises Refused."""
    inputs: dict[str, np.ndarray] = {}
    for file in job.get("archives", ()):
        inputs |= archive(file)
    for name, file in job["inputs"].items():
        inputs[name] = one_input(name, file, job.get("readings", {}).get(name, {}), declared.get(name))
    for name, recipe in job.get("random", {}).items():
        inputs[name] = made_up(name, recipe, declared.get(name))
    return {name: in_order(array) for name, array in inputs.items()}


def one_input(
    name: str, file: int, reading: dict[str, Any], declared: tuple[str, tuple[int, ...]] | None
) -> np.ndarray:
    form = reading.get("format", "npy")
    try:
        if form == "npz":
            return member(name, file, reading.get("key"))
        if form == "image":
            return image(name, file, reading, declared)
        if form == "json":
            return nested_lists(name, file, reading, declared)
    except RecursionError as error:
        raise Refused("bad_input", f"The file for input {name!r} is nested too deep.") from error
    return read_inputs({name: file})[name]


def in_order(array: np.ndarray) -> np.ndarray:
    """Big-endian and Fortran order are legal in files; the engine wants neither."""
    import numpy as np

    return np.asarray(array, dtype=array.dtype.newbyteorder("="), order="C")


# Archives


def archive(file: int) -> dict[str, np.ndarray]:
    """Each array of a ``.npz`` by its name."""
    with unpacked(file) as members:
        return {key: array_of(members, key) for key in keys(members)}


def member(name: str, file: int, key: str | None) -> np.ndarray:
    with unpacked(file) as members:
        known = keys(members)
        wanted = key or (known[0] if len(known) == 1 else name)
        if wanted not in known:
            raise Refused(
                "bad_input", f"The archive for input {name!r} has no array {wanted!r}, but {', '.join(known)}."
            )
        return array_of(members, wanted)


def unpacked(file: int) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(opened(file))
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        raise Refused("bad_input", f"The archive cannot be read: {error}") from error


def keys(members: zipfile.ZipFile) -> list[str]:
    return [one.filename.removesuffix(".npy") for one in members.infolist() if one.filename.endswith(".npy")]


def array_of(members: zipfile.ZipFile, key: str) -> np.ndarray:
    import numpy as np

    # What an archive says of its own sizes is not believed by numpy either: it reads what the header asks for, in pieces.
    if members.getinfo(f"{key}.npy").file_size > MOST_BYTES:
        raise Refused("bad_input", f"The array {key!r} is over {MOST_BYTES} bytes.")
    try:
        with members.open(f"{key}.npy") as content:
            array = np.lib.format.read_array(content, allow_pickle=False)
    except (ValueError, EOFError, OSError, zipfile.BadZipFile, NotImplementedError, RuntimeError, zlib.error) as error:
        raise Refused("bad_input", f"The array {key!r} of the archive is not a plain array: {error}") from error
    return plain(array, f"The array {key!r}")


# Images


def image(name: str, file: int, reading: dict[str, Any], declared: tuple[str, tuple[int, ...]] | None) -> np.ndarray:
    """An array of one image, ``(1, C, H, W)`` or ``(1, H, W, C)``; what comes of it in integers is rounded and cut to their range."""
    import numpy as np

    how = reading["image"]
    pixels = decoded(name, file, how["order"])
    planes_last = how["layout"] == "nhwc"
    size = how["resize"] or declared_size(declared, planes_last=planes_last)
    if size is not None and tuple(size) != pixels.shape[:2]:
        import cv2  # type: ignore[import-not-found]

        pixels = cv2.resize(pixels, (size[1], size[0]), interpolation=cv2.INTER_LINEAR)
        pixels = pixels.reshape(*pixels.shape[:2], -1)
    channels = pixels.shape[2]
    for key in ("mean", "scale"):
        if len(how[key]) not in {1, channels}:
            raise Refused(
                "bad_input",
                f"Input {name!r}: {len(how[key])} figures for {key}, but the image has {channels} channels.",
            )
    values = (pixels.astype(np.float32) - np.float32(how["mean"])) * np.float32(how["scale"])
    values = (values if planes_last else values.transpose(2, 0, 1))[None]
    return converted(values, reading.get("dtype") or (declared[0] if declared else "float32"))


def decoded(name: str, file: int, order: str) -> np.ndarray:
    """Rows × columns × channels of bytes."""
    import cv2
    import numpy as np

    content = np.frombuffer(opened(file).read(), np.uint8)
    how = cv2.IMREAD_GRAYSCALE if order == "gray" else cv2.IMREAD_COLOR
    pixels: np.ndarray | None = cv2.imdecode(content, how) if content.size else None
    if pixels is None:
        raise Refused("bad_input", f"The file for input {name!r} is not an image that OpenCV can read.")
    if order == "rgb":
        pixels = cv2.cvtColor(pixels, cv2.COLOR_BGR2RGB)
    rows, columns = pixels.shape[:2]
    return pixels.reshape(rows, columns, -1)


def declared_size(declared: tuple[str, tuple[int, ...]] | None, *, planes_last: bool) -> tuple[int, int] | None:
    if declared is None or len(declared[1]) != 4:
        return None
    return (declared[1][1], declared[1][2]) if planes_last else (declared[1][2], declared[1][3])


# JSON


def nested_lists(
    name: str, file: int, reading: dict[str, Any], declared: tuple[str, tuple[int, ...]] | None
) -> np.ndarray:
    import numpy as np

    try:
        numbers = json.loads(opened(file).read())
        array = np.array(numbers)
    except (ValueError, OverflowError) as error:
        raise Refused(
            "bad_input", f"The file for input {name!r} is not JSON of nested lists of equal lengths: {error}"
        ) from error
    return converted(plain(array, f"Input {name!r}"), reading.get("dtype") or (declared[0] if declared else "float32"))


# Made up


def made_up(name: str, recipe: dict[str, Any], declared: tuple[str, tuple[int, ...]] | None) -> np.ndarray:
    """Data of the declared shape and dtype. Never an expression: three distributions, with numbers."""
    import numpy as np

    if declared is None:
        raise Refused("bad_input", f"Input {name!r} is unknown to the model, so nothing can be made up for it.")
    dtype, shape = declared
    if math.prod(shape) * np.dtype(dtype).itemsize > MOST_BYTES:
        raise Refused("bad_input", f"Input {name!r} would have over {MOST_BYTES} bytes.")
    chance = np.random.default_rng(recipe["seed"])
    values: np.ndarray
    if recipe["distribution"] == "normal":
        values = chance.normal(recipe["mean"], recipe["std"], shape)
    elif recipe["distribution"] == "uniform":
        values = chance.uniform(recipe["low"], recipe["high"], shape)
    else:
        values = chance.integers(math.ceil(recipe["low"]), math.floor(recipe["high"]), shape, endpoint=True)
    return converted(values, dtype)


# Dtypes


def plain(array: np.ndarray, what: str) -> np.ndarray:
    if array.dtype.kind not in "biuf":
        raise Refused("bad_input", f"{what} holds {array.dtype}, not plain numbers.")
    return array


def converted(values: np.ndarray, dtype: str) -> np.ndarray:
    """In integers: rounded to the nearest, and cut to what they can hold."""
    import numpy as np

    wanted = np.dtype(dtype)
    if wanted.kind in "iu":
        limits = np.iinfo(wanted)
        values = np.clip(np.rint(values), limits.min, limits.max)
    return values.astype(wanted)
