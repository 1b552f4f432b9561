"""Whether the sandbox works on this machine: shut it, and end well."""

from __future__ import annotations

import os
import sys
from typing import Any

from runner.sandbox.inside.confinement import Confinement
from runner.sandbox.inside.lock import NoLock


def main(told: dict[str, Any]) -> None:
    """Never returns."""
    try:
        confinement = Confinement(told)
        confinement.begin()
        confinement.shut()
    except (NoLock, OSError) as error:
        sys.stdout.write(f"{error}\n")
        sys.stdout.flush()
        os._exit(1)
    # Python has more to ask of the kernel as it ends.
    os._exit(0)
