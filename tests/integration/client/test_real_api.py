"""The client and the command line against the real api, with its scheduler and projector; nobody runs what is submitted."""

from __future__ import annotations

import asyncio
import hashlib
import json
from pathlib import Path
from zipfile import ZipFile

import pytest
from typer import Typer
from typer.testing import CliRunner, Result

from client.cli.events import app as events_app
from client.cli.project import app as project_app
from client.cli.replay import app as replay_app
from client.cli.sweep import app as sweep_app
from client.cli.tag import app as tag_app
from client.cli.visibility import app as visibility_app
from client.client import Client
from client.errors import CallerProblemError
from client.uploads import Step, digest
from core.events.ids import new_id
from infra.embedded.stack import Stack
from tests.integration.client.conftest import PART, Run

ORDER = ("--platform", "x86", "--engine", "1.13.0")


class CutOffError(Exception):
    """The uploading process ends here."""


async def test_an_upload_goes_on_where_another_process_broke_off(client: Client, stack: Stack, model: Path) -> None:
    def cut_off(step: Step, done: int, total: int) -> None:
        if step == "sending" and done > total // 2:
            raise CutOffError

    with pytest.raises(CutOffError):
        await client.upload_model(model, cut_off)
    told: list[int] = []
    async with Client.find(home=stack.home.path) as another:
        uploaded = await another.upload_model(
            model, lambda step, done, _: told.append(done) if step == "sending" else None
        )
    assert told[0] >= PART
    assert uploaded.sha256 == (await digest(model)).sha256
    assert uploaded.size == model.stat().st_size
    assert uploaded.name == "net.mge"


async def test_a_file_that_is_there_is_found(client: Client, model: Path) -> None:
    first = await client.upload_model(model)
    assert (await client.upload_model(model)).id == first.id
    assert first.id in [one.id for one in (await client.models()).items]


async def test_an_input_is_described(client: Client, array: Path) -> None:
    uploaded = await client.upload_input(array)
    assert (uploaded.dtype, uploaded.shape) == ("float32", [1, 3])


@pytest.mark.parametrize(
    ("content", "code"), [(b"", "file_empty"), (b"\x80\x04.", "not_a_model_pickle"), (b"x" * 50, "not_a_model")]
)
async def test_what_is_not_a_model_is_explained(run: Run, tmp_path: Path, content: bytes, code: str) -> None:
    file = tmp_path / "checkpoint.mge"
    file.write_bytes(content)
    result = await run("submit", file, *ORDER)
    assert result.exit_code == 1
    assert code in result.stderr
    assert "What to do:" in result.stderr


async def test_a_run_is_submitted_listed_shown_and_cancelled(run: Run, model: Path, array: Path) -> None:
    result = await run(
        "submit", model, *ORDER, "--data", f"data={array}", "--iterations", 7, "--name", "one [run]", "--json"
    )
    assert result.exit_code == 0, result.output
    task = json.loads(result.stdout)
    assert task["options"]["iterations"] == 7
    assert task["inputs"]["data"]["name"] == "cat.npy"

    listed = json.loads((await run("ls", "--platform", "x86", "--search", "one [run]", "--json")).stdout)
    assert [one["id"] for one in listed["items"]] == [task["id"]]
    assert task["id"] in (await run("ls")).stdout
    shown = (await run("show", task["id"])).stdout
    for words in ("one [run]", "net.mge", "1×3 float32", "MegEngine 1.13.0 on x86"):
        assert words in shown

    cancelled = await run("cancel", task["id"], "--json")
    assert cancelled.exit_code == 0, cancelled.output
    assert json.loads(cancelled.stdout)["state"] == "cancelled"
    events = json.loads((await run("events", task["id"], "--json")).stdout)["items"]
    assert [event["type"].rpartition(".")[2] for event in events] == ["submitted", "queued", "cancelled"]
    assert "cancelled" in (await run("events", task["id"])).stdout
    assert (await run("cancel", task["id"])).exit_code == 0, "asking twice is asking once"


async def test_a_waited_run_that_somebody_cancels_ends_with_1(run: Run, client: Client, model: Path) -> None:
    waiting = asyncio.create_task(run("submit", model, *ORDER, "--name", "waited", "--wait", "--json"))
    while not (page := await client.tasks({"q": "waited", "state": ["queued"]})).items:
        assert not waiting.done(), waiting.result().output
        await asyncio.sleep(0.05)
    await client.cancel(page.items[0].id)
    result = await asyncio.wait_for(waiting, 30)
    assert result.exit_code == 1
    assert json.loads(result.stdout)["state"] == "cancelled"
    assert "The run was cancelled." in result.stderr


async def test_following_an_ended_run_ends(client: Client, model: Path) -> None:
    task = await client.submit(await client.upload_model(model), platform="x86", engine="1.13.0")
    await client.cancel(task.id)
    seen = [item async for item in client.follow(task.id, log=True)]
    assert len(seen) == 3
    assert (await client.wait(task.id)).state == "cancelled"


