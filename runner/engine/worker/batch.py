"""Another batch size than the data have, as load_network_and_run makes it: the data again and again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runner.engine.worker.channel import Refused

if TYPE_CHECKING:
    import numpy as np


def repeated(inputs: dict[str, np.ndarray], batch_size: int) -> dict[str, np.ndarray]:
    """Each sample repeated until the first dimension is ``batch_size``. Raises Refused where it does not divide."""
    import numpy as np

    for name, array in inputs.items():
        if not array.shape or array.shape[0] == 0 or batch_size % array.shape[0]:
            raise Refused(
                "bad_input",
                f"Input {name!r} has shape {list(array.shape)}: batch_size {batch_size} is no multiple of its first dimension.",
            )
    return {name: np.repeat(array, batch_size // array.shape[0], axis=0) for name, array in inputs.items()}
