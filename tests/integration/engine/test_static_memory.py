"""Our memory over time against what the engine itself plans for the same model."""

from pathlib import Path

import pytest

from core.profile.memory import MemoryOverTime
from runner.engine.analysis import analyse_measurement
from tests.integration.engine.conftest import Examples, Run, in_engine

pytestmark = pytest.mark.engine

REFERENCE = Path(__file__).with_name("reference_memory.py")
ALIGNMENT = 64


@pytest.mark.parametrize("name", ["resnet", "two_inputs"])
async def test_the_peak_is_that_of_the_engines_own_plan(
    engine_python: Path,
    examples: Examples,
    runs: dict[str, Run],
    name: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    usage = analyse_measurement(runs[name].measurement).memory
    assert isinstance(usage, MemoryOverTime)
    monkeypatch.chdir(tmp_path)

    def engine_says(how: str) -> int:
        (tmp_path / how).mkdir()
        monkeypatch.chdir(tmp_path / how)
        return int(in_engine(engine_python, REFERENCE, examples.model(name), how).splitlines()[-1])

    assert usage.reclaimed == engine_says("whole")
    weights = [one.size for one in usage.alive if one.kept]
    assert sum(-(-size // ALIGNMENT) * ALIGNMENT for size in weights) == engine_says("fed")
    assert usage.peak == usage.reclaimed + usage.kept + usage.outside
