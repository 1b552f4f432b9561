"""What the device can do at best, measured through the engine itself: ``python -I worker peaks`` prints one line of JSON, ``{"flops": …, "bandwidth": …}``.

The best of several repetitions of each of a few kernels is taken: whatever else runs on the machine can only make it slower. A peak is so what MegEngine's own kernels were
seen to reach here, not what the processor's maker promises.
"""

from __future__ import annotations

import json
import sys
import time
from typing import TYPE_CHECKING

from runner.engine.worker.limits import memory_total

if TYPE_CHECKING:
    from collections.abc import Callable

SECONDS = 0.4
"""For each kernel; at least LEAST repetitions."""
LEAST = 3
COPY_BYTES = 64 * 2**20
"""Of the array that is read and of the one that is written: more than caches hold, and little beside what the engine itself takes."""


def measure() -> dict[str, float]:
    """Float32 operations, and bytes read and written, each in one second."""
    return {
        "flops": max(matrix_product(512), convolution(64, 56)),
        "bandwidth": addition(min(COPY_BYTES, memory_total() // 16)),
    }


def matrix_product(size: int) -> float:
    import numpy as np
    from megengine import Tensor
    from megengine import functional as F  # noqa: N812 - its usual name

    left, right = (Tensor(np.ones((size, size), np.float32)) for _ in range(2))
    return best(lambda: F.matmul(left, right), 2.0 * size**3)


def convolution(channels: int, pixels: int) -> float:
    """3 by 3, counted as the engine's footprints count it: algorithms that save operations are that much better."""
    import numpy as np
    from megengine import Tensor
    from megengine import functional as F  # noqa: N812

    image = Tensor(np.ones((1, channels, pixels, pixels), np.float32))
    weight = Tensor(np.ones((channels, channels, 3, 3), np.float32))
    return best(lambda: F.conv2d(image, weight, padding=1), 2.0 * 9 * channels**2 * pixels**2)


def addition(size: int) -> float:
    """One array of ``size`` bytes read, one written."""
    import numpy as np
    from megengine import Tensor

    array = Tensor(np.ones(size // 4, np.float32))
    return best(lambda: array + 1, 2.0 * size)


def best(work: Callable[[], object], amount: float) -> float:
    """The amount of one repetition over the time of the fastest."""
    from megengine import _full_sync

    work()
    _full_sync()
    fastest, repetitions, until = float("inf"), 0, time.perf_counter() + SECONDS
    while repetitions < LEAST or time.perf_counter() < until:
        began = time.perf_counter()
        work()
        _full_sync()
        fastest = min(fastest, time.perf_counter() - began)
        repetitions += 1
    return amount / fastest


def main() -> None:
    sys.stdout.write("\n" + json.dumps(measure()) + "\n")
