"""Landlock, and another user where the runner is root: for machines without bubblewrap, or without namespaces for everybody. Then the same lock."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from core.events.runner import SandboxKind
from runner.sandbox.sandbox import SYSTEM, SYSTEM_FACTS, Launch, bare_environment

WRITES = ("/dev/null", "/dev/zero", "/dev/urandom")


@dataclass(frozen=True)
class Landlock:
    """The process confines itself, before it imports the engine; so until then it is ours."""

    devices: Sequence[Path] = ()
    kind: ClassVar[SandboxKind] = SandboxKind.LANDLOCK

    def launch(self, reads: Sequence[Path], scratch: Path) -> Launch:
        told = {
            "kind": self.kind.value,
            "parent": os.getpid(),
            "devices": bool(self.devices),
            "reads": [*SYSTEM, *SYSTEM_FACTS, "/proc", *map(str, reads)],
            "writes": [*WRITES, str(scratch.resolve()), *map(str, self.devices)],
        }
        return Launch((), bare_environment(scratch), told)
