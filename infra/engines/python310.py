"""Finding a CPython 3.10 on this machine: MegEngine's wheels end there."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

WANTED = "3.10"
ASK = "import ctypes, ssl, sys; print('%d.%d' % sys.version_info[:2], sys.implementation.name)"


class NoPythonError(Exception):
    """There is no Python 3.10 here, and none could be had."""


class NoUvError(Exception):
    """uv is not to be found."""


def find_uv() -> str:
    """The uv program: the one on the PATH, or the one that `make setup` brought.

    Raises:
        NoUvError: neither is there.
    """
    places = [shutil.which("uv"), str(Path(sys.prefix, "bin", "uv")), os.environ.get("MGEPROF_UV")]
    for place in places:
        if place is not None and os.access(place, os.X_OK):
            return place
    raise NoUvError("uv is not on the PATH. Install it (https://docs.astral.sh/uv/) or run this through `make setup`.")


def runs(python: Path) -> bool:
    """Whether this is a CPython 3.10 that really starts (a pyenv shim may be there and refuse)."""
    try:
        said = subprocess.run([python, "-I", "-c", ASK], capture_output=True, text=True, timeout=30, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return said.returncode == 0 and said.stdout.split() == [WANTED, "cpython"]


def pyenv_pythons(root: Path) -> list[Path]:
    """The 3.10 interpreters of a pyenv folder, newest first."""
    found = [version for version in root.glob(f"versions/{WANTED}.*") if version.name.split(".")[-1].isdigit()]
    newest_first = sorted(found, key=lambda version: int(version.name.split(".")[-1]), reverse=True)
    return [version / "bin" / f"python{WANTED}" for version in newest_first]


def candidates(path: str | None, pyenv: Path) -> Iterator[Path]:
    """Where a 3.10 may be on this machine, cheapest first: the PATH, then pyenv's folder."""
    on_path = shutil.which(f"python{WANTED}", path=path)
    if on_path is not None:
        yield Path(on_path)
    yield from pyenv_pythons(pyenv)


def find_python(uv: str) -> Path:
    """A Python 3.10: one that is here, else one that uv knows, else one that uv brings.

    Raises:
        NoPythonError: with what to do.
    """
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    for python in candidates(os.environ.get("PATH"), pyenv):
        if runs(python):
            return python
    return python_of_uv(uv)


def python_of_uv(uv: str) -> Path:
    """The 3.10 that uv finds, after installing it when there is none."""
    find = [uv, "python", "find", "--no-project", WANTED]
    found = subprocess.run(find, capture_output=True, text=True, check=False)
    if found.returncode != 0:
        brought = subprocess.run([uv, "python", "install", WANTED], capture_output=True, text=True, check=False)
        if brought.returncode != 0:
            raise NoPythonError(
                f"{brought.stderr.strip()}\n"
                f"MegEngine needs Python {WANTED}, which is not on this machine, and uv could not fetch one (above). "
                f"Install python{WANTED} (a package or pyenv), or, where GitHub cannot be reached, name a mirror of "
                "python-build-standalone (export UV_PYTHON_INSTALL_MIRROR=https://…). Then run the same command again."
            )
        found = subprocess.run(find, capture_output=True, text=True, check=False)
    python = Path(found.stdout.strip())
    if not runs(python):
        raise NoPythonError(f"uv says that Python {WANTED} is at {python}, but that does not run.")
    return python
