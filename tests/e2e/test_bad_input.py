"""Everything that a user can hand us wrong: each answered at the earliest place that can know, none the end of a runner."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import httpx2
import numpy as np
import pytest

from client.client import Client
from client.models import Failure, Model, RecordedEvent, Task
from core.events.failure import EXPLANATIONS, FailureKind
from core.profile.header import HOW_TO_DUMP
from infra.embedded.stack import Stack
from tests.e2e.conftest import MODEL_LIMIT, ORDER, PART
from tests.e2e.processes import engines_of, parent_of, until
from tests.e2e.user import CommandLine, User
from tests.integration.api.user import Json, announced, check_problem

pytestmark = pytest.mark.engine

ENDLESS = 100_000
Damage = Callable[[bytes], bytes]


@dataclass(frozen=True)
class Refusal:
    """A problem's code, words of its detail, and how its hint begins."""

    code: str
    detail: str
    hint: str


@pytest.fixture(scope="module", autouse=True)
def runner(stack: Stack) -> int:
    """The runner's process as it is before the first of these tests."""
    pid = stack.keepers["runner"].pid
    assert pid is not None
    return pid


@pytest.fixture
def resnet(examples: Path) -> bytes:
    return (examples / "resnet.mge").read_bytes()


def noise(size: int) -> bytes:
    return random.Random(1).randbytes(size)