@pytest.mark.parametrize(
    ("order", "code"),
    [
        (("--platform", "arm", "--engine", "1.13.0"), "platform_unknown"),
        (("--platform", "x86", "--engine", "9.9.9"), "engine_unknown"),
    ],
)
async def test_what_no_device_offers_is_said_with_what_there_is(
    run: Run, model: Path, order: tuple[str, ...], code: str
) -> None:
    result = await run("submit", model, *order)
    assert result.exit_code == 1
    assert code in result.stderr
    assert "Possible: " in result.stderr


async def test_unknown_ids_are_problems(run: Run, client: Client) -> None:
    unknown = str(new_id())
    for command in ("show", "profile", "events", "cancel", "logs"):
        result = await run(command, unknown)
        assert result.exit_code == 1
        assert "task_unknown" in result.stderr
    assert (await run("show", "no-id/at?all")).exit_code == 1
    with pytest.raises(CallerProblemError, match="model"):
        await client.submit(unknown, platform="x86", engine="1.13.0")


async def test_devices_are_listed(run: Run) -> None:
    result = await run("devices")
    assert result.exit_code == 0, result.output
    assert "1.13.0 (megengine)" in result.stdout
    assert json.loads((await run("devices", "--json")).stdout)["items"][0]["platform"] == "x86"


async def test_models_are_listed(run: Run, client: Client, model: Path) -> None:
    uploaded = await client.upload_model(model)
    assert uploaded.id in (await run("models")).stdout


async def test_a_profile_that_is_not_there_yet_is_explained(run: Run, client: Client, model: Path) -> None:
    task = await client.submit(await client.upload_model(model), platform="x86", engine="1.13.0")
    result = await run("profile", task.id)
    assert result.exit_code == 1
    assert "profile_not_ready" in result.stderr


async def test_a_run_is_replayed(stack: Stack, run: Run, client: Client, model: Path, array: Path) -> None:
    task = json.loads((await run("submit", model, *ORDER, "--data", f"data={array}", "--json")).stdout)
    await client.cancel(task["id"])
    first, *_, last = (await client.replay(task["id"])).steps
    assert (first.state.status, last.state.status) == ("submitted", "cancelled")
    assert last.event.time is not None
    until = await client.replay(task["id"], since=first.event.sequence, until=last.event.time)
    assert [change.field for change in until.changes] == ["status", *(["queued_at"] if len(until.steps) > 1 else [])]

    async def replayed(*arguments: str | int) -> Result:
        told = [task["id"], *map(str, arguments), "--home", str(stack.home.path)]
        return await asyncio.to_thread(CliRunner().invoke, replay_app, told, input="\n" * 9)

    shown = await replayed("--at", first.event.sequence, "--json")
    assert json.loads(shown.stdout)["after"]["status"] == "submitted"
    stepped = await replayed("--step")
    assert stepped.exit_code == 0, stepped.output
    assert "stands: cancelled" in stepped.stdout
    assert (await replayed("--at", "yesterday")).exit_code == 2
    refused = await replayed("--fleet")
    assert (refused.exit_code, "attempt_unknown" in refused.stderr) == (1, True)


async def test_a_sweep_is_submitted_shown_and_cancelled(stack: Stack, model: Path, array: Path) -> None:
    async def sweeping(*arguments: str | Path) -> Result:
        told = [*map(str, arguments), "--home", str(stack.home.path)]
        return await asyncio.to_thread(CliRunner().invoke, sweep_app, told)

    varied = ("--option", "batch=1,2", "--option", "fast-run=false,true", "--iterations", "3")
    result = await sweeping("sweep", model, *ORDER, *varied, "--data", f"data={array}", "--name", "both", "--json")
    assert result.exit_code == 0, result.output
    made = json.loads(result.stdout)
    assert [axis["name"] for axis in made["axes"]] == ["batch_size", "fast_run"]
    assert len({cell["task_id"] for cell in made["cells"]}) == 4
    shown = await sweeping("sweeps", made["id"], "--metric", "throughput")
    assert shown.exit_code == 0, shown.output
    assert "both" in shown.stdout
    cancelled = json.loads((await sweeping("sweeps", made["id"], "--cancel", "--json")).stdout)
    assert {cell["state"] for cell in cancelled["cells"]} == {"cancelled"}
    listed = json.loads((await sweeping("sweeps", "--json")).stdout)
    assert listed["items"][0]["id"] == made["id"], "the newest first; other tests have theirs there, too"
    unknown = await sweeping("sweeps", made["cells"][0]["task_id"])
    assert "sweep_unknown" in unknown.stderr


