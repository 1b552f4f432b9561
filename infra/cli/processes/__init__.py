"""The processes of mgeprof as sub-commands: each becomes the process, configured by its environment."""

from __future__ import annotations

import os
import sys
from typing import NoReturn


def become(module: str, *arguments: str) -> NoReturn:
    """Replace this process by `python -m MODULE ARGUMENTS`: nothing of the command line stays loaded."""
    os.execv(sys.executable, [sys.executable, "-P", "-m", module, *arguments])  # noqa: S606 - the point of it
