import asyncio
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from runner.engine.occupancy import ENGINE_BYTES, Occupancy, until_over

MB = 2**20
TOUCHED = "import sys; held = b'x' * (64 * 2**20)"
SAY_AND_WAIT = "print(flush=True); sys.stdin.read()"


@contextmanager
def process(program: str) -> Iterator[subprocess.Popen[bytes]]:
    """One that has said a line, and lives until the end of the block."""
    with subprocess.Popen(
        [sys.executable, "-I", "-S", "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as running:
        assert running.stdout is not None
        running.stdout.readline()
        yield running


def test_what_children_hold_counts_too() -> None:
    inner = f"{TOUCHED}; {SAY_AND_WAIT}"
    outer = f"import subprocess, sys; subprocess.run([sys.executable, '-I', '-S', '-c', {inner!r}])"
    with process(outer) as running:
        occupancy = Occupancy(running.pid)
        assert occupancy.resident() > 64 * MB
        running.communicate()
        assert occupancy.resident() == 0
        occupancy.close()


class Readings(Occupancy):
    """What it would read, one after the other; the last for ever."""

    def __init__(self, *resident: int) -> None:
        self._readings = list(resident)

    def resident(self) -> int:
        return self._readings.pop(0) if len(self._readings) > 1 else self._readings[0]

    def look_for_processes(self) -> None:
        """There is none."""

    def close(self) -> None:
        """Nothing is held."""


async def test_the_engine_itself_is_not_counted() -> None:
    readings = Readings(300 * MB, 300 * MB, 400 * MB, 401 * MB)
    assert await until_over(1, 100 * MB, lambda: True, lambda _: readings) == 401 * MB


async def test_what_claims_to_be_the_engine_has_an_end() -> None:
    """A program that is not locked in may say late that it is up."""
    readings = Readings(ENGINE_BYTES + 200 * MB)
    assert await until_over(1, 100 * MB, lambda: True, lambda _: readings) == ENGINE_BYTES + 200 * MB


async def test_before_the_engine_is_up_it_has_room_to_start() -> None:
    watching = asyncio.create_task(until_over(1, MB, lambda: False, lambda _: Readings(ENGINE_BYTES)))
    await asyncio.sleep(0.05)
    assert not watching.done()
    watching.cancel()
