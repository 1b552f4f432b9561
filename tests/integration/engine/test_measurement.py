from pathlib import Path

import pytest

from runner.engine.analysis import analyse_measurement
from runner.engine.job import ENGINE_PHASES
from runner.engine.probe import EngineUnusable, probe_engine
from tests.integration.engine.conftest import Examples, Measure, Run

pytestmark = pytest.mark.engine


@pytest.mark.parametrize("name", ["resnet", "two_inputs"])
async def test_a_measurement_holds_everything_that_was_asked_for(runs: dict[str, Run], name: str) -> None:
    found = runs[name].measurement
    assert len(found.latencies) == 7
    assert len(found.profiled_latencies) == 3
    assert [path.name for path in found.raw_profiles] == ["raw-1.json", "raw-2.json", "raw-3.json"]
    assert all(seconds > 0 for seconds in (*found.latencies, found.load_s, found.compile_s, found.first_run_s))
    assert found.engine_build.startswith("1.13.0+")
    # MegEngine alone occupies more than 100 MB.
    assert 100 * 2**20 < found.peak_memory < 2**30


async def test_phases_come_in_order_and_their_seconds_are_kept(runs: dict[str, Run]) -> None:
    run = runs["resnet"]
    assert tuple(run.heard.phases) == ENGINE_PHASES
    assert tuple(run.measurement.phases) == ENGINE_PHASES
    assert run.measurement.phases["timing"] >= sum(run.measurement.latencies)
    assert run.measurement.phases["profiling"] >= sum(run.measurement.profiled_latencies)


async def test_the_log_is_told_and_kept(runs: dict[str, Run]) -> None:
    run = runs["resnet"]
    kept = run.measurement.log.read_text()
    assert "MegEngine works under CPU mode" in kept or "megengine" in kept.lower()
    assert [line for line in kept.split("\n") if line] == [line for line in run.heard.lines if line]


async def test_without_a_warm_up_the_first_run_is_the_first_latency(examples: Examples, measure: Measure) -> None:
    run = await measure(
        examples.model("two_inputs"), examples.inputs("two_inputs"), iterations=1, warmup=0, profiled_passes=1
    )
    assert run.measurement.latencies == (run.measurement.first_run_s,)
    assert len(run.measurement.raw_profiles) == 1


async def test_a_measurement_is_analysed(runs: dict[str, Run]) -> None:
    found = runs["resnet"].measurement
    document = analyse_measurement(found)
    assert document.operators.type[0] == "InputCallback"
    assert document.operators.type[-1] == "OutputCallback"
    convolutions = [one for one in document.operators.rows() if one.type == "ConvolutionForward"]
    assert len(convolutions) == 9
    assert all(one.computation and one.param["format"] == "NCHW" for one in convolutions)
    assert document.timing.latency.count == 7
    assert document.totals.pass_device_s[0] > 0


async def test_big_endian_and_fortran_order_are_plain_arrays_too(
    examples: Examples, measure: Measure, tmp_path: Path
) -> None:
    import numpy as np

    array = np.load(examples.inputs("resnet")["data"])
    np.save(tmp_path / "data.npy", np.asfortranarray(array.astype(">f4")))
    run = await measure(examples.model("resnet"), {"data": tmp_path / "data.npy"}, iterations=1, profiled_passes=1)
    assert len(run.measurement.latencies) == 1


async def test_the_probe_tells_version_and_build(engine_python: Path, runs: dict[str, Run]) -> None:
    build = await probe_engine(engine_python)
    assert build.version == "1.13.0"
    assert build.build == runs["resnet"].measurement.engine_build


async def test_a_broken_environment_is_told_before_anything_runs(tmp_path: Path) -> None:
    import sys

    with pytest.raises(EngineUnusable, match="No module named 'megengine'"):
        await probe_engine(Path(sys.executable))
    with pytest.raises(EngineUnusable, match="mgeprof engine install"):
        await probe_engine(tmp_path / "python")
    (tmp_path / "python").write_text("")
    with pytest.raises(EngineUnusable, match="cannot be started"):
        await probe_engine(tmp_path / "python")
