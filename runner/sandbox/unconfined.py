"""No sandbox: a process of its own with limits, and nothing else. Only for models that the runner's owner brings."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from core.events.runner import SandboxKind
from runner.sandbox.sandbox import Launch, bare_environment


@dataclass(frozen=True)
class Unconfined:
    kind: ClassVar[SandboxKind] = SandboxKind.NONE

    def launch(self, reads: Sequence[Path], scratch: Path) -> Launch:  # noqa: ARG002 - it may read everything
        return Launch((), bare_environment(scratch), {"kind": self.kind.value, "parent": os.getpid()})
