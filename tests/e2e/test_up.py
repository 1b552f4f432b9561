"""`mgeprof up` as people run it: killed with -9, started again, started twice, stopped with Ctrl-C."""

from __future__ import annotations

import asyncio
import contextlib
import os
import pty
import re
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from client.client import Client
from client.connection import find_connection
from client.live import Phase
from client.models import Task
from tests.e2e.processes import PATIENCE_S, engines_of, processes_of, until, until_gone
from tests.e2e.user import CommandLine

pytestmark = pytest.mark.engine

READY = "Ctrl-C stops everything."
UP = (sys.executable, "-P", "-m", "infra.cli.main", "up", "--home")
# What every line of processes must name one of, and all of which must be there while a task runs.
KINDS = {
    "nats": "nats-server",
    "postgres": "postgres -D",
    "a postgres backend": "postgres: ",
    "s3": "rclone",
    "scheduler": "-m core.scheduler",
    "projector": "-m projections",
    "api": "-m api",
    "runner": "-m runner",
}
# Some 3 s of timing: long enough to be killed in the middle, short enough to be done again.
LONG = {"iterations": 1_000, "profiled_passes": 1}
ENDLESS = {"iterations": 100_000}

mgeprof = CommandLine({"COLUMNS": "200"})


@pytest.fixture
def home(engine_python: Path, tmp_path: Path) -> Path:  # noqa: ARG001 - it must be there
    return tmp_path / "home"


@contextlib.asynccontextmanager
async def up(home: Path) -> AsyncIterator[asyncio.subprocess.Process]:
    """`mgeprof up` from the moment that it says it is ready; killed at the end, if it still runs."""
    process = await asyncio.create_subprocess_exec(
        *(*UP, home), stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, start_new_session=True
    )
    try:
        await until_said(process, READY)
        yield process
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()
        await until_gone(home)


async def until_said(process: asyncio.subprocess.Process, text: str) -> list[str]:
    """Its lines up to the one with `text`."""
    lines: list[str] = []
    assert process.stdout is not None
    async with asyncio.timeout(PATIENCE_S):
        async for line in process.stdout:
            lines.append(line.decode())
            if text in lines[-1]:
                return lines
    pytest.fail(f"ended without saying {text!r}: {''.join(lines)}")


def client_of(home: Path) -> Client:
    # The home's own server, whatever the environment says.
    return Client(find_connection(home=home, environment={}))


async def submit(client: Client, examples: Path, options: dict[str, Any]) -> Task:
    model = await client.upload_model(examples / "resnet.mge")
    data = await client.upload_input(examples / "resnet-data.npy")
    return await client.submit(model, platform="x86", engine="1.13.0", inputs={"data": data}, options=options)


async def until_timing(client: Client, task: Task) -> None:
    """Wait until the engine measures."""
    async for item in client.follow(task.id):
        if isinstance(item, Phase) and item.phase == "timing":
            return
    pytest.fail("it ended before")


async def losses(client: Client, task: Task) -> list[str]:
    """Why attempts of a task were lost. Not `lease_ended`: the runner itself said so, and nobody had to wait."""
    return [
        event.data["reason"] for event in (await client.events(task.id)).items if event.short_type == "attempt_lost"
    ]


def check_everything_runs(home: Path) -> None:
    """That our way to find processes finds every kind of them: else it would prove nothing when it finds none."""
    found = processes_of(home)
    engines = engines_of(home)
    assert engines
    assert set(engines) <= set(found)
    missing = {kind for kind, sign in KINDS.items() if not any(sign in line for line in found.values())}
    assert missing == set(), found


async def test_a_kill_or_ctrl_c_leaves_no_process_and_loses_no_task(home: Path, examples: Path) -> None:
    async with up(home) as process, client_of(home) as client:
        done = await client.wait((await submit(client, examples, {})).id)
        running = await submit(client, examples, LONG)
        waiting = await submit(client, examples, {"iterations": 3})
        await until_timing(client, running)
        check_everything_runs(home)
        process.kill()
        await until_gone(home)

    screen = Terminal.start(*UP, home)
    try:
        shown = await screen.until_shown(READY)
        for part in ("nats", "postgres", "s3", "scheduler", "projector", "api", "runner"):
            assert re.search(rf"{part} +ready", shown), shown
        async with client_of(home) as client:
            await check_nothing_was_lost(client, done, running, waiting)
            second = await mgeprof("up", "--home", home)
            assert second.code == 1
            said = f"mgeprof runs on {home} already at {client.http.connection.url} (pid {screen.process.pid})."
            assert said in " ".join(second.err.split())

            endless = await submit(client, examples, ENDLESS)
            await until_timing(client, endless)
            check_everything_runs(home)
            screen.press_ctrl_c()
            assert await asyncio.to_thread(screen.process.wait, PATIENCE_S) == 0
    finally:
        screen.close()
    # A child that was still there now would not be ours to wait for.
    assert processes_of(home) == {}
    assert not (home / "stack.json").exists()
    assert "database system is shut down" in (home / "logs" / "postgres.log").read_text()
    assert (await mgeprof("show", endless.id, "--home", home)).code == 1


async def check_nothing_was_lost(client: Client, done: Task, running: Task, waiting: Task) -> None:
    """After a kill: what had ended stands as it was, what ran is run again without anybody waiting for a lease, what waited is run."""
    assert (await client.task(done.id)).document == done.document
    again = await client.wait(running.id)
    assert [attempt.outcome for attempt in again.attempts] == ["lost", "completed"]
    assert await losses(client, running) == ["abandoned"]
    assert (await client.wait(waiting.id)).attempt == 1
    states = {task.id: task.state for task in (await client.tasks()).items}
    assert states == {task.id: "completed" for task in (done, running, waiting)}


class Terminal:
    """A program on a terminal of its own, whose output is read all the time: a full terminal would stop the program."""

    def __init__(self, process: subprocess.Popen[bytes], master: int) -> None:
        self.process = process
        self._master = master
        self._shown = b""
        asyncio.get_running_loop().add_reader(master, self._read)

    @classmethod
    def start(cls, *argv: str | Path) -> Terminal:
        master, slave = pty.openpty()
        # The program leads a session of its own and this is its terminal: so Ctrl-C reaches it as it reaches a person's program.
        take = (
            "import fcntl, os, sys, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0); os.execvp(sys.argv[1], sys.argv[1:])"
        )
        process = subprocess.Popen(
            [sys.executable, "-I", "-c", take, *map(str, argv)],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            start_new_session=True,
            env={**os.environ, "TERM": "xterm", "COLUMNS": "200", "LINES": "50"},
        )
        os.close(slave)
        return cls(process, master)

    async def until_shown(self, pattern: str) -> str:
        """Everything that was shown so far, without colours, when `pattern` is in it."""
        await until(
            lambda: re.search(pattern, self.shown) is not None or self.process.poll() is not None,
            f"{pattern!r} on the terminal",
        )
        assert self.process.returncode is None, self.shown
        return self.shown

    @property
    def shown(self) -> str:
        return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", self._shown.decode(errors="replace"))

    def press_ctrl_c(self) -> None:
        os.write(self._master, b"\x03")

    def close(self) -> None:
        asyncio.get_running_loop().remove_reader(self._master)
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()
        os.close(self._master)

    def _read(self) -> None:
        try:
            self._shown += os.read(self._master, 65_536)
        except OSError:  # nobody holds the other end any more
            asyncio.get_running_loop().remove_reader(self._master)