# What the api knows when it sees the file ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("damage", "expected"),
    [
        (lambda _: b"", Refusal("file_empty", "bad.mge has no bytes", "Check the path")),
        (lambda _: noise(9_000), Refusal("not_a_model", "does not begin like a dumped MegEngine graph", HOW_TO_DUMP)),
        (lambda whole: whole[: len(whole) // 2], Refusal("model_truncated", "The file is cut short", "Dump or copy")),
        (lambda _: bytes(MODEL_LIMIT + 1), Refusal("file_too_large", f"may have {MODEL_LIMIT}", "Ask the admin")),
    ],
)
async def test_a_file_that_is_no_model_is_refused_by_the_api(
    mgeprof: CommandLine, user: User, resnet: bytes, tmp_path: Path, damage: Damage, expected: Refusal
) -> None:
    file = tmp_path / "bad.mge"
    file.write_bytes(damage(resnet))
    await check_refused_upload(mgeprof, user, file, expected)


async def test_a_checkpoint_is_refused_with_the_way_to_dump_a_graph(
    mgeprof: CommandLine, user: User, examples: Path
) -> None:
    expected = Refusal("not_a_model_pickle", "megengine.save writes it", HOW_TO_DUMP)
    await check_refused_upload(mgeprof, user, examples / "checkpoint.mge", expected)


async def check_refused_upload(mgeprof: CommandLine, user: User, file: Path, expected: Refusal) -> None:
    """That the command line says so and ends with 1, that plain HTTP says the same, and that nothing came of it."""
    before = await all_ids(user)
    said = await mgeprof("submit", file, *ORDER)
    assert (said.code, said.out) == (1, "")
    words = " ".join(said.err.split())
    for told in (expected.code, expected.detail, "What to do:", expected.hint):
        assert told in words
    problem = check_problem(*await refusal(user, "model", file))
    assert (problem["code"], problem["hint"].startswith(expected.hint)) == (expected.code, True)
    assert expected.detail in problem["detail"]
    assert await all_ids(user) == before


async def all_ids(user: User) -> list[set[str]]:
    """Of all models and all runs."""
    pages = [await user.get(path, limit=100) for path in ("/models", "/tasks")]
    assert [page["next_cursor"] for page in pages] == [None, None]
    return [{one["id"] for one in page["items"]} for page in pages]


async def refusal(user: User, kind: str, file: Path) -> tuple[httpx2.Response, int, str]:
    """How the api refuses a file, and the status and code that it names: by its size at once, by its bytes when all are there."""
    data = file.read_bytes()
    response = await user.http.post("/api/v1/uploads", json=announced(kind, data, filename=file.name))
    if response.status_code == 201:
        upload = response.json()
        missing = set(range(1, upload["parts_total"] + 1)) - set(upload["parts_done"])
        if missing:
            await user.send(upload, data, *missing)
        response = await user.complete(upload)
    else:
        assert not 0 < len(data) <= MODEL_LIMIT, "only its size can be known before its bytes"
    return response, response.json()["status"], response.json()["code"]


@pytest.mark.parametrize(
    ("code", "detail", "content"),
    [
        ("file_empty", "has no bytes", b""),
        ("not_an_npy", "not a .npy array", b"1.0, 2.0, 3.0"),
        ("not_an_npy", "Python objects", np.array([{}], dtype=object)),
        ("npy_truncated", "make 49280", None),
    ],
)
async def test_data_that_is_no_array_is_refused_by_the_api(
    user: User, examples: Path, tmp_path: Path, code: str, detail: str, content: bytes | np.ndarray | None
) -> None:
    file = tmp_path / "data.npy"
    if isinstance(content, np.ndarray):
        np.save(file, content, allow_pickle=True)
    else:
        file.write_bytes((examples / "resnet-data.npy").read_bytes()[:-5] if content is None else content)
    response, status, said = await refusal(user, "input", file)
    problem = check_problem(response, status, said)
    assert (said, status) == (code, 422)
    assert detail in problem["detail"]
    assert problem["hint"]


async def test_other_bytes_than_were_announced_are_refused_and_can_be_sent_again(user: User, resnet: bytes) -> None:
    data = resnet + noise(PART)
    damaged = bytearray(data)
    damaged[3 * PART] ^= 1
    upload = await user.begin("model", data)
    await user.send(upload, bytes(damaged))
    problem = check_problem(await user.complete(upload), 422, "digest_mismatch")
    assert problem["expected"] == announced("model", data)["sha256"] != problem["actual"]
    assert "send its parts again" in problem["hint"]
    await user.send(upload, data, 4)
    assert (await user.complete(upload)).json()["state"] == "complete"


async def test_an_upload_that_was_broken_off_goes_on_with_what_is_missing(
    mgeprof: CommandLine, user: User, examples: Path, resnet: bytes, tmp_path: Path
) -> None:
    # MegEngine does not look behind the graph's end: this is the same model in a file of 120 parts, unlike any other.
    data, file = resnet + noise(120 * PART - len(resnet)), tmp_path / "long.mge"
    file.write_bytes(data)
    upload = await user.begin("model", data)
    submit = ("submit", file, "--data", f"data={examples / 'resnet-data.npy'}", *ORDER, "--wait", "--json")
    # Known already, so that every part that is taken from here on is the model's.
    await user.upload("input", examples / "resnet-data.npy")

    first = await mgeprof.start(*submit)
    async with asyncio.timeout(120):
        while await parts_here(user, upload) < 5:
            assert first.returncode is None
    first.kill()
    await first.communicate()
    done = await settled(user, upload)
    assert 5 <= done < 120
    sent = await parts_taken(user)
    second = await mgeprof(*submit)
    assert (second.code, second.json["state"]) == (0, "completed"), second.err
    assert second.json["model"]["sha256"] == announced("model", data)["sha256"]
    assert await parts_taken(user) - sent == 120 - done


async def parts_here(user: User, upload: Json) -> int:
    """How many parts of an upload the api says that it has."""
    found: list[int] = (await user.get(f"/uploads/{upload['id']}"))["parts_done"]
    return len(found)


async def settled(user: User, upload: Json) -> int:
    """The same, when nothing is on its way any more from a sender that is gone."""
    async with asyncio.timeout(120):
        before, now = -1, await parts_here(user, upload)
        while now != before:
            await asyncio.sleep(0.3)
            before, now = now, await parts_here(user, upload)
    return now


async def parts_taken(user: User) -> int:
    """How many parts of uploads the api has taken since it started."""
    metrics = (await user.http.get("/metrics")).text
    name = 'mgeprof_api_requests_total{method="PUT",route="/uploads/{upload_id}/parts/{number}",status="204"}'
    return sum(int(float(line.split()[-1])) for line in metrics.splitlines() if line.startswith(name))


# What the api knows when it sees the order -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("order", "code", "words"),
    [
        (("--platform", "x86", "--engine", "9.9.9"), "engine_unknown", "Possible: 1.13.0"),
        (("--platform", "cuda", "--engine", "1.13.0"), "platform_unknown", "Possible: x86"),
        (("--platform", "riscv", "--engine", "1.13.0"), "invalid_request", "platform: Input should be 'x86', 'cuda'"),
    ],
)
async def test_what_no_runner_offers_is_refused_with_what_there_is(
    mgeprof: CommandLine, user: User, examples: Path, order: tuple[str, ...], code: str, words: str
) -> None:
    before = await all_ids(user)
    said = await mgeprof("submit", examples / "resnet.mge", *order)
    assert (said.code, said.out) == (1, "")
    for expected in (code, words, "What to do:"):
        assert expected in said.err
    assert (await all_ids(user))[1] == before[1]


