"""What the documentation says about integrations, run as it stands there."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import re
import shlex
import shutil
import socket
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import httpx2
import pytest

from api.parts import Parts
from api.webhooks import signing
from core.events.failure import FailureKind
from core.events.ids import new_id
from core.profile.analyse import analyse
from core.profile.document import dump_document
from tests.integration.api.fleet import Fleet
from tests.integration.api.receiver import Reply, receiving
from tests.integration.api.user import Json, User, a_model, an_npy
from tests.integration.api.webhooks import Runs, delivering, made, nothing_waits, until
from tests.unit.profile.generated import raw_profile
from tests.unit.profile.test_analyse import MEASURED, conv, relu

DOCS = Path(__file__).parents[3] / "docs"
EXAMPLES = DOCS / "examples"
PAGES = ("integrations.md", "integrations.zh-CN.md")


def block(page: str, language: str, holding: str) -> str:
    """The one block of a page in that language that holds these words."""
    text = (DOCS / page).read_text(encoding="utf-8")
    [found] = [one for one in re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL) if holding in one]
    return str(found)


@contextlib.asynccontextmanager
async def running(*command: str, **environment: str) -> AsyncIterator[asyncio.subprocess.Process]:
    known = {name: value for name, value in os.environ.items() if not name.startswith("MGEPROF_")}
    root = str(EXAMPLES.parents[1])
    process = await asyncio.create_subprocess_exec(
        *command,
        env={**known, "PYTHONPATH": root, "PYTHONUNBUFFERED": "1", **environment},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        yield process
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()


async def line(process: asyncio.subprocess.Process, holding: str) -> str:
    """The next line that holds these words."""
    assert process.stdout is not None
    seen = ""
    async with asyncio.timeout(60):
        while told := (await process.stdout.readline()).decode():
            seen += told
            if holding in told:
                return told
    raise AssertionError(f"ended with {await process.wait()} and without it:\n{seen}")


@pytest.fixture
def url(streaming: httpx2.AsyncClient) -> str:
    """Of a real server."""
    return str(streaming.base_url).rstrip("/")


async def again_until_told(runs: Runs, process: asyncio.subprocess.Process, holding: str) -> str:
    """Runs are made until the program tells of one: it may have begun to listen after the first."""
    reading = asyncio.create_task(line(process, holding))
    while not reading.done():
        await runs.whole()
        await asyncio.wait({reading}, timeout=1.0)
    return reading.result()


async def test_python_follows_the_log(runs: Runs, url: str, token: str) -> None:
    for page in PAGES:
        shown = block(page, "python", "follow_log")
        assert "async with AsyncClient.find() as mgeprof:" in shown
        assert "print(event.sequence, event.type, event.thing)" in shown
    async with running(sys.executable, str(EXAMPLES / "follow.py"), MGEPROF_URL=url, MGEPROF_TOKEN=token) as process:
        told = await again_until_told(runs, process, "task.completed")
    assert re.fullmatch(r"\d+ task\.completed [0-9a-f-]{36}\n", told)


@pytest.mark.parametrize("page", PAGES)
async def test_curl_follows_the_log(page: str, runs: Runs, url: str, token: str) -> None:
    command = "exec " + block(page, "sh", "curl ")
    async with running("sh", "-c", command, MGEPROF_URL=url, MGEPROF_TOKEN=token) as process:
        told = await again_until_told(runs, process, '"type":"task.completed"')
    event = json.loads(told.partition("data:")[2])
    assert event["specversion"] == "1.0"


@pytest.mark.parametrize("page", PAGES)
async def test_nats_hears_what_failed(page: str, stack: dict[str, str], runs: Runs) -> None:
    """With the nats command line where there is one; else with a stand-in that is given the very same words."""
    shown = block(page, "sh", "nats --server").replace("$NATS_URL", stack["MGEPROF_NATS_URL"])
    _, *words = shlex.split(shown.replace(".mgeprof/nats/view.nk", stack["TEST_VIEW_KEY"]))
    assert stack["TEST_VIEW_KEY"] in words
    nats, stand_in = shutil.which("nats"), str(Path(__file__).with_name("nats_stand_in.py"))
    program = (nats,) if nats else (sys.executable, stand_in)
    async with running(*program, *words, "--count", "1") as process:
        await line(process, "Subscribing on")
        task = await runs.submit()
        await runs.fleet.start(task)
        await runs.fleet.fail(task, FailureKind.BAD_MODEL, {"message": "no"})
        assert f"log.task.x86.{task}.failed" in await line(process, "Received on")


@pytest.fixture
def free_port() -> int:
    """A port on which nobody listens; the one that all tests share is the server's."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def answers(port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    writer.close()
    return True


