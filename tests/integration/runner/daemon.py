"""The runner in a process of its own."""

import asyncio
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.context import ForkServerProcess
from pathlib import Path

import runner.__main__
from core.protocol.orders import AttemptRef
from infra.embedded.services import Services
from runner.spool import JOURNAL, Spool
from tests.forked import Program
from tests.integration.runner import fake_engine
from tests.integration.runner.control_plane import PATIENCE_S

BEAT_S = 0.2


@dataclass
class Runner:
    """``folder`` holds its configuration, its state, its log, and what its engine left if that is the fake one."""

    folder: Path
    broker: Services
    python: Path
    _process: ForkServerProcess | None = None

    def configure(self, **changes: str) -> None:
        """Write its configuration; ``changes`` in TOML."""
        entries = {
            "id": f'"{self.broker.secrets.runner_id}"',
            "name": '"tested"',
            "platform": '"x86"',
            "nats_url": f'"{self.broker.environment["MGEPROF_NATS_URL"]}"',
            "seed_file": '"runner.nk"',
            "state_dir": '"state"',
            "beat_s": str(BEAT_S),
            "warm_spares": "0",
            "drain_s": "0",
            # Its engine is not a Python that could shut itself in.
            "sandbox": '"none"',
            **changes,
        }
        engine = f'[[engine]]\nversion = "1.13.0"\ndriver = "megengine"\npython = "{self.python}"\n'
        (self.folder / "runner.nk").write_text(self.broker.secrets.nats_edge)
        lines = [f"{name} = {value}" for name, value in entries.items()]
        (self.folder / "runner.toml").write_text("\n".join([*lines, engine]))

    async def start(self) -> None:
        log = self.folder / "log"
        log.touch()
        argv = ("runner", "--config", str(self.folder / "runner.toml"))
        self._process = await Program(runner.__main__._run, argv, output=log, errors=log).start()

    @property
    def spool(self) -> Path:
        return self.folder / "state" / "spool"

    @property
    def pid(self) -> int:
        assert self._process is not None
        assert self._process.pid is not None
        return self._process.pid

    async def end(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Send a signal; gives the exit code."""
        os.kill(self.pid, number)
        return await self.ended()

    async def ended(self) -> int:
        assert self._process is not None
        await asyncio.to_thread(self._process.join, PATIENCE_S)
        assert self._process.exitcode is not None
        return self._process.exitcode

    async def bury(self) -> None:
        if self._process is not None:
            self._process.kill()
            await self.ended()
            self._process.close()

    @property
    def said(self) -> str:
        return (self.folder / "log").read_text()

    def spooled(self, place: str) -> set[str]:
        """Attempts in ``orders``, ``reports`` or ``ended``."""
        with tempfile.TemporaryDirectory() as copy:  # its own is not to be touched while it runs
            spool = Spool(Path(shutil.copytree(self.spool, copy, dirs_exist_ok=True)))
        refs = {
            "orders": [order.ref for order in spool.orders()],
            "reports": [report.ref for report in spool.reports()],
            "ended": spool.ended(),
        }
        return {str(ref) for ref in refs[place]}

    def spoil_spool(self) -> Callable[[], object]:
        """Nothing can be written to it any more; gives what repairs that."""
        journal = self.spool / JOURNAL
        aside = journal.rename(journal.with_name("aside"))
        journal.mkdir()

        def repair() -> None:
            journal.rmdir()
            aside.rename(journal)

        return repair

    def left_in_scratch(self) -> list[str]:
        return [path.name for path in (self.folder / "state" / "scratch").iterdir()]

    def behave(self, word: str) -> None:
        """Tell the fake engine how its jobs end."""
        (self.folder / "behaviour").write_text(word)

    def begun(self) -> list[int]:
        """Process ids of the fake engine's jobs."""
        file = self.folder / "begun"
        return [int(pid) for pid in file.read_text().split()] if file.exists() else []


def fake_python(folder: Path) -> Path:
    """A program that stands in an engine environment's place of Python."""
    python = folder / "python"
    python.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{fake_engine.__file__}" "{folder}" "$@"\n')
    python.chmod(0o755)
    return python


def taken(runner: Runner, ref: AttemptRef) -> bool:
    """Whether the order is on disk."""
    return str(ref) in runner.spooled("orders")
