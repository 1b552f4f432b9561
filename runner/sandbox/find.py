"""Which kind of sandbox works on this machine, tried and not guessed."""

import asyncio
import contextlib
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from core.events.runner import SandboxKind
from runner.sandbox.bubblewrap import Bubblewrap, find_bubblewrap
from runner.sandbox.landlock import Landlock
from runner.sandbox.sandbox import Launch, Sandbox
from runner.sandbox.unconfined import Unconfined

TRIAL_S = 30.0
TIGHTEST_FIRST = (SandboxKind.BUBBLEWRAP, SandboxKind.LANDLOCK)
NOT_INSTALLED = "it is not installed"

Trial = Callable[[Sandbox, Path], Launch]
"""How a process is started in a sandbox, with a scratch folder, that shuts it and ends with 0."""


@dataclass(frozen=True)
class Found:
    """``refused``: why each kind that would have been tighter does not work here."""

    sandbox: Sandbox
    refused: dict[SandboxKind, str]

    @property
    def why(self) -> str:
        return "; ".join(f"{kind}: {reason}" for kind, reason in self.refused.items())


async def find_sandbox(trial: Trial, devices: Sequence[Path], only: SandboxKind | None = None) -> Found:
    """The tightest kind that works; with ``only``, that one or none."""
    refused: dict[SandboxKind, str] = {}
    for kind in TIGHTEST_FIRST if only is None else (only,):
        if kind is SandboxKind.NONE:
            refused[kind] = "it is configured so"
            break
        sandbox = _made(kind, devices)
        problem = NOT_INSTALLED if sandbox is None else await _problem(sandbox, trial)
        if sandbox is not None and problem is None:
            return Found(sandbox, refused)
        refused[kind] = problem or ""
    return Found(Unconfined(), refused)


def _made(kind: SandboxKind, devices: Sequence[Path]) -> Sandbox | None:
    if kind is SandboxKind.LANDLOCK:
        return Landlock(devices)
    program = find_bubblewrap()
    return Bubblewrap(program, devices) if program else None


async def _problem(sandbox: Sandbox, trial: Trial) -> str | None:
    """What the process said that was to shut itself in; None when it did."""
    with tempfile.TemporaryDirectory(prefix="mgeprof-trial-") as scratch:
        launch = trial(sandbox, Path(scratch))
        try:
            process = await asyncio.create_subprocess_exec(
                *launch.argv, stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.STDOUT, cwd=scratch, env=launch.environment,
            )  # fmt: skip
        except OSError as error:
            return str(error)
        try:
            output, _ = await asyncio.wait_for(process.communicate(), TRIAL_S)
        except TimeoutError:
            return f"a trial did not end within {TRIAL_S:g} seconds"
        finally:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()
    words = output.decode("utf-8", "replace").strip()
    return None if process.returncode == 0 else (words.splitlines() or [f"exit code {process.returncode}"])[-1][:300]
