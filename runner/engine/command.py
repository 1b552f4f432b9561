"""What is run to have an engine, and in what it is kept."""

import json
from dataclasses import dataclass
from pathlib import Path

from runner.sandbox.sandbox import Launch, Sandbox, python_folders

INSIDE = Path(__file__).parents[1] / "sandbox"
"""The worker's modules beside its own folder."""


@dataclass(frozen=True)
class Command:
    """``worker`` run by ``python``. ``role``: what else it is told; ``reads``: what else it has to read."""

    python: Path
    worker: Path
    sandbox: Sandbox
    role: tuple[str, ...] = ()
    reads: tuple[Path, ...] = ()

    def launch(self, scratch: Path, lines: int, control: int) -> Launch:
        """To be started with the descriptors ``lines``, which it writes to, and ``control``, which it hears."""
        reads = (*python_folders(self.python), self.worker, INSIDE, *self.reads)
        launch = self.sandbox.launch(reads, scratch)
        told = json.dumps({"lines": lines, "control": control, "confinement": launch.told})
        argv = (*launch.argv, str(self.python), "-I", str(self.worker), *self.role, told)
        return Launch(argv, launch.environment)

    def trial(self, scratch: Path) -> Launch:
        """To be started to see whether this kind of sandbox works here; the worker ends with 0 then."""
        launch = self.sandbox.launch((*python_folders(self.python), self.worker, INSIDE), scratch)
        argv = (*launch.argv, str(self.python), "-I", str(self.worker), "trial", json.dumps(launch.told))
        return Launch(argv, launch.environment)