async def test_a_chat_hears_once_what_failed(
    parts: Parts, hooks: httpx2.AsyncClient, runs: Runs, free_port: int
) -> None:
    """The chat is away at first, and one message is sent twice: it is told once. What nobody signed is not told."""
    failures, here = [Reply(503)], f"http://127.0.0.1:{free_port}/"
    async with receiving(lambda _: failures.pop() if failures else Reply(200)) as chat:
        webhook = await made(hooks, here, "task.failed", "task.expired")
        environment = {
            "WEBHOOK_SECRET": f"{signing.new_secret()} {webhook['secret']}",
            "CHAT_URL": chat.url,
            "MGEPROF_URL": "https://mgeprof.example.org",
            "PORT": str(free_port),
        }
        async with running(sys.executable, str(EXAMPLES / "chat_on_failure.py"), **environment):
            await until(lambda: answers(free_port))
            async with delivering(parts):
                task = await runs.submit()
                await runs.fleet.start(task)
                await runs.fleet.fail(task, FailureKind.OUT_OF_MEMORY, {"message": "no"})
                await until(lambda: len(chat.accepted) == 1)
                path = f"/api/v1/webhooks/{webhook['id']}"
                [delivery] = (await hooks.get(f"{path}/deliveries")).json()["items"]
                assert (await hooks.post(f"{path}/deliveries/{delivery['id']}/redeliver")).status_code == 202
                await until(lambda: nothing_waits(hooks, path))
            async with httpx2.AsyncClient() as anybody:
                forged = {"webhook-id": "a", "webhook-timestamp": "1", "webhook-signature": "v1,AAAA"}
                assert (await anybody.post(here, headers=forged, content=b"{}")).status_code == 401
    assert [json.loads(message.body)["text"] for message in chat.accepted] == [
        f"A run failed: out of memory. https://mgeprof.example.org/runs/{task}"
    ]


def profile_of(slower: float) -> bytes:
    """Of a convolution and an activation; passes differ by one per cent."""
    passes = [
        raw_profile([conv(0.0, 0.004 * factor), relu(0.004 * factor, 0.005 * factor)])
        for factor in (slower * (1 + number / 100) for number in range(5))
    ]
    return dump_document(analyse(passes, MEASURED))


async def test_a_build_fails_when_an_operator_got_slower(
    user: User, fleet: Fleet, url: str, token: str, tmp_path: Path
) -> None:
    """On main; as fast on a branch; half as fast on another; and one that fails."""
    (tmp_path / "net.mge").write_bytes(a_model())
    (tmp_path / "data.npy").write_bytes(an_npy())
    project = f"vision {new_id()}"
    assert (await user.http.post("/api/v1/projects", json={"name": project})).status_code == 201
    given = [
        str(tmp_path / "net.mge"),
        "--input",
        f"data={tmp_path / 'data.npy'}",
        "--project",
        project,
        "--passes",
        "5",
    ]
    step = [sys.executable, str(EXAMPLES / "slower_than_main.py"), *given]

    async def build(branch: str, slower: float | None) -> tuple[int | None, str]:
        before = await user.http.get("/api/v1/tasks", params={"limit": 1})
        async with running(*step, "--branch", branch, MGEPROF_URL=url, MGEPROF_TOKEN=token) as process:
            task = await submitted(user, branch, before.json()["items"])
            await fleet.start(task)
            if slower is None:
                await fleet.fail(task, FailureKind.ENGINE_CRASH, {"message": "no"})
            else:
                await fleet.complete(task, profile__json=profile_of(slower))
            told, _ = await asyncio.wait_for(process.communicate(), 60)
        return process.returncode, told.decode()

    status, told = await build("main", 1.0)
    assert (status, "no run on main" in told) == (0, True), told
    status, told = await build("as-fast", 1.0)
    assert (status, "0 of 2 operators got slower" in told) == (0, True), told
    status, told = await build("half-as-fast", 2.0)
    assert (status, "2 of 2 operators got slower" in told) == (1, True), told
    assert "2.00 times as long as on main" in told
    assert (await build("broken", None))[0] == 2


async def submitted(user: User, branch: str, before: list[Json]) -> str:
    """The run that the build asks for."""
    known = {one["id"] for one in before}
    async with asyncio.timeout(60):
        while True:
            found = await user.http.get("/api/v1/tasks", params={"tag": branch, "limit": 1})
            for one in found.json()["items"]:
                if one["id"] not in known:
                    return str(one["id"])
            await asyncio.sleep(0.1)
