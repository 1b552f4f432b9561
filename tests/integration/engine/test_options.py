"""What ``core/options/table.py`` says of the wheel on x86, tried: each option that it does not rule out gives a measurement, each that it rules out fails."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from core.events.failure import FailureKind
from core.events.ids import Platform
from core.options.table import LAYOUTS, WHEEL, limit_of
from runner.engine.job import EngineFailed
from runner.engine.worker.batch import repeated
from runner.engine.worker.channel import Refused
from tests.integration.engine.conftest import Examples, Measure, Run

pytestmark = pytest.mark.engine

SWITCHES: dict[str, Any] = {
    **dict.fromkeys(("fast_run", "full_run", "reproducible", "weight_preprocess", *LAYOUTS), True),
    **dict.fromkeys(("fuse_conv_bias_nonlinearity", "fuse_conv_bias_with_z", "ioc16", "io16xc32"), True),
    "threads": 2,
    "batch_size": 4,
    "workspace_limit": 2**20,
}


async def run(examples: Examples, measure: Measure, model: str = "resnet", **options: Any) -> Run:
    return await measure(
        examples.model(model),
        examples.inputs(model),
        **{"iterations": 1, "warmup": 0, "profiled_passes": 1, **options},
    )


def operator_types(found: Run) -> list[str]:
    raw = json.loads(found.measurement.raw_profiles[0].read_bytes())
    return [one["type"] for one in raw["graph_exec"]["operator"].values()]


SOME = {"full_run", "nchw44", "threads"}
"""Two that work and one that is ruled out. Each costs a process of the engine."""
OPTIONS = [pytest.param(option, marks=() if option in SOME else pytest.mark.soak) for option in SWITCHES]


@pytest.mark.parametrize("option", OPTIONS)
async def test_the_table_is_right(examples: Examples, measure: Measure, option: str) -> None:
    limit = limit_of(option, Platform.X86, WHEEL)
    if limit is None or limit.works:
        found = await run(examples, measure, **{option: SWITCHES[option]})
        assert operator_types(found)
    else:
        with pytest.raises(EngineFailed):
            await run(examples, measure, **{option: SWITCHES[option]})


async def test_what_the_wheel_cannot_do_is_said_in_its_own_kind(examples: Examples, measure: Measure) -> None:
    for option in ("threads", "workspace_limit"):
        with pytest.raises(EngineFailed) as failed:
            await run(examples, measure, **{option: SWITCHES[option]})
        assert failed.value.kind is FailureKind.UNSUPPORTED


async def test_fusion_makes_fewer_operators_and_nchw88_other_layouts(examples: Examples, measure: Measure) -> None:
    plain = operator_types(await run(examples, measure))
    fused = operator_types(await run(examples, measure, fuse_conv_bias_nonlinearity=True))
    layout = operator_types(await run(examples, measure, nchw88=True))
    assert "ConvBiasForward" in fused
    assert len(fused) < len(plain)
    assert layout.count("Dimshuffle") > fused.count("Dimshuffle")


async def test_a_larger_batch_is_computed(examples: Examples, measure: Measure) -> None:
    found = await run(examples, measure, batch_size=4)
    raw = json.loads(found.measurement.raw_profiles[0].read_bytes())
    shapes = [shape for one in raw["profiler"]["opr_footprint"].values() for shape in one["out_shapes"]]
    assert [4, 10] in shapes


def test_a_batch_that_is_no_multiple_is_refused() -> None:
    with pytest.raises(Refused, match="no multiple"):
        repeated({"x": np.zeros((2, 3), "float32")}, 3)
    assert repeated({"x": np.array([[1], [2]])}, 4)["x"].tolist() == [[1], [1], [2], [2]]
