"""Starting MegEngine with less than its ``import`` brings along: what only downloads, and a thread that hardly ever sleeps."""

from __future__ import annotations

import ctypes
import sys
from contextlib import contextmanager
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

PR_SET_TIMERSLACK = 29
POLL_NS = 50_000_000
"""How late a thread that MegEngine starts may wake from a timed wait."""
DOWNLOADERS = ("megfile", "requests")
"""What ``megengine.hub`` fetches models with. They bring boto3 and paramiko: a third of the import's time and 40 MB, for what no worker ever does."""


def start_engine() -> str:
    """Import MegEngine and run a tiny graph, so that its threads, its look for a GPU and its own imports are not counted as the model's. Returns the build."""
    for name in DOWNLOADERS:
        sys.modules[name] = hollow(name)
    import megengine
    from megengine.utils import comp_graph_tools  # noqa: F401 - every job needs it
    from megengine.version import git_version

    with sleepy_threads():
        (megengine.Tensor([1.0]) + 1).numpy()
    return f"{megengine.__version__}+{git_version[:12]}"


def hollow(name: str) -> ModuleType:
    """A module from which every name can be imported, and none is of use."""
    module = ModuleType(name)
    module.__dict__["__getattr__"] = _nothing
    return module


def _nothing(name: str) -> None:
    if name.startswith("__"):  # what Python's own machinery asks for is not there
        raise AttributeError(name)


@contextmanager
def sleepy_threads() -> Iterator[None]:
    """Let the threads that start in here wake seldom from timed waits.

    MegEngine looks every 10 µs, for ever, whether memory of eager tensors can be given back (``CompNodeSync`` in its ``physical_tensor.cpp``): a tenth of a core for
    each spare that waits, and as much noise beside a measurement. A thread inherits the timer slack of the one that starts it. Waits for an event are not concerned.
    """
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    prctl(PR_SET_TIMERSLACK, POLL_NS, 0, 0, 0)
    try:
        yield
    finally:
        prctl(PR_SET_TIMERSLACK, 0, 0, 0, 0)  # as it was
