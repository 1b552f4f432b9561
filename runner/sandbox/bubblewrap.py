"""bubblewrap: namespaces of its own, a file system with nothing in it but the engine, no network, no environment; then the lock."""

import shutil
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain
from pathlib import Path
from typing import ClassVar

from core.events.runner import SandboxKind
from runner.sandbox.sandbox import SYSTEM, SYSTEM_FACTS, Launch, bare_environment

SCRATCH = Path("/scratch")
SCRATCH_BYTES, SHARED_BYTES = 64 * 2**20, 16 * 2**20
NOBODY = "65534"
ALONE = (
    *("--unshare-user", "--unshare-ipc", "--unshare-pid", "--unshare-net", "--unshare-uts", "--unshare-cgroup-try"),
    *("--uid", NOBODY, "--gid", NOBODY, "--hostname", "engine", "--cap-drop", "ALL"),
    *("--die-with-parent", "--new-session", "--clearenv"),
)


@dataclass(frozen=True)
class Bubblewrap:
    """``program``: bubblewrap itself. ``devices``: files below ``/dev`` that go in, for graphics cards. The process that starts it has to live on in the thread that started it: the kernel ends the sandbox with that thread."""

    program: Path
    devices: Sequence[Path] = ()
    kind: ClassVar[SandboxKind] = SandboxKind.BUBBLEWRAP

    def launch(self, reads: Sequence[Path], scratch: Path) -> Launch:  # noqa: ARG002 - it has a scratch of its own
        environment = chain.from_iterable(("--setenv", *one) for one in bare_environment(SCRATCH).items())
        argv = (
            *(str(self.program), *ALONE, *_no_further_namespaces(self.program), *environment),
            *_system(),
            *_bound("--ro-bind", reads),
            *("--proc", "/proc", "--dev", "/dev"),
            *_bound("--dev-bind", self.devices),
            *("--size", str(SHARED_BYTES), "--tmpfs", "/dev/shm", "--remount-ro", "/dev"),  # noqa: S108 - inside
            *("--size", str(SCRATCH_BYTES), "--tmpfs", str(SCRATCH), "--chdir", str(SCRATCH)),
            *("--remount-ro", "/", "--"),
        )
        # Without an environment for bubblewrap itself, too: its first process inside would show ours.
        return Launch(argv, {}, {"kind": self.kind.value, "parent": 0, "devices": bool(self.devices)})


def find_bubblewrap() -> Path | None:
    found = shutil.which("bwrap")
    return Path(found) if found else None


def _system() -> Iterator[str]:
    """``/lib`` and others are links on newer systems, and folders on older ones."""
    for name in SYSTEM:
        path = Path(name)
        if path.is_symlink():
            yield from ("--symlink", str(path.readlink()), name)
        elif path.is_dir():
            yield from ("--ro-bind", name, name)
    for name in SYSTEM_FACTS:
        yield from ("--ro-bind-try", name, name)


def _bound(how: str, paths: Sequence[Path]) -> Iterator[str]:
    return chain.from_iterable((how, str(path), str(path)) for path in paths)


@cache
def _no_further_namespaces(program: Path) -> tuple[str, ...]:
    """Known from bubblewrap 0.8 on; where it is missing the lock alone forbids them."""
    said = subprocess.run([program, "--version"], capture_output=True, text=True, check=False).stdout
    numbers = tuple(int(part) for part in said.rpartition(" ")[2].strip().split(".")[:2] if part.isdigit())
    return ("--disable-userns",) if numbers >= (0, 8) else ()
