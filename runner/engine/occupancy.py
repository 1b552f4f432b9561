"""What an engine's processes occupy, seen from outside.

A limit on address space does not bound what processes of one sandbox occupy together, and where a graphics card's driver reserves addresses by the terabyte there can be none.
"""

import asyncio
import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from time import monotonic

LOOK_EVERY_S = 0.02
"""How often the memory of known processes is read: what comes on top between two looks is at most what the machine can clear in that time."""
PROCESSES_EVERY_S = 1.0
"""How often new processes are looked for; once the sandbox is shut there are none."""
ENGINE_BYTES = 2 * 2**30
"""The most that counts as the engine itself."""
_PAGE = os.sysconf("SC_PAGE_SIZE")


class Occupancy:
    """Resident memory of a process and of all that it started. Holds a descriptor for each, which outlives the use of its number by others, until it is closed."""

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._held: dict[int, int] = {}
        self.look_for_processes()

    def look_for_processes(self) -> None:
        for pid in _with_descendants(self._pid):
            if pid not in self._held:
                with suppress(OSError):
                    self._held[pid] = os.open(f"/proc/{pid}/statm", os.O_RDONLY | os.O_CLOEXEC)

    def resident(self) -> int:
        """Bytes now; what several share is counted for each of them."""
        return sum(self._resident_of(pid) for pid in list(self._held))

    def close(self) -> None:
        while self._held:
            os.close(self._held.popitem()[1])

    def _resident_of(self, pid: int) -> int:
        try:
            return int(os.pread(self._held[pid], 100, 0).split()[1]) * _PAGE
        except (OSError, IndexError):  # it has ended
            os.close(self._held.pop(pid))
            return 0


async def until_over(
    pid: int, budget: int, engine_is_up: Callable[[], bool], read: Callable[[int], Occupancy] = Occupancy
) -> int:
    """Returns what is occupied once it is more than ``budget`` bytes beyond what the engine itself took when it came up, and never as long as it is not."""
    occupancy = read(pid)
    own, looked_at = None, monotonic()
    try:
        while True:
            if own is None and engine_is_up():
                occupancy.look_for_processes()
                own = min(occupancy.resident(), ENGINE_BYTES)
            resident = occupancy.resident()
            if resident > budget + (ENGINE_BYTES if own is None else own):
                return resident
            if monotonic() - looked_at >= PROCESSES_EVERY_S:
                occupancy.look_for_processes()
                looked_at = monotonic()
            await asyncio.sleep(LOOK_EVERY_S)
    finally:
        occupancy.close()


def _with_descendants(pid: int) -> Iterator[int]:
    yield pid
    children: list[str] = []
    for thread in _threads(pid):
        with suppress(OSError):
            children += (thread / "children").read_text(encoding="ascii").split()
    for child in children:
        yield from _with_descendants(int(child))


def _threads(pid: int) -> list[Path]:
    try:
        return list(Path(f"/proc/{pid}/task").iterdir())
    except OSError:
        return []
