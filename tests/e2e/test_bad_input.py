"""Orders that cannot be carried out: each answered at the earliest place that can know, none the end of a runner."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from client.client import Client
from client.models import Failure, Model, RecordedEvent, Task
from core.events.failure import EXPLANATIONS, FailureKind
from infra.embedded.stack import Stack
from tests.e2e.conftest import ORDER
from tests.e2e.processes import engines_of, parent_of, until
from tests.e2e.user import CommandLine, User, noise
from tests.integration.api.user import check_problem

pytestmark = pytest.mark.engine

ENDLESS = 100_000


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
    before = await user.all_ids()
    said = await mgeprof("submit", examples / "resnet.mge", *order)
    assert (said.code, said.out) == (1, "")
    for expected in (code, words, "What to do:"):
        assert expected in said.err
    assert (await user.all_ids())[1] == before[1]


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
    # What the engine says at every start says nothing about the failure; it stays in the log.
    assert failure.log_tail == []
    log = [line async for line in client.log(task)]
    assert any("MegEngine works under CPU mode" in line for line in log)
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
    for words in ("time_limit", told.title, told.hint):
        assert words in " ".join(said.err.split())
    shown = await mgeprof("show", said.json["id"])
    assert told.hint in " ".join(shown.out.split())
    assert all(parent_of(pid) == stack.keepers["runner"].pid for pid in engines_of(stack.home.path))


async def test_after_all_this_the_same_runner_still_does_good_work(
    stack: Stack, client: Client, examples: Path
) -> None:
    task = await run(client, examples / "resnet.mge", {"data": examples / "resnet-data.npy"})
    assert task.state == "completed"
    [device] = (await client.runners()).items
    await until(
        lambda: len(engines_of(stack.home.path)) <= device.slots, "no engine is left but one that waits for work"
    )
    # Started once: the processes that run now, the runner's before all, are those that ran before the first bad file came.
    assert {name: part.starts for name, part in stack.keepers.items()} == dict.fromkeys(stack.keepers, 1)
