"""What a process does to itself, before it imports the engine and before it touches a user's bytes."""

from __future__ import annotations

import os
from typing import Any

from runner.sandbox.inside import landlock
from runner.sandbox.inside.lock import lock
from runner.sandbox.inside.parent import die_with

NOBODY = 65534


class Confinement:
    """``told`` by whoever started the process: ``kind``, and what else that kind needs."""

    def __init__(self, told: dict[str, Any]) -> None:
        self._told = told
        self._kind = told["kind"]

    def begin(self) -> None:
        """First of all, while there is one thread. Raises NoLock."""
        self._die_with_parent()
        if self._kind == "landlock":
            landlock.restrict(self._told["reads"], self._told["writes"])

    def shut(self, *, code: bool = False) -> None:
        """Last of all, when everything is imported and open. ``code`` as of ``lock``. Raises NoLock."""
        if self._kind == "none":
            return
        if self._kind == "landlock" and os.geteuid() == 0:
            os.setgroups([])
            os.setresgid(NOBODY, NOBODY, NOBODY)
            os.setresuid(NOBODY, NOBODY, NOBODY)
            # The kernel forgets it with the change of the user.
            self._die_with_parent()
        lock(devices=self._told["devices"], code=code)

    def _die_with_parent(self) -> None:
        """Where process ids are our own, bubblewrap sees to it."""
        if self._told["parent"]:
            die_with(self._told["parent"])
