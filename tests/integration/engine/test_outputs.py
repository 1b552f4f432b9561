"""Outputs that are kept, of the real engine."""

import json
import math
from pathlib import Path

import numpy as np
import pytest

from core.events.failure import FailureKind
from core.protocol.outputs import OutputsDocument
from runner.engine.job import EngineFailed, EngineLimits
from runner.outputs import output_files
from tests.integration.engine.conftest import Examples, Measure, Run

pytestmark = pytest.mark.engine

FEW = {"iterations": 1, "warmup": 0, "profiled_passes": 1}


def arrays(run: Run) -> dict[str, np.ndarray]:
    assert run.measurement.outputs is not None
    told = OutputsDocument.model_validate_json(run.measurement.outputs.read_bytes())
    files = output_files(run.measurement.outputs)
    return {one.name: np.load(files[str(one.file)], allow_pickle=False) for one in told.outputs}


async def test_outputs_are_kept_as_arrays(examples: Examples, measure: Measure) -> None:
    run = await measure(examples.model("two_inputs"), examples.inputs("two_inputs"), output_dumps=True, **FEW)
    ((_, probabilities),) = arrays(run).items()
    assert probabilities.shape == (1, 4)
    assert probabilities.dtype == np.float32
    assert probabilities.sum() == pytest.approx(1, abs=1e-6)
    assert run.measurement.outputs is not None
    (told,) = json.loads(run.measurement.outputs.read_bytes())["outputs"]
    assert told["rms"] == pytest.approx(math.sqrt(float((probabilities.astype(np.float64) ** 2).mean())))


async def test_chosen_variables_are_the_outputs_in_the_order_of_the_graph(examples: Examples, measure: Measure) -> None:
    # Of a graph whose end comes last, whatever the order in which they are asked for.
    asked = ("score.ADD", "stem.RELU")
    run = await measure(
        examples.model("resnet"), examples.inputs("resnet"), output_names=asked, output_dumps=True, **FEW
    )
    found = arrays(run)
    assert list(found) == ["stem.RELU", "score.ADD"]
    assert found["stem.RELU"].shape == (1, 16, 32, 32)
    only = await measure(
        examples.model("resnet"), examples.inputs("resnet"), output_names=asked[:1], output_rms=True, **FEW
    )
    assert only.measurement.outputs is not None
    (told,) = OutputsDocument.model_validate_json(only.measurement.outputs.read_bytes()).outputs
    assert (told.name, told.file) == ("score.ADD", None)
    assert told.rms == pytest.approx(math.sqrt(float((found["score.ADD"].astype(np.float64) ** 2).mean())), rel=1e-6)


async def test_what_is_unknown_or_too_much_is_refused_clearly(examples: Examples, measure: Measure) -> None:
    with pytest.raises(EngineFailed, match="no variable 'nowhere'") as failed:
        await measure(examples.model("resnet"), examples.inputs("resnet"), output_names=("nowhere",), **FEW)
    assert failed.value.kind is FailureKind.BAD_INPUT
    with pytest.raises(EngineFailed, match=r"have 40 bytes; at most 39 are kept.*output_names") as failed:
        await measure(
            examples.model("resnet"),
            examples.inputs("resnet"),
            limits=EngineLimits(dump_bytes=39),
            output_dumps=True,
            **FEW,
        )
    assert failed.value.kind is FailureKind.OUTPUT_LIMIT


async def test_nothing_is_kept_unasked(runs: dict[str, Run]) -> None:
    measurement = runs["resnet"].measurement
    assert measurement.outputs is None
    assert not Path(measurement.raw_profiles[0].parent, "outputs.json").exists()
