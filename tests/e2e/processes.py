"""Which processes belong to a home, as the kernel sees it: whatever they are called, and whoever their parent is by now."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path

PATIENCE_S = 120.0
"""For what happens by itself and soon. Two busy cores make everything slow, so it is generous: only a failing test waits so long."""


def processes_of(home: Path) -> dict[int, str]:
    """Every process that has `home` in its command line, its environment, its folder or its open files: pid and command line.

    Our own process and zombies (which have none of these any more) are left out.
    """
    return {pid: _text(place / "cmdline") for pid, place in _others() if _knows(place, str(home))}


def engines_of(home: Path) -> list[int]:
    """The engine's processes, at work or waiting for it: those that live in a folder of the runner's state on `home`."""
    return engines_in(home / "runner")


def engines_in(state: Path) -> list[int]:
    """The same for any runner's folder of state."""
    return [pid for pid, place in _others() if _link(place / "cwd").startswith(f"{state}/")]


def parent_of(pid: int) -> int | None:
    """Who started a process, or looks after it now; None when it has ended."""
    status = _text(Path(f"/proc/{pid}/status"))
    return next((int(line.split()[1]) for line in status.splitlines() if line.startswith("PPid:")), None)


async def until(condition: Callable[[], bool], what: str, within_s: float = PATIENCE_S) -> None:
    """Wait until `condition` holds; the process table tells nobody of its changes, so it has to be asked."""
    try:
        async with asyncio.timeout(within_s):
            while not condition():  # noqa: ASYNC110
                await asyncio.sleep(0.02)
    except TimeoutError:
        raise AssertionError(f"not within {within_s:g} s: {what}") from None


async def until_gone(home: Path) -> None:
    """Wait until no process of `home` is left."""
    try:
        await until(lambda: not processes_of(home), "all processes ended")
    except AssertionError:
        raise AssertionError(f"still there: {processes_of(home)}") from None


def _others() -> Iterator[tuple[int, Path]]:
    own = {"self", "thread-self", str(Path("/proc/self").resolve().name)}
    for place in Path("/proc").iterdir():
        if place.name.isdigit() and place.name not in own:
            yield int(place.name), place


def _knows(place: Path, text: str) -> bool:
    if any(text in _text(place / name) for name in ("cmdline", "environ")) or _link(place / "cwd").startswith(text):
        return True
    try:
        return any(_link(file).startswith(text) for file in (place / "fd").iterdir())
    except OSError:  # it ended meanwhile, or belongs to somebody else
        return False


def _text(file: Path) -> str:
    with contextlib.suppress(OSError):
        return file.read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
    return ""


def _link(file: Path) -> str:
    with contextlib.suppress(OSError):
        return str(file.readlink())
    return ""