@pytest.mark.parametrize(
    ("option", "value"),
    [("iterations", 0), ("profiled_passes", 0), ("time_limit_s", 0), ("iterations", 10**9), ("rng", "[1]")],
)
async def test_options_out_of_range_are_refused_by_name(user: User, examples: Path, option: str, value: Any) -> None:
    model = await user.upload("model", examples / "resnet.mge")
    asked = {"model": model, "platform": "x86", "engine": "1.13.0", "options": {option: value}}
    problem = check_problem(await user.http.post("/api/v1/tasks", json=asked), 422, "invalid_request")
    [error] = problem["errors"]
    assert error["field"] == f"options.{option}"
    assert "errors" in problem["hint"]


async def test_no_iterations_are_wrong_usage(mgeprof: CommandLine, examples: Path) -> None:
    said = await mgeprof("submit", examples / "resnet.mge", *ORDER, "--iterations", 0)
    assert (said.code, said.out) == (2, "")
    assert "--iterations" in said.err
    assert "greater than or equal to 1" in said.err


# What only the engine knows --------------------------------------------------------------------------------------------


async def run(
    client: Client, model: Path, inputs: Mapping[str, Path], options: Mapping[str, Any] | None = None
) -> Task:
    """A run to its end."""
    data = {name: await client.upload_input(file) for name, file in inputs.items()}
    submit = partial(client.submit, await client.upload_model(model), platform="x86", engine="1.13.0")
    return await client.wait((await submit(inputs=data, options=options)).id)


def check_failed(task: Task, kind: FailureKind, words: str) -> Failure:
    """That the task failed like this, in words, and with a hint; and that its events hold no words of the engine."""
    assert (task.state, task.attempt, task.summary) == ("failed", 1, None)
    failure = task.failure
    assert failure is not None
    told = EXPLANATIONS[kind]
    assert (failure.kind, failure.title, failure.hint) == (kind, told.title, told.hint)
    assert words in (failure.message or "")
    for secret in ("/work", "site-packages", "backtrace", "libmegengine"):
        assert secret not in (failure.message or "")
    return failure


@pytest.fixture
def data(tmp_path: Path) -> Callable[..., Path]:
    """Writes an array of zeros, and says where."""

    def write(dtype: str = "float32", shape: tuple[int, ...] = (1, 3, 64, 64)) -> Path:
        file = tmp_path / f"{dtype}-{len(shape)}-{shape[-1]}.npy"
        np.save(file, np.zeros(shape, dtype))
        return file

    return write


misfits = pytest.mark.parametrize(
    ("inputs", "words"),
    [
        ({}, "Input 'data' is missing."),
        ({"data": {}, "extra": {}}, "Input 'extra' is unknown to the model."),
        ({"data": {"shape": (1, 3, 32, 32)}}, "has shape [1, 3, 32, 32]; the model declares [1, 3, 64, 64]"),
        ({"data": {"dtype": "float64"}}, "has dtype float64; the model declares float32"),
    ],
)
DECLARED = "The model's inputs: data (float32, shape [1, 3, 64, 64])."


@misfits
async def test_inputs_that_do_not_fit_a_known_model_are_refused_by_the_api(
    mgeprof: CommandLine, client: Client, examples: Path, data: Callable[..., Path], inputs: Any, words: str
) -> None:
    model = await client.upload_model(examples / "resnet.mge")
    if (inspection := model.inspection) is None:
        pytest.fail("an uploaded model is inspected")
    assert (await client.wait(inspection.task_id)).state == "completed"
    given = [word for name, array in inputs.items() for word in ("--data", f"{name}={data(**array)}")]
    said = await mgeprof("submit", model.id, *given, *ORDER)
    assert (said.code, said.out) == (1, "")
    told = " ".join(said.err.split())
    for expected in ("bad_input", words, DECLARED, "What to do:"):
        assert expected in told


