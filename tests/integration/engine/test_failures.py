"""Everything that a user can hand us wrong, and everything that a graph can do to the engine: each has its own kind and words."""

from __future__ import annotations

import os
import random
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from core.events.failure import FailureKind
from runner.engine.job import EngineFailed, EngineLimits
from tests.integration.engine.conftest import Examples, Measure

pytestmark = pytest.mark.engine

Damage = Callable[[bytes], bytes]


def random_bytes(whole: bytes) -> bytes:
    return random.Random(1).randbytes(len(whole))


def random_after_the_header(whole: bytes) -> bytes:
    return whole[:64] + random.Random(1).randbytes(len(whole) - 64)


def flipped(whole: bytes) -> bytes:
    damaged = bytearray(whole)
    for place in range(40, 4_000, 37):
        damaged[place] ^= 0x10
    return bytes(damaged)


def cut_with_a_lying_size(whole: bytes) -> bytes:
    """Passes our own look at the size word; the engine has to find out."""
    return (996).to_bytes(4, "little") + whole[4:1000]


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (lambda _: b"", "The file is empty"),
        (random_bytes, "does not begin like a dumped MegEngine graph"),
        (lambda whole: whole[: len(whole) // 2], "cut short"),
        (lambda whole: whole[:9], "does not begin like"),
        (random_after_the_header, "damaged"),
        (flipped, "damaged"),
        (cut_with_a_lying_size, "damaged"),
        (lambda whole: b"MGBC" + whole[4:], "cut short"),
    ],
)
async def test_a_damaged_model_is_a_bad_model(
    examples: Examples, measure: Measure, tmp_path: Path, damage: Damage, words: str
) -> None:
    model = tmp_path / "model.mge"
    model.write_bytes(damage(examples.model("resnet").read_bytes()))
    with pytest.raises(EngineFailed) as failed:
        await measure(model, examples.inputs("resnet"))
    assert failed.value.kind is FailureKind.BAD_MODEL
    assert words in failed.value.message
    assert "libmegengine" not in failed.value.message


async def test_a_checkpoint_is_a_bad_model_and_its_owner_learns_how_to_dump(
    examples: Examples, measure: Measure
) -> None:
    with pytest.raises(EngineFailed, match=r"megengine\.save") as failed:
        await measure(examples.model("checkpoint"), {})
    assert failed.value.kind is FailureKind.BAD_MODEL
    assert ".dump(path, arg_names=[...])" in failed.value.message


def data(dtype: str = "float32", shape: tuple[int, ...] = (1, 3, 64, 64)) -> np.ndarray:
    return np.zeros(shape, dtype)


@pytest.mark.parametrize(
    ("arrays", "words"),
    [
        ({}, "Input 'data' is missing."),
        ({"data": data(), "extra": data()}, "Input 'extra' is unknown to the model."),
        ({"data": data("float64")}, "has dtype float64; the model declares float32"),
        ({"data": data(shape=(1, 3, 32, 32))}, "has shape [1, 3, 32, 32]; the model declares [1, 3, 64, 64]"),
        ({"data": data(shape=(2, 3, 64, 64))}, "has shape [2, 3, 64, 64]"),
    ],
)
async def test_inputs_that_do_not_fit_are_bad_inputs(
    examples: Examples, measure: Measure, tmp_path: Path, arrays: dict[str, np.ndarray], words: str
) -> None:
    for name, array in arrays.items():
        np.save(tmp_path / f"{name}.npy", array)
    with pytest.raises(EngineFailed) as failed:
        await measure(examples.model("resnet"), {name: tmp_path / f"{name}.npy" for name in arrays})
    assert failed.value.kind is FailureKind.BAD_INPUT
    assert words in failed.value.message
    assert "The model's inputs: data (float32, shape [1, 3, 64, 64])." in failed.value.message


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"", "not a .npy array"), (b"PK\x03\x04" + bytes(100), "not a .npy array"), (None, "Python objects")],
)
async def test_input_files_that_are_no_plain_arrays_are_bad_inputs(
    examples: Examples, measure: Measure, tmp_path: Path, content: bytes | None, words: str
) -> None:
    path = tmp_path / "data.npy"
    if content is None:
        np.save(path, np.array([{}], dtype=object), allow_pickle=True)
    else:
        path.write_bytes(content)
    with pytest.raises(EngineFailed, match=words) as failed:
        await measure(examples.model("resnet"), {"data": path})
    assert failed.value.kind is FailureKind.BAD_INPUT


async def test_a_truncated_input_is_a_bad_input(examples: Examples, measure: Measure, tmp_path: Path) -> None:
    path = tmp_path / "data.npy"
    path.write_bytes(examples.inputs("resnet")["data"].read_bytes()[:-5])
    with pytest.raises(EngineFailed, match=r"has 49275 bytes, but dtype float32") as failed:
        await measure(examples.model("resnet"), {"data": path})
    assert failed.value.kind is FailureKind.BAD_INPUT


