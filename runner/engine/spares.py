"""Engine processes that are up before there is a job for them. Each does one job and is thrown away."""

import asyncio
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import structlog

from runner.engine.child import Child
from runner.engine.command import Command
from runner.engine.job import EngineFailed

logger = structlog.get_logger(__name__)

SETTLE_S = 0.5
"""How long nothing must have run before a spare is made: the last result is on its way, and the next attempt may come at once."""
_LONGEST_WAIT_S = 60.0


@dataclass(eq=False)
class _Spare:
    command: Command
    child: Child
    watcher: asyncio.Task[None] | None = None


class Spares:
    """Keeps at most ``most`` spares, about 190 MB each, for the commands used last first, ``each`` of one command. With ``most`` 0 every job gets a new process."""

    def __init__(self, folder: Path, commands: Sequence[Command], *, most: int = 1, each: int = 1) -> None:
        self._folder = folder
        self._commands = list(commands)
        self._most = most
        self._each = each
        self._spares: list[_Spare] = []
        self._numbers = count(1)
        self._busy = 0
        self._deaths = 0
        self._changed = asyncio.Event()

    @contextmanager
    def busy(self) -> Iterator[None]:
        """While anyone is in here no spare is made: it would disturb a measurement."""
        self._busy += 1
        self._changed.set()
        try:
            yield
        finally:
            self._busy -= 1
            self._changed.set()

    async def take(self, command: Command, scratch: Path) -> Child:
        """A spare if there is one, even one that still starts, else a new process in ``scratch``. Other spares that still start are ended: they would disturb. Raises EngineFailed."""
        self._prefer(command)
        found = next((one for one in self._spares if one.command == command and _alive(one)), None)
        if found is not None:
            self._spares.remove(found)
        try:
            if found is not None:
                await self._unwatch(found)
                self._deaths = 0
            for one in [one for one in self._spares if one.child.hello is None]:
                await self._drop(one)
        except BaseException:
            if found is not None:
                await found.child.bury()
            raise
        return found.child if found is not None else await Child.start(command, scratch)

    async def keep(self) -> None:
        """Make spares whenever nothing runs, for ever."""
        while True:
            self._changed.clear()
            if not self._busy and (wanted := self._wanted()) is not None:
                if not await self._quiet_for(min(SETTLE_S * 2**self._deaths, _LONGEST_WAIT_S)):
                    continue
                await self._make(wanted)
            else:
                await self._changed.wait()

    async def close(self) -> None:
        """End all spares."""
        for one in list(self._spares):
            await self._drop(one)

    def ready(self) -> int:
        """Spares that are up."""
        return sum(one.child.hello is not None and _alive(one) for one in self._spares)

    def _prefer(self, command: Command) -> None:
        if command in self._commands:
            self._commands.remove(command)
            self._commands.insert(0, command)

    def _wanted(self) -> Command | None:
        """The command that lacks a spare."""
        room = self._most
        for command in self._commands:
            have = sum(one.command == command for one in self._spares)
            if room > 0 and have < self._each:
                return command
            room -= have
        return None

    async def _quiet_for(self, seconds: float) -> bool:
        try:
            await asyncio.wait_for(self._changed.wait(), seconds)
        except TimeoutError:
            return True
        return False

    async def _make(self, command: Command) -> None:
        # What was kept for a command that was not used lately gives way.
        while len(self._spares) >= self._most:
            await self._drop(self._spares[0])
        folder = self._folder / f"spare-{next(self._numbers)}"
        folder.mkdir(parents=True)
        try:
            child = await Child.start(command, folder, owned=True)
        except EngineFailed as failure:
            shutil.rmtree(folder, ignore_errors=True)
            self._deaths += 1
            logger.warning("no spare", action="spare_failed", error=failure.message)
            return
        spare = _Spare(command, child)
        spare.watcher = asyncio.create_task(self._watch(spare), name=f"spare {child.process.pid}")
        self._spares.append(spare)

    async def _watch(self, spare: _Spare) -> None:
        """Until it is taken: hear when it is up, and notice when it dies."""
        try:
            spare.child.hello = await spare.child.lines.readuntil(b"\n")
        except (asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            spare.child.kill()
        code = await spare.child.process.wait()
        self._deaths += 1
        logger.warning("a spare died", action="spare_died", exit_code=code)
        self._spares.remove(spare)
        await spare.child.bury()
        self._changed.set()

    async def _unwatch(self, spare: _Spare) -> None:
        if spare.watcher is not None:
            spare.watcher.cancel()
            await asyncio.wait([spare.watcher])

    async def _drop(self, spare: _Spare) -> None:
        self._spares.remove(spare)
        await self._unwatch(spare)
        await spare.child.bury()


def _alive(spare: _Spare) -> bool:
    return spare.child.process.returncode is None
