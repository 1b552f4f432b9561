"""What engines say at every start and what means nothing: left out where somebody reads why a run failed. The log itself is kept whole."""

import re
from collections.abc import Iterable

_NOISE = tuple(
    map(
        re.compile,
        (
            r"UserWarning: pkg_resources is deprecated",
            r"^\s*import pkg_resources$",
            r"^debug: failed to load cuda func: ",
            # The box in which MegEngine says that there is no NVIDIA driver.
            r"^info: \++$",
            r"^info: \+ (Failed to load CUDA driver library|To use CUDA mode, please|Refer to https?://)",
        ),
    )
)


def without_noise(lines: Iterable[str]) -> list[str]:
    """The lines that may tell something, and no empty ones."""
    return [line for line in lines if line.strip() and not any(known.search(line) for known in _NOISE)]
