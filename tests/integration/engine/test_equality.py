"""Our operators and figures are those of MegEngine's own tools."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from bench.replicate import replicate
from core.profile.one_pass import PassAnalysis, analyse_pass
from core.profile.sums import Sum
from core.profile.table import Operator
from tests.integration.engine.conftest import Examples, Reference, Run, in_engine
from tests.unit.profile.generated import operators, raw_profile

pytestmark = pytest.mark.engine


def figures(found: Sum) -> dict[str, float | None]:
    return {
        "time": found.device_s,
        "computation": found.computation or None,
        "memory": found.memory,
        "flops": found.flops,
        "bandwidth": found.bandwidth,
    }


def agree(ours: PassAnalysis, theirs: dict[str, Any], rel: float = 0.0) -> None:
    """To the last bit: both add the same floats in the same order. ``rel``: what sums may differ by, relative to them."""
    timed = [one for one in ours.operators.rows() if one.device_s is not None]
    assert ours.total.device_s == near(theirs["device_s"] or 0.0, rel)
    assert ours.host_s == near(theirs["host_s"] or 0.0, rel)
    assert {one.id: one.device_s for one in timed} == {key: one["time"] for key, one in theirs["operators"].items()}
    assert {one.id: one.wait_s for one in timed} == theirs["waits"]
    for one in timed:
        reference = theirs["operators"][one.id]
        assert (one.name, one.type, one.computation) == (reference["name"], reference["type"], reference["computation"])
        assert one.memory == reference["memory"]
    assert list(ours.by_type) == list(theirs["types"])
    assert {kind: one.count for kind, one in ours.by_type.items()} == {
        k: one["count"] for k, one in theirs["types"].items()
    }
    for found, reference in [
        *((found, theirs["types"][kind]) for kind, found in ours.by_type.items()),
        *((ours.total, one) for one in theirs["all"]),
    ]:
        expected = {key: reference[key] for key in figures(found)}
        # Where no operator of the group has a footprint, the reference says "N/A" and we say 0 bytes.
        expected["memory"] = expected["memory"] or 0
        if not expected["memory"]:
            expected["bandwidth"] = figures(found)["bandwidth"]
        assert figures(found) == {key: near(value, rel) for key, value in expected.items()}


def near(value: float | None, rel: float) -> Any:
    return value if value is None else pytest.approx(value, rel=rel, abs=0.0)


async def test_every_raw_profile_gives_the_figures_of_profile_analyze(
    runs: dict[str, Run], reference: Reference
) -> None:
    profiles = [path for run in runs.values() for path in run.measurement.raw_profiles]
    for path, theirs in zip(profiles, reference.of(profiles), strict=True):
        agree(analyse_pass(path.read_bytes()), theirs)
        assert theirs["device_s"] > 0


async def test_thousands_of_operators_give_the_figures_of_profile_analyze(
    runs: dict[str, Run], reference: Reference, tmp_path: Path, soak: bool
) -> None:
    count = 11_000 if soak else 3_000
    large = tmp_path / "large.json"
    large.write_bytes(replicate(runs["resnet"].measurement.raw_profiles[0].read_bytes(), count))
    [theirs] = reference.of([large])
    # The two environments have different numpy versions, which split thousands of floats in different ways to add them pairwise.
    agree(analyse_pass(large.read_bytes()), theirs, rel=1e-14)
    assert len(theirs["operators"]) >= count


async def test_made_up_profiles_give_the_figures_of_profile_analyze(
    reference: Reference, tmp_path: Path, soak: bool
) -> None:
    made: list[bytes] = []

    # Only generates: one start of the reference reads them all.
    @settings(max_examples=500 if soak else 60, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
    @given(st.builds(raw_profile, operators()))
    def collect(profile: bytes) -> None:
        made.append(profile)

    collect()
    paths = [tmp_path / f"{number}.json" for number in range(len(made))]
    for path, profile in zip(paths, made, strict=True):
        path.write_bytes(profile)
    for profile, theirs in zip(made, reference.of(paths), strict=True):
        agree(analyse_pass(profile), theirs)
    assert len(made) >= 50


async def test_the_printed_totals_of_profile_analyze(engine_python: Path, runs: dict[str, Run]) -> None:
    path = runs["resnet"].measurement.raw_profiles[0]
    ours = analyse_pass(path.read_bytes())
    printed = in_engine(
        engine_python, "-m", "megengine.tools.profile_analyze", path, "-t", "1", "--print-only", "summary"
    )
    device, host = (float(re.search(rf"total {side} time\s+(\S+)", printed)[1]) for side in ("device", "host"))  # type: ignore[index]
    assert (ours.total.device_s, ours.host_s) == pytest.approx((device, host), rel=1e-4)


@pytest.mark.parametrize("name", ["resnet", "two_inputs"])
async def test_operators_are_those_that_load_network_and_run_records(
    engine_python: Path, examples: Examples, runs: dict[str, Run], tmp_path: Path, name: str
) -> None:
    theirs_path = tmp_path / "tool.json"
    in_engine(
        engine_python, "-m", "megengine.tools.load_network_and_run", examples.model(name), "--profile", theirs_path
    )
    theirs = described(analyse_pass(theirs_path.read_bytes()).operators.rows())
    raw = json.loads(theirs_path.read_bytes())
    assert set(raw["profiler"]["device"]) == set(theirs)
    for path in runs[name].measurement.raw_profiles:
        ours = described(analyse_pass(path.read_bytes()).operators.rows())
        assert ours == theirs


Described = dict[str, tuple[Any, ...]]


def described(rows: Sequence[Operator]) -> Described:
    return {
        one.id: (one.name, one.type, one.computation, one.param, one.input_shapes, one.output_shapes, one.memory)
        for one in rows
    }