@pytest.fixture(scope="module")
async def uninspected(client: Client, examples: Path, tmp_path_factory: pytest.TempPathFactory) -> Model:
    """A model of which nothing is known: its inspection was cancelled while it waited behind another run."""
    file = tmp_path_factory.mktemp("uninspected") / "resnet.mge"
    file.write_bytes((examples / "resnet.mge").read_bytes() + noise(7))
    known = await client.upload_model(examples / "resnet.mge")
    array = await client.upload_input(examples / "resnet-data.npy")
    options = {"iterations": ENDLESS}
    endless = await client.submit(known, platform="x86", engine="1.13.0", inputs={"data": array}, options=options)
    async for item in client.follow(endless.id):
        if isinstance(item, RecordedEvent) and item.short_type == "started":
            break
    model = await client.upload_model(file)
    if model.inspection is None:
        pytest.fail("an uploaded model is inspected")
    assert (await client.cancel(model.inspection.task_id)).state == "cancelled"
    await client.cancel(endless.id)
    await client.wait(endless.id)
    return model


@misfits
async def test_inputs_that_do_not_fit_an_unknown_model_fail_as_bad_input(
    client: Client, uninspected: Model, data: Callable[..., Path], inputs: Any, words: str
) -> None:
    given = {name: await client.upload_input(data(**array)) for name, array in inputs.items()}
    task = await client.submit(uninspected, platform="x86", engine="1.13.0", inputs=given)
    failure = check_failed(await client.wait(task.id), FailureKind.BAD_INPUT, words)
    assert DECLARED in (failure.message or "")


async def test_a_model_that_is_damaged_inside_fails_as_bad_model(
    client: Client, examples: Path, resnet: bytes, tmp_path: Path
) -> None:
    model = tmp_path / "damaged.mge"
    model.write_bytes(resnet[:64] + noise(len(resnet) - 64))
    task = await run(client, model, {"data": examples / "resnet-data.npy"})
    check_failed(task, FailureKind.BAD_MODEL, "damaged")


async def test_a_model_that_crashes_the_engine_fails_as_engine_crash(client: Client, examples: Path) -> None:
    inputs = {name: examples / f"crash-{name}.npy" for name in ("number", "divisor")}
    task = await run(client, examples / "crash.mge", inputs)
    failure = check_failed(task, FailureKind.ENGINE_CRASH, "The engine crashed with SIGFPE while warming up")
    assert failure.exit_code == 136
    assert failure.log_tail
    assert {"failure.json", "log.txt", "environment.json"} == {kept.name for kept in task.artifacts}


async def test_a_model_that_wants_too_much_memory_fails_as_out_of_memory(client: Client, examples: Path) -> None:
    inputs = {name: examples / f"huge-{name}.npy" for name in ("x", "shape")}
    task = await run(client, examples / "huge.mge", inputs)
    check_failed(task, FailureKind.OUT_OF_MEMORY, "160000000000")


async def test_a_run_over_its_time_limit_fails_as_time_limit_also_on_the_command_line(
    mgeprof: CommandLine, stack: Stack, examples: Path
) -> None:
    data = ("--data", f"data={examples / 'resnet-data.npy'}")
    limits = ("--iterations", ENDLESS, "--time-limit", 3)
    said = await mgeprof("submit", examples / "resnet.mge", *data, *ORDER, *limits, "--wait", "--json")
    assert said.code == 1
    check_failed(Task.read(said.json), FailureKind.TIME_LIMIT, "The run was stopped at its time limit")
    assert said.json["failure"]["exit_code"] == 137
    told = EXPLANATIONS[FailureKind.TIME_LIMIT]
    for words in ("time_limit", told.title, told.hint, "MegEngine works under CPU mode"):
        assert words in " ".join(said.err.split())
    shown = await mgeprof("show", said.json["id"])
    assert told.hint in " ".join(shown.out.split())
    assert all(parent_of(pid) == stack.keepers["runner"].pid for pid in engines_of(stack.home.path))


async def test_after_all_this_the_same_runner_still_does_good_work(
    stack: Stack, client: Client, examples: Path, runner: int
) -> None:
    task = await run(client, examples / "resnet.mge", {"data": examples / "resnet-data.npy"})
    assert task.state == "completed"
    assert (stack.keepers["runner"].pid, stack.keepers["runner"].starts) == (runner, 1)
    [device] = (await client.runners()).items
    await until(
        lambda: len(engines_of(stack.home.path)) <= device.slots, "no engine is left but one that waits for work"
    )
    assert [part.starts for part in stack.keepers.values()] == [1] * len(stack.keepers)
