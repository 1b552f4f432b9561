"""What a model computed: stored as plain ``.npy`` files, or only its RMS."""

from __future__ import annotations

import io
import json
import math
from typing import TYPE_CHECKING, Any

from runner.engine.worker.channel import Refused

if TYPE_CHECKING:
    import numpy as np

    from runner.engine.worker.channel import Channel

FILE = "outputs.json"
PIECE = 2**20
"""Numbers that are looked at together: a float64 copy of a whole output may be what does not fit any more."""


def leave(names: list[str], arrays: list[np.ndarray], job: dict[str, Any], channel: Channel) -> None:
    """Writes ``outputs.json`` (``core/protocol/outputs.py``), and with ``output_dumps`` each array, to the job's output. Raises Refused for more than may be kept."""
    dumps = job["options"]["output_dumps"]
    import numpy as np

    most = job["limits"]["dump_bytes"]
    size = sum(array.nbytes for array in arrays)
    if dumps and size > most:
        raise Refused(
            "output_limit",
            f"The outputs have {size} bytes; at most {most} are kept. Choose some of them with output_names, or ask for output_rms only.",
        )
    told = []
    for number, (name, array) in enumerate(zip(names, arrays, strict=True), 1):
        # A quantized dtype is a plain one with a scale attached, and files have no place for that.
        plain = np.ascontiguousarray(array).astype(array.dtype.str, copy=False).reshape(array.shape)
        file = f"output-{number}.npy" if dumps else None
        if file is not None:
            channel.leave(job["output"], file, npy(plain))
        told.append(_told(name, plain, file))
    channel.leave(job["output"], FILE, [json.dumps({"outputs": told}, allow_nan=False).encode()])


def _told(name: str, plain: np.ndarray, file: str | None) -> dict[str, Any]:
    return {"name": name, "file": file, "dtype": plain.dtype.name, "shape": list(plain.shape), "rms": rms(plain)}


def npy(plain: np.ndarray) -> list[memoryview]:
    """A ``.npy`` file."""
    import numpy as np

    content = io.BytesIO()
    np.save(content, plain, allow_pickle=False)
    return [content.getbuffer()]


def rms(array: np.ndarray) -> float | None:
    """Root of the mean square; None for no numbers, and where it is not finite."""
    import numpy as np

    flat = array.reshape(-1)
    squares = 0.0
    for start in range(0, flat.size, PIECE):
        piece = flat[start : start + PIECE].astype(np.float64)
        squares += float(np.dot(piece, piece))
    found = math.sqrt(squares / flat.size) if flat.size and squares >= 0 else math.nan
    return found if math.isfinite(found) else None
