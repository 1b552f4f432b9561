from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from client.cli import app
from tests.integration.client.conftest import Scripted
from tests.integration.client.scripted import TASK_ID, TOKEN, event, line, phase, problem

Run = Callable[..., Awaitable[Result]]
ORDER = ("--platform", "x86", "--engine", "1.13.0")
FAILURE = {"kind": "bad_input", "title": "It does not fit.", "message": "data has shape [1]", "hint": "Give [2]."}


@pytest.fixture
def run(scripted: Scripted, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs the command line against the scripted server, in a thread: it has an event loop of its own."""
    monkeypatch.setenv("MGEPROF_URL", scripted.url)
    monkeypatch.setenv("MGEPROF_TOKEN", TOKEN)
    monkeypatch.setenv("COLUMNS", "140")

    async def invoke(*arguments: str | Path) -> Result:
        return await asyncio.to_thread(CliRunner().invoke, app, [str(one) for one in arguments])

    return invoke


@pytest.fixture
def model(tmp_path: Path) -> Path:
    file = tmp_path / "net.mge"
    file.write_bytes(bytes(range(256)) * 300)
    return file


@pytest.fixture
def array(tmp_path: Path) -> Path:
    file = tmp_path / "cat.npy"
    file.write_bytes(b"\x93NUMPY...")
    return file


async def test_submit_prints_the_id_and_the_address(run: Run, scripted: Scripted, model: Path, array: Path) -> None:
    result = await run(
        "submit", model, *ORDER, "--data", f"data={array}", "--iterations", 3, "--passes", 2, "--name", "n"
    )
    assert result.exit_code == 0, result.output
    assert result.stdout == f"{TASK_ID}\nhttp://x/runs/1\n"
    order = scripted.script.task["order"]
    assert order["options"] == {"iterations": 3, "profiled_passes": 2}
    assert order["inputs"]["data"].startswith("model-")
    assert (order["platform"], order["engine"], order["name"]) == ("x86", "1.13.0", "n")


async def test_submit_takes_the_id_of_an_uploaded_model(run: Run, scripted: Scripted) -> None:
    assert (await run("submit", TASK_ID, *ORDER)).exit_code == 0
    assert scripted.script.task["order"]["model"] == TASK_ID
    assert scripted.script.requests["POST uploads"] == 0


async def test_submit_and_wait_prints_the_task_alone_as_json(run: Run, scripted: Scripted, model: Path) -> None:
    scripted.script.streams.append([event(1, "submitted"), phase("timing"), line(1, "hello"), event(3, "completed")])
    scripted.script.task.update(state="completed", something_new=1)
    result = await run("submit", model, *ORDER, "--wait", "--json")
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout)["something_new"] == 1


async def test_submit_and_wait_tells_phases_and_shows_the_result(run: Run, scripted: Scripted, model: Path) -> None:
    scripted.script.streams.append([event(1, "queued"), phase("timing"), line(1, "hello"), event(3, "completed")])
    scripted.script.task["state"] = "completed"
    result = await run("submit", model, *ORDER, "--wait")
    assert result.exit_code == 0, result.output
    assert [word for word in ("waiting for a device", "timing") if word not in result.stderr] == []
    assert "hello" not in result.output
    assert "Slowest operators" in result.stdout


async def test_a_waited_run_that_fails_says_why_and_whose_move_it_is(run: Run, scripted: Scripted, model: Path) -> None:
    scripted.script.streams.append([event(1, "submitted"), line(1, "the last words"), event(3, "failed")])
    scripted.script.task.update(state="failed", failure=FAILURE)
    result = await run("submit", model, *ORDER, "--wait")
    assert result.exit_code == 1
    for words in ("It does not fit.", "data has shape [1]", "Your move: Give [2].", "the last words"):
        assert words in result.stderr


async def test_a_waited_run_whose_log_was_missed_shows_the_kept_one(run: Run, scripted: Scripted, model: Path) -> None:
    scripted.script.streams.append([event(3, "failed")])
    scripted.script.task.update(state="failed", failure=FAILURE, artifacts=[{"name": "log.txt"}])
    result = await run("submit", model, *ORDER, "--wait", "--json")
    assert result.exit_code == 1
    assert json.loads(result.stdout)["failure"] == FAILURE
    assert "first line of log.txt" in result.stderr


@pytest.mark.parametrize("state", ["cancelled", "expired"])
async def test_a_waited_run_that_was_given_up_is_an_error(
    run: Run, scripted: Scripted, model: Path, state: str
) -> None:
    scripted.script.streams.append([event(3, state)])
    scripted.script.task["state"] = state
    assert (await run("submit", model, *ORDER, "--wait")).exit_code == 1


@pytest.mark.parametrize(
    "arguments",
    [
        ("missing.mge", *ORDER),
        (".", *ORDER),
        (TASK_ID, *ORDER, "--data", "no-equals-sign"),
        (TASK_ID, *ORDER, "--data", "data=missing.npy"),
        (TASK_ID, *ORDER, "--iterations", "0"),
        (TASK_ID,),
    ],
    ids=["no model", "a folder", "no name", "no data", "no iterations", "no platform"],
)
async def test_wrong_usage_is_2_and_asks_the_server_nothing(
    run: Run, scripted: Scripted, arguments: tuple[str, ...]
) -> None:
    result = await run("submit", *arguments)
    assert result.exit_code == 2
    assert not scripted.script.requests


async def test_what_the_server_refuses_is_1_and_is_told_on_stderr(run: Run, scripted: Scripted) -> None:
    scripted.script.fail("GET tasks", problem(404, "task_unknown", hint="mgeprof ls lists yours.", request_id="r7"))
    result = await run("show", TASK_ID, "--json")
    assert result.exit_code == 1
    assert result.stdout == ""
    for words in ("task_unknown", "mgeprof ls lists yours.", "r7"):
        assert words in result.stderr


async def test_no_server_is_1_and_says_how_to_start_one(
    run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("MGEPROF_URL")
    monkeypatch.chdir(tmp_path)
    result = await run("ls")
    assert result.exit_code == 1
    assert "mgeprof up" in result.stderr


async def test_ls_passes_its_filters_on(run: Run, scripted: Scripted) -> None:
    result = await run("ls", "--state", "completed", "--json")
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout)["items"][0]["id"] == TASK_ID
    assert scripted.script.queries["GET tasks"] == "state=completed&limit=20"


async def test_logs_of_an_ended_run_are_the_kept_file(run: Run, scripted: Scripted) -> None:
    scripted.script.task.update(state="failed", attempt=2, artifacts=[{"name": "log.txt"}])
    assert (await run("logs", TASK_ID)).stdout == f"first line of log.txt\nlast line of {TASK_ID}\n"
    as_json = (await run("logs", TASK_ID, "--json")).stdout.splitlines()
    assert json.loads(as_json[1]) == {"attempt": 2, "n": 2, "line": f"last line of {TASK_ID}"}


async def test_logs_follow_a_running_one(run: Run, scripted: Scripted) -> None:
    scripted.script.streams.append([event(1, "started"), line(1, "one"), line(2, "[two]"), event(2, "completed")])
    assert (await run("logs", "-f", TASK_ID)).stdout == "one\n[two]\n"


async def test_ctrl_c_leaves_the_run_and_says_how_to_go_on(scripted: Scripted, model: Path) -> None:
    scripted.script.streams.append([event(1, "queued")])
    scripted.script.hold.clear()
    environment = {**os.environ, "MGEPROF_URL": scripted.url, "MGEPROF_TOKEN": TOKEN, "COLUMNS": "200"}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", "from client.cli import app; app()", "submit", str(model), *ORDER, "--wait"),
        env=environment,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    assert process.stderr is not None
    while b"waiting for a device" not in await process.stderr.readline():
        assert process.returncode is None
    process.send_signal(signal.SIGINT)
    _, errors = await asyncio.wait_for(process.communicate(), 20)
    scripted.script.hold.set()
    assert process.returncode == 130
    assert f"mgeprof logs -f {TASK_ID}" in errors.decode()
    assert f"mgeprof cancel {TASK_ID}" in errors.decode()
    assert scripted.script.requests["POST tasks/cancel"] == 0
