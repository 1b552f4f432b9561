"""Making an engine environment: a virtual environment on Python 3.10 from hashed requirements."""

from __future__ import annotations

import contextlib
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import filelock

from infra.engines.environment import Engine, engine, known_versions
from infra.engines.python310 import find_python, find_uv

Tell = Callable[[str], None]
"""Hears what is being done now, in one line."""


FETCH_AGAIN = (
    "If the package index did not answer: check the network, or name a mirror (export UV_DEFAULT_INDEX=https://…/simple). "
    "Then run the same command again: what was fetched is kept."
)


class EngineInstallError(Exception):
    """An engine environment could not be made."""


def install_engine(version: str, tell: Tell, *, force: bool = False) -> Engine:
    """Make the environment of `version`, unless it is there; with `force`, make it again.

    A broken-off install leaves no stamp and is started over. Two installs of one version wait for each other.

    Raises:
        EngineInstallError: an unknown version, or a step failed (the message holds what it said).
        NoPythonError, NoUvError: something that it needs is missing.
    """
    wanted = engine(version)
    if not wanted.requirements.exists():
        raise EngineInstallError(f"MegEngine {version} is not known here. Known: {', '.join(known_versions())}.")
    if wanted.whole() and not force:
        return wanted
    wanted.folder.parent.mkdir(parents=True, exist_ok=True)
    with only_one(wanted, tell):
        if wanted.whole() and not force:
            return wanted
        # Virtual environments cannot be moved: it is built in its place, and counts from the moment the stamp is there.
        shutil.rmtree(wanted.folder, ignore_errors=True)
        build(wanted, find_uv(), tell)
    return wanted


@contextlib.contextmanager
def only_one(wanted: Engine, tell: Tell) -> Iterator[None]:
    """Hold the lock of an environment, as soon as no other install does."""
    lock = filelock.FileLock(wanted.folder.with_name(f".{wanted.version}.lock"))
    try:
        lock.acquire(timeout=0)
    except filelock.Timeout:
        tell("waiting for another install to end")
        lock.acquire()
    try:
        yield
    finally:
        lock.release()


def build(wanted: Engine, uv: str, tell: Tell) -> None:
    """The steps of an install, in the empty place of `wanted`."""
    tell("looking for Python 3.10")
    python = find_python(uv)
    tell(f"making an environment with {python}")
    run([uv, "venv", "--quiet", "--no-project", "--python", str(python), str(wanted.folder)], tell)
    tell("downloading and unpacking MegEngine: 1 GB to fetch, 2 GB on disk")
    install = [
        uv,
        "pip",
        "install",
        "--python",
        str(wanted.python),
        "--no-deps",
        "--require-hashes",
        "--compile-bytecode",
    ]
    try:
        run([*install, "--requirements", str(wanted.requirements)], tell)
    except EngineInstallError as error:
        raise EngineInstallError(f"{error}\n{FETCH_AGAIN}") from error
    tell("checking that it starts")
    # Not in whatever folder we stand: a file called numpy.py there is not meant.
    check = [str(wanted.python), "-I", "-W", "ignore", "-c", "import megengine; print(megengine.__version__)"]
    found = run(check, lambda _: None)
    if found.splitlines()[-1:] != [wanted.version]:
        raise EngineInstallError(f"{wanted.folder} was installed but says that it is {found!r}.")
    wanted.stamp.write_text(wanted.digest())


def run(argv: list[str], tell: Tell) -> str:
    """Run one step, telling each line of its progress; returns its standard output.

    Raises:
        EngineInstallError: it failed.
    """
    with tempfile.TemporaryFile("w+") as out:
        with subprocess.Popen(argv, stdout=out, stderr=subprocess.PIPE, text=True, cwd=tempfile.gettempdir()) as step:
            lines = [line.rstrip() for line in heard(step, tell)]
        out.seek(0)
        said = out.read()
    if step.returncode != 0:
        end = "\n".join([*said.splitlines(), *lines][-20:])
        raise EngineInstallError(f"{Path(argv[0]).name} {argv[1]} ended with {step.returncode}:\n{end}")
    return said


def heard(step: subprocess.Popen[str], tell: Tell) -> list[str]:
    """All lines of a step's standard error, told as they come."""
    lines = []
    for line in step.stderr or ():
        lines.append(line)
        # Not the closing list of every package.
        if line.strip() and not line.startswith(" +"):
            tell(line.strip())
    return lines
