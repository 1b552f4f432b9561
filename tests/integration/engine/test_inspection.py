"""An inspection says what MegEngine's own tool says, of models on which that tool fails too; bad models fail as they do when they are measured."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from core.events.failure import FailureKind
from core.protocol.inspection import InspectionDocument
from runner.engine.drivers.megengine import MegEngineDriver
from runner.engine.job import EngineFailed, EngineJob, EngineLimits, Inspection
from runner.engine.worker.structure import MOST_BYTES, structure
from runner.sandbox.sandbox import Sandbox
from tests.integration.engine.conftest import Examples, in_engine

pytestmark = pytest.mark.engine

REFERENCE = Path(__file__).with_name("reference_inspection.py")
Inspect = Callable[[Path], Coroutine[Any, Any, Inspection]]


@pytest.fixture
def inspect(engine_python: Path, sandbox: Sandbox, tmp_path: Path) -> Inspect:
    async def run(model: Path) -> Inspection:
        output, scratch = tmp_path / "output", tmp_path / "scratch"
        output.mkdir()
        scratch.mkdir()
        job = EngineJob(model, {}, output, scratch, kind="inspect")
        return await MegEngineDriver(engine_python, sandbox).inspect(
            job, limits=EngineLimits(wall_s=120), on_phase=lambda _: None, on_line=lambda _: None
        )

    return run


def read(inspection: Inspection) -> InspectionDocument:
    return InspectionDocument.model_validate_json(inspection.document.read_bytes())


@pytest.mark.parametrize("name", ["resnet", "two_inputs"])
async def test_it_equals_network_visualize(
    examples: Examples, inspect: Inspect, engine_python: Path, name: str
) -> None:
    found = read(await inspect(examples.model(name)))
    said = in_engine(engine_python, REFERENCE, examples.model(name))
    [expected] = json.loads(said[said.index('[{"totals"') :])
    assert found.batch_size == 1
    assert {
        "param_size": found.totals.parameter_bytes,
        "param_dims": found.totals.parameters,
        "flops": found.totals.computation,
        "act_size": found.totals.activation_bytes,
        "act_dims": found.totals.activations,
    } == expected["totals"]
    assert {
        one.name: [one.parameter.elements, f"{one.parameter.mean:.3g}", f"{one.parameter.std:.3g}"]
        for one in found.operators
        if one.parameter
    } == expected["params"]
    assert {
        one.name: [one.flops, _list(one.receptive_field), _list(one.stride)]
        for one in found.operators
        if one.flops is not None
    } == expected["flops"]
    assert {
        one.name: [one.activation.elements, one.activation.bits] for one in found.operators if one.activation
    } == expected["activations"]
    assert found.totals.operators == len(found.operators) == len(expected["activations"])


def _list(pair: tuple[int, int] | None) -> list[int] | None:
    return None if pair is None else list(pair)


async def test_inputs_and_outputs_are_as_declared(examples: Examples, inspect: Inspect) -> None:
    inspection = await inspect(examples.model("two_inputs"))
    found = read(inspection)
    arrays = {name: np.load(path) for name, path in examples.inputs("two_inputs").items()}
    assert {one.name: (one.dtype, one.shape) for one in found.inputs} == {
        name: (array.dtype.name, array.shape) for name, array in arrays.items()
    }
    assert [(one.dtype, one.shape) for one in found.outputs] == [("float32", (1, 4))]
    assert (found.format.name, found.format.engine) == ("mgv2", 101300)
    assert inspection.structure is not None
    assert inspection.structure.stat().st_size < examples.model("two_inputs").stat().st_size
    assert inspection.engine_build.startswith("1.13.0+")
    assert inspection.peak_memory > 100 * 2**20
    assert list(inspection.phases) == ["starting", "loading"]


@pytest.mark.parametrize(("name", "operators"), [("crash", 3), ("huge", 5)])
async def test_models_without_parameters_or_with_shapes_unknown_are_inspected_too(
    examples: Examples, inspect: Inspect, name: str, operators: int
) -> None:
    found = read(await inspect(examples.model(name)))
    assert found.totals.operators == operators
    assert {one.name for one in found.inputs} == set(examples.inputs(name))
    if name == "huge":
        assert found.batch_size is None
        assert found.outputs[0].shape is None
        assert found.operators[-1].activation is None


async def test_outputs_that_are_no_numbers_hinder_nothing(examples: Examples, inspect: Inspect) -> None:
    found = read(await inspect(examples.model("normed")))
    [norm] = [one for one in found.operators if one.type == "BatchNorm"]
    assert {one.dtype for one in norm.outputs} == {"float32", "byte"}
    assert found.totals.computation > 0


def bare(model: bytes, folder: Path) -> bytes | None:
    file = folder / "model.mge"
    file.write_bytes(model)
    with file.open("rb") as opened:
        return structure(opened.fileno())


def test_a_structure_has_all_names_and_no_values(examples: Examples, tmp_path: Path) -> None:
    whole = examples.model("resnet").read_bytes()
    made = bare(whole, tmp_path)
    assert made is not None
    assert len(made) < len(whole) / 20
    named = re.compile(rb"[A-Za-z][\w.(),:-]{3,}\[\d+\]")
    assert set(named.findall(made)) == set(named.findall(whole))
    assert bare(made, tmp_path) == made, "there is nothing more to leave out"


def test_a_damaged_file_gives_a_structure_or_none(examples: Examples, tmp_path: Path, soak: bool) -> None:
    whole = bare(examples.model("resnet").read_bytes(), tmp_path)
    assert whole is not None
    chance = random.Random(7)
    for _ in range(20_000 if soak else 200):
        damaged = bytearray(whole)
        for _ in range(chance.randint(1, 8)):
            damaged[chance.randrange(12, len(whole))] = chance.randrange(256)
        made = bare(
            bytes(damaged[: chance.randint(8, len(whole))]) if chance.random() < 0.2 else bytes(damaged), tmp_path
        )
        assert made is None or len(made) <= MOST_BYTES
    assert bare(b"", tmp_path) is None
    assert bare(whole[:8] + b"MGBC" + whole[12:], tmp_path) is None


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (lambda whole: whole[:64] + bytes(len(whole) - 64), "without outputs"),
        (lambda whole: whole[: len(whole) // 2], "cut short"),
        (lambda whole: whole[:64] + random.Random(1).randbytes(len(whole) - 64), "damaged"),
        (lambda _: b"", "empty"),
        (lambda _: b"\x80\x04K\x07.", "pickle"),
    ],
)
async def test_a_bad_model_fails_as_bad_model(
    examples: Examples, inspect: Inspect, tmp_path: Path, damage: Callable[[bytes], bytes], words: str
) -> None:
    model = tmp_path / "bad.mge"
    model.write_bytes(damage(examples.model("resnet").read_bytes()))
    with pytest.raises(EngineFailed, match=words) as failure:
        await inspect(model)
    assert failure.value.kind is FailureKind.BAD_MODEL