async def test_runs_and_models_are_grouped(stack: Stack, run: Run, client: Client, model: Path, array: Path) -> None:
    async def grouping(command: Typer, *arguments: str) -> str:
        result = await asyncio.to_thread(CliRunner().invoke, command, [*arguments, "--home", str(stack.home.path)])
        assert result.exit_code == 0, result.output
        return result.stdout

    assert "phones" in await grouping(project_app, "create", "phones")
    group = ("--project", "phones", "--tag", "Nightly")
    submitted = await run("submit", model, *ORDER, "--data", f"data={array}", *group, "--json")
    assert submitted.exit_code == 0, submitted.output
    task = json.loads(submitted.stdout)
    assert (task["project"]["name"], task["tags"]) == ("phones", ["nightly"])
    assert [one["id"] for one in json.loads((await run("ls", *group, "--json")).stdout)["items"]] == [task["id"]]
    assert "phones" in (await run("show", task["id"])).stdout

    assert "int8" in await grouping(tag_app, "add", task["model"]["id"], "int8")
    await grouping(project_app, "add", "phones", task["model"]["id"])
    assert task["model"]["id"] in (await run("models", "--project", "phones", "--tag", "int8")).stdout
    await grouping(project_app, "take-out", task["id"])
    counted = json.loads(await grouping(project_app, "ls", "--json"))["items"]
    assert [(one["name"], one["runs"], one["models"]) for one in counted] == [("phones", 0, 1)]
    assert {one.tag: (one.runs, one.models) for one in (await client.tags()).items} == {
        "nightly": (1, 0),
        "int8": (0, 1),
    }
    assert "No tags." in await grouping(tag_app, "rm", task["id"], "NIGHTLY")

    await grouping(project_app, "rename", "phones", "tablets")
    await grouping(visibility_app, "project", "tablets", "team")
    await grouping(project_app, "archive", "tablets")
    assert "tablets" not in await grouping(project_app, "ls")
    restored = json.loads(await grouping(project_app, "restore", "tablets", "--json"))
    assert (restored["visibility"], restored["archived"]) == ("team", False)
    await grouping(project_app, "rm", "tablets")
    assert "project_unknown" in (await run("ls", "--project", str(new_id()))).stderr


async def test_the_log_is_listed_followed_copied_and_checked(
    run: Run, client: Client, model: Path, array: Path, tmp_path: Path
) -> None:
    task = json.loads((await run("submit", model, *ORDER, "--data", f"data={array}", "--json")).stdout)
    await client.cancel(task["id"])
    history = (await client.events(task["id"])).items
    last = history[-1].sequence

    async def followed() -> list[int]:
        told = []
        async for event in client.follow_log({"thing": task["id"]}, after=0):
            told.append(event.sequence)
            if event.sequence == last:
                break
        return told

    assert await asyncio.wait_for(followed(), 60) == [event.sequence for event in history]
    mine = ("--thing", task["id"])
    listed = json.loads((await run("events", "ls", *mine, "--limit", "2", "--json")).stdout)
    assert [one["sequence"] for one in listed["items"]] == [event.sequence for event in history[:2]]
    newest = json.loads((await run("events", "ls", *mine, "--newest", "--limit", "2", "--json")).stdout)
    assert [one["sequence"] for one in newest["items"]] == [event.sequence for event in history[:-3:-1]]
    everything = await client.log_events(thing=task["id"])
    assert [event.sequence for event in everything] == [event.sequence for event in reversed(history)]
    assert "task.cancelled" in (await run("events", "ls", *mine, "--after", str(last - 1))).stdout
    assert "submitted" in (await run("events", task["id"])).stdout

    async def checked(*words: str | Path) -> Result:
        return await asyncio.to_thread(CliRunner().invoke, events_app, list(map(str, words)))

    whole, pack = tmp_path / "log.jsonl", tmp_path / "run.zip"
    assert "whole and unchanged" in (await run("events", "export", "-o", whole)).stderr
    told = await checked("verify", whole)
    assert (told.exit_code, "whole and unchanged" in told.stdout) == (0, True)
    assert (await run("events", "bundle", task["id"], "-o", pack)).exit_code == 0
    assert f"run {task['id']}: {len(history)} events and 0 files" in (await checked("verify", pack)).stdout
    assert (await run("events", "bundle", task["id"], "--given", "-o", pack)).exit_code == 0
    held = ZipFile(pack)
    assert hashlib.sha256(held.read("given/model")).hexdigest() == history[0].data["model"]
    assert len([name for name in held.namelist() if name.startswith("given/input")]) == 1
    assert f"{len(history)} events and 3 files" in (await checked("verify", pack)).stdout
    lines = whole.read_text().splitlines(keepends=True)
    whole.write_text("".join(lines[:3] + lines[4:]))
    refused = await checked("verify", whole)
    assert (refused.exit_code, "line 4" in refused.stderr) == (1, True)
    assert (await run("projections", "lag")).exit_code == 0
