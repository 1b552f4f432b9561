"""What all kinds of sandboxes have in common."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar, Protocol

from core.events.runner import SandboxKind

SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64")
"""Where programs and libraries of the operating system are."""
SYSTEM_FACTS = ("/etc/ld.so.cache", "/sys/devices/system", "/sys/kernel/mm/transparent_hugepage")
"""What libraries ask about the machine, to compute inside as they would outside."""


@dataclass(frozen=True, slots=True)
class Launch:
    """How to start a confined process. ``told``: what it has to know to confine itself (``inside/confinement.py``)."""

    argv: tuple[str, ...]
    environment: dict[str, str]
    told: dict[str, Any] = field(default_factory=dict)


class Sandbox(Protocol):
    """One kind, as it is used on this machine."""

    kind: ClassVar[SandboxKind]

    def launch(self, reads: Sequence[Path], scratch: Path) -> Launch:
        """``argv`` is what has to stand before the program's own; ``reads``: what that has to read beside the operating system; ``scratch``: a folder that it may write to."""
        ...


def python_folders(python: Path) -> list[Path]:
    """What an interpreter has to read: its environment, and the Python that this was made from, by the names that lead there."""
    folders = [python.resolve().parents[1]]
    settings = python.parents[1] / "pyvenv.cfg"
    if settings.is_file():
        folders.append(python.parents[1])
        for line in settings.read_text(encoding="utf-8").splitlines():
            name, _, value = line.partition("=")
            if name.strip() == "home":
                folders.append(Path(value.strip()).parent)
    return [folder for folder in dict.fromkeys(folders) if folder != Path("/usr")]


def bare_environment(scratch: Path) -> dict[str, str]:
    """All that an engine's process has of an environment. MegEngine's import fails where HOME cannot be written."""
    return {
        "PATH": "/usr/bin:/bin",
        "HOME": str(scratch),
        "TMPDIR": str(scratch),
        "LANG": "C.UTF-8",
        "OPENBLAS_NUM_THREADS": "1",
    }
