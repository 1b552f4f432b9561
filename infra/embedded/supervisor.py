"""Keeps parts running: starts them on a leash, sees them become ready, restarts what dies, stops them in reverse order."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path

from infra.embedded.notify import NotifySocket
from infra.embedded.part import BackOff, Part, PartFailedError, State, tail

LEASH = Path(__file__).with_name("leash.py")
Changed = Callable[["Keeper"], None]
PROBE_EVERY_S = 0.02
LOG_LIMIT = 16 * 2**20


class Keeper:
    """Runs one part until told to stop. Made by the supervisor; what people read are the attributes."""

    def __init__(
        self, part: Part, log: Path, back_off: BackOff, held: tuple[int, ...], changed: Changed | None
    ) -> None:
        self.part, self.log = part, log
        self.state = State.WAITING
        self.status = ""
        self.pid: int | None = None
        self.starts = 0
        self.last_exit: int | None = None
        self._back_off, self._held, self._changed = back_off, held, changed
        self._ready = asyncio.Event()
        self._died = asyncio.Event()
        self.task: asyncio.Task[None] | None = None

    # ------------------------------------------------------------------------------------------------------- from outside

    async def start(self) -> None:
        """Start, and return when ready.

        Raises:
            PartFailedError: it ended `give_up_after` times in a row and was never ready.
        """
        if self.task is None or self.task.done():
            self.task = asyncio.create_task(self._keep(), name=f"keep {self.part.name}")
        await self.until_ready()

    async def until_ready(self) -> None:
        """Wait until the part is ready (again)."""
        if self.task is None:
            raise RuntimeError(f"{self.part.name} was not started")
        waiting = asyncio.create_task(self._ready.wait())
        try:
            await asyncio.wait({waiting, self.task}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            waiting.cancel()
        if self.task.done():
            await self.task
            raise PartFailedError(self.part.name, self.last_exit or 0, self.log)

    async def stop(self) -> None:
        """Stop for good: its own signal first, SIGKILL for its whole group when that takes too long."""
        if self.task is not None and not self.task.done():
            self.task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self.task
        self._become(State.STOPPED, self.status)

    async def kill(self, signum: signal.Signals = signal.SIGKILL) -> int:
        """Signal the running program and wait until it has ended; the supervisor then restarts it. Returns its exit code."""
        if self.pid is None:
            raise RuntimeError(f"{self.part.name} is not running")
        self._died.clear()
        os.kill(self.pid, signum)
        await self._died.wait()
        return self.last_exit or 0

    # -------------------------------------------------------------------------------------------------------- the one task

    async def _keep(self) -> None:
        failures = 0
        while True:
            ready_for = await self._run_once()
            was_ready = ready_for is not None
            failures = 1 if ready_for is not None and ready_for >= self._back_off.forgive_after_s else failures + 1
            if not was_ready and self.starts == failures >= self._back_off.give_up_after:
                self._become(State.STOPPED, self.status)
                raise PartFailedError(self.part.name, self.last_exit or 0, self.log)
            self._become(State.BACKING_OFF, f"ended with {self.last_exit}: {tail(self.log, lines=1)}")
            await asyncio.sleep(self._back_off.pause(failures))

    async def _run_once(self) -> float | None:
        """One life of the program; how long it was ready in seconds, None if never."""
        self._become(State.STARTING)
        self.starts += 1
        if self.part.prepare is not None:
            await self.part.prepare()
        async with NotifySocket(self._heard) as notify:
            process = await self._spawn(notify.address)
            self.pid = process.pid
            watching = asyncio.create_task(self._watch(notify), name=f"watch {self.part.name}")
            ended = asyncio.create_task(process.wait(), name=f"wait for {self.part.name}")
            began: float | None = None
            try:
                await asyncio.wait({ended, watching}, return_when=asyncio.FIRST_COMPLETED)
                if watching.done() and not ended.done():
                    watching.result()
                    began = time.monotonic()
                    self._become(State.READY, self.status)
                    self._ready.set()
                await ended
            except BaseException:
                # Told to stop, or the probe itself is broken: either way nothing may be left running.
                self._become(State.STOPPING)
                await self._end(process)
                raise
            finally:
                watching.cancel()
                ended.cancel()
                # Whatever the program left behind in its group; nothing, when it ended properly.
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
                self._ready.clear()
                self.pid, self.last_exit = None, process.returncode
                self._died.set()
        return None if began is None else time.monotonic() - began

    async def _spawn(self, notify_address: str) -> asyncio.subprocess.Process:
        part = self.part
        leash = [sys.executable, "-I", "-S", str(LEASH), part.death_signal.name.removeprefix("SIG"), str(os.getpid())]
        if part.data is not None:
            leash += ["--unprivileged", str(part.data)]
        if self.log.exists() and self.log.stat().st_size > LOG_LIMIT:
            self.log.replace(self.log.with_suffix(".log.1"))
        with self.log.open("ab") as log:
            return await asyncio.create_subprocess_exec(
                *leash,
                "--",
                *part.argv,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env={**part.env, "NOTIFY_SOCKET": notify_address},
                # Ctrl-C in the terminal is for us: we stop the parts in their order.
                start_new_session=True,
                pass_fds=self._held,
            )

    async def _watch(self, notify: NotifySocket) -> None:
        if self.part.probe is None:
            await notify.ready.wait()
            return
        while not await self.part.probe():  # noqa: ASYNC110 - another process, which sends us no events
            await asyncio.sleep(PROBE_EVERY_S)

    async def _end(self, process: asyncio.subprocess.Process) -> None:
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.send_signal(self.part.stop_signal)
            try:
                await asyncio.wait_for(process.wait(), self.part.stop_within_s)
            except TimeoutError:
                self.status = "did not stop in time, killed"
                process.kill()
        await process.wait()

    def _heard(self, text: str) -> None:
        self._become(self.state, text)

    def _become(self, state: State, status: str = "") -> None:
        self.state, self.status = state, status
        if self._changed is not None:
            self._changed(self)


class Supervisor:
    """All parts of a stack.

    `held` are file descriptors that every part inherits (the home's lock); `changed` hears of every new state.
    """

    def __init__(
        self,
        logs: Path,
        back_off: BackOff | None = None,
        held: Iterable[int] = (),
        changed: Changed | None = None,
    ) -> None:
        self._logs, self._back_off, self._held = logs, back_off or BackOff(), tuple(held)
        self._changed = changed
        self.keepers: dict[str, Keeper] = {}

    def add(self, part: Part) -> Keeper:
        """Take a part in; it waits until it is started."""
        keeper = Keeper(part, self._logs / f"{part.name}.log", self._back_off, self._held, self._changed)
        self.keepers[part.name] = keeper
        return keeper

    async def start(self, *names: str) -> None:
        """Start these parts at the same time, and return when all are ready.

        Raises:
            PartFailedError: of the first that does not come up.
        """
        self._logs.mkdir(parents=True, exist_ok=True)
        starting = [asyncio.create_task(self.keepers[name].start()) for name in names]
        try:
            await asyncio.gather(*starting)
        finally:
            for task in starting:
                task.cancel()

    async def failure(self) -> None:
        """Wait until the task of a part ends by itself, which it never does, and raise why."""
        tasks = [keeper.task for keeper in self.keepers.values() if keeper.task is not None]
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_EXCEPTION)
        for task in done:
            task.result()

    async def stop(self) -> None:
        """Stop every part, the last added first."""
        for keeper in reversed(self.keepers.values()):
            await keeper.stop()
