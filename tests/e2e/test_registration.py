"""A device registers by a token, works, is removed, and is out at once."""

from __future__ import annotations

import asyncio
import os
import shutil
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from infra.embedded.notify import NotifySocket
from infra.embedded.stack import Stack
from tests.e2e.processes import PATIENCE_S
from tests.e2e.user import CommandLine, User
from tests.integration.api.user import Json
from tests.unit.infra.test_bare_device import unit


async def _until_idle(user: User, runner: str) -> Json:
    async with asyncio.timeout(PATIENCE_S):
        while True:
            answer = await user.http.get(f"/api/v1/runners/{runner}")
            if answer.status_code == 200 and answer.json()["state"] == "idle":
                found: Json = answer.json()
                return found
            await asyncio.sleep(0.2)


@asynccontextmanager
async def as_the_unit_does(config: Path) -> AsyncIterator[asyncio.subprocess.Process]:
    """The runner as systemd begins it on a board: by the unit's command line, with the unit's environment and no more, once it has said that it is ready."""
    settings, folder = unit(), str(config.parent)
    here = {"/opt/mgeprof/.venv": sys.prefix, "/var/lib/mgeprof-runner": folder}

    def placed(text: str) -> str:
        for there, place in here.items():
            text = text.replace(there, place)
        return text

    name, _, value = placed(settings["Environment"]).partition("=")
    async with NotifySocket(lambda _: None) as notify:
        environment = {name: value, "PATH": os.defpath, "NOTIFY_SOCKET": notify.address}
        process = await asyncio.create_subprocess_exec(
            *placed(settings["ExecStart"]).split(), env=environment, umask=int(settings["UMask"], 8), cwd="/"
        )
        try:
            async with asyncio.timeout(PATIENCE_S):
                await notify.ready.wait()
            yield process
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()


@pytest.mark.usefixtures("engine_python")
async def test_a_device_registers_works_and_is_put_out(
    stack: Stack, mgeprof: CommandLine, user: User, examples: Path, tmp_path: Path
) -> None:
    token = (await user.http.post("/api/v1/enrolments", json={})).json()["token"]
    folder = tmp_path / "device"
    config = folder / "runner.toml"
    asked = ("--url", stack.url, "--token", token, "--name", "second bench", "--labels", "second", "--folder")
    registered = await mgeprof("runner", "register", *asked, str(folder))
    assert registered.code == 0, registered.err
    assert (folder / "runner.nk").stat().st_mode & 0o077 == 0
    assert (await mgeprof("runner", "status", "--config", str(config))).code == 0
    checked = await mgeprof("runner", "doctor", "--config", str(config))
    assert checked.code == 0, checked.out
    for found in ("key: enrolled", "server: reached", "storage: reached", "broker: reached", "as the server's"):
        assert found in checked.out

    async with as_the_unit_does(config) as process:
        runner = config.read_text().split('"')[1]
        seen = await _until_idle(user, runner)
        assert (seen["name"], seen["pool"], seen["labels"]) == ("second bench", "private", ["second"])
        files = ("--data", f"data={examples / 'resnet-data.npy'}", "--platform", "x86", "--engine", "1.13.0")
        options = ("--device", runner, "--iterations", "1", "--warmup", "1", "--passes", "1", "--wait", "--json")
        ran = await mgeprof("submit", str(examples / "resnet.mge"), *files, *options)
        assert ran.code == 0, ran.err
        [attempt] = ran.json["attempts"]
        assert (attempt["runner_id"], attempt["runner_name"]) == (runner, "second bench")
        removed = await user.http.delete(f"/api/v1/runners/{runner}")
        assert removed.json()["removed"] is True
        async with asyncio.timeout(PATIENCE_S):
            await process.wait()
    status = await mgeprof("runner", "status", "--config", str(config))
    assert (status.code, "revoked" in status.out) == (1, True)
    forgotten = await mgeprof("runner", "remove", "--yes", "--config", str(config))
    assert forgotten.code == 0
    assert not config.exists()


async def test_a_device_that_is_removed_is_out_at_the_server_too(
    stack: Stack, mgeprof: CommandLine, user: User, tmp_path: Path
) -> None:
    folder, away = tmp_path / "device", tmp_path / "away"
    config, lost = folder / "runner.toml", away / "runner.toml"
    token = (await user.http.post("/api/v1/enrolments", json={})).json()["token"]
    asked = ("--url", stack.url, "--token", token, "--name", "third bench", "--load-and-run", "1.0=/bin/true")
    assert (await mgeprof("runner", "register", *asked, "--folder", str(folder))).code == 0
    runner = config.read_text().split('"')[1]

    shutil.copytree(folder, away)
    lost.write_text(config.read_text().replace(stack.url, "http://127.0.0.1:9"))
    refused = await mgeprof("runner", "remove", "--yes", "--config", str(lost))
    assert (refused.code, lost.exists()) == (1, True)
    for word in ("nothing was removed", "--local-only", f"mgeprof device remove {runner}"):
        assert word in refused.err
    assert (await mgeprof("runner", "remove", "--yes", "--local-only", "--config", str(lost))).code == 0
    assert not lost.exists()
    assert (await mgeprof("runner", "status", "--config", str(config))).code == 0

    removed = await mgeprof("runner", "remove", "--yes", "--config", str(config))
    assert removed.code == 0, removed.err
    assert not config.exists()
    seen: Json = (await user.http.get(f"/api/v1/runners/{runner}")).json()
    assert seen["removed"] is True
