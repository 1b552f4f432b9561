"""What a model computed: stored as plain ``.npy`` files, or only its RMS."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

from runner.engine.worker.channel import Refused

if TYPE_CHECKING:
    import numpy as np

FILE = "outputs.json"
PIECE = 2**20
"""Numbers that are looked at together: a float64 copy of a whole output may be what does not fit any more."""


def leave(names: list[str], arrays: list[np.ndarray], job: dict[str, Any]) -> None:
    """Writes ``outputs.json`` (``core/protocol/outputs.py``), and with ``output_dumps`` each array, to the job's output folder. Raises Refused for more than may be kept."""
    folder, dumps = Path(job["output"]), job["options"]["output_dumps"]
    most = job["limits"]["dump_bytes"]
    size = sum(array.nbytes for array in arrays)
    if dumps and size > most:
        raise Refused(
            "output_limit",
            f"The outputs have {size} bytes; at most {most} are kept. Choose some of them with output_names, or ask for output_rms only.",
        )
    told = [_told(number, name, array, folder if dumps else None) for number, (name, array) in enumerate(zip(names, arrays, strict=True), 1)]  # fmt: skip
    (folder / FILE).write_text(json.dumps({"outputs": told}, allow_nan=False), encoding="utf-8")


def _told(number: int, name: str, array: np.ndarray, folder: Path | None) -> dict[str, Any]:
    import numpy as np

    # A quantized dtype is a plain one with a scale attached, and files have no place for that.
    plain = np.ascontiguousarray(array).astype(array.dtype.str, copy=False).reshape(array.shape)
    file = f"output-{number}.npy"
    if folder is not None:
        np.save(folder / file, plain, allow_pickle=False)
    return {
        "name": name,
        "file": file if folder is not None else None,
        "dtype": plain.dtype.name,
        "shape": list(plain.shape),
        "rms": rms(plain),
    }


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