async def test_a_graph_that_divides_by_zero_takes_only_its_own_process_down(
    examples: Examples, measure: Measure
) -> None:
    with pytest.raises(EngineFailed, match="SIGFPE while warming up") as failed:
        await measure(examples.model("crash"), examples.inputs("crash"))
    assert failed.value.kind is FailureKind.ENGINE_CRASH
    assert failed.value.exit_code == 136
    assert list(failed.value.phases) == ["starting", "loading", "warming_up"]


async def test_a_graph_that_wants_too_much_memory(examples: Examples, measure: Measure) -> None:
    with pytest.raises(EngineFailed, match="160000000000") as failed:
        await measure(examples.model("huge"), examples.inputs("huge"))
    assert failed.value.kind is FailureKind.OUT_OF_MEMORY
    assert "backtrace" not in failed.value.message


async def test_a_memory_limit_that_the_model_does_not_fit(examples: Examples, measure: Measure) -> None:
    limits = EngineLimits(memory_bytes=2**20)
    with pytest.raises(EngineFailed) as failed:
        await measure(examples.model("resnet"), examples.inputs("resnet"), limits=limits)
    assert failed.value.kind is FailureKind.OUT_OF_MEMORY


async def test_what_no_limit_on_addresses_holds_is_ended_by_the_runner(examples: Examples, measure: Measure) -> None:
    """As with graphics cards, whose driver reserves more addresses than there is memory."""
    limits = EngineLimits(memory_bytes=96 * 2**20, address_space=False)
    with pytest.raises(EngineFailed, match="more memory than this runner gives to one") as failed:
        await measure(examples.model("slow"), examples.inputs("slow"), limits=limits, iterations=1)
    assert failed.value.kind is FailureKind.OUT_OF_MEMORY
    assert failed.value.exit_code == 137


async def test_a_run_over_its_time(examples: Examples, measure: Measure) -> None:
    with pytest.raises(EngineFailed, match="time limit") as failed:
        await measure(
            examples.model("resnet"), examples.inputs("resnet"), limits=EngineLimits(wall_s=2.5), iterations=100_000
        )
    assert failed.value.kind is FailureKind.TIME_LIMIT
    assert failed.value.exit_code == 137


async def test_a_log_over_its_limit(examples: Examples, measure: Measure) -> None:
    with pytest.raises(EngineFailed) as failed:
        await measure(examples.model("resnet"), examples.inputs("resnet"), limits=EngineLimits(log_bytes=100))
    assert failed.value.kind is FailureKind.OUTPUT_LIMIT


async def test_a_file_over_its_limit(examples: Examples, measure: Measure) -> None:
    with pytest.raises(EngineFailed, match="while profiling") as failed:
        await measure(examples.model("resnet"), examples.inputs("resnet"), limits=EngineLimits(file_bytes=16_384))
    assert failed.value.kind is FailureKind.OUTPUT_LIMIT


async def test_threads_are_not_offered_by_the_python_loader(examples: Examples, measure: Measure) -> None:
    with pytest.raises(EngineFailed, match="threads must be 1") as failed:
        await measure(examples.model("resnet"), examples.inputs("resnet"), threads=2)
    assert failed.value.kind is FailureKind.UNSUPPORTED


async def test_a_broken_engine_environment_is_not_the_users_fault(
    examples: Examples, measure: Measure, tmp_path: Path
) -> None:
    with pytest.raises(EngineFailed, match="No module named 'megengine'") as failed:
        await measure(examples.model("resnet"), examples.inputs("resnet"), python=Path(sys.executable))
    assert failed.value.kind is FailureKind.INTERNAL
    with pytest.raises(EngineFailed, match="could not be started") as failed:
        await measure(examples.model("resnet"), examples.inputs("resnet"), python=tmp_path / "python")
    assert failed.value.kind is FailureKind.INTERNAL


async def test_no_secret_of_ours_reaches_the_engine(
    examples: Examples, measure: Measure, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("MGEPROF_S3_SECRET_KEY", "secret-of-the-runner")
    # A Python that says what it was given, in the place of the engine's.
    python = tmp_path / "python"
    python.write_text("#!/bin/sh\nenv\n")
    python.chmod(0o755)
    with pytest.raises(EngineFailed, match="PATH=/usr/bin:/bin") as failed:
        await measure(examples.model("resnet"), examples.inputs("resnet"), python=python)
    assert "MGEPROF_S3_SECRET_KEY" in os.environ
    assert "MGEPROF" not in failed.value.message
