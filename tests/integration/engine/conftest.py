"""The real engine: the example models built once, each measured once, and MegEngine's own tools for comparison."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

import infra.examples
from core.events.values import ProfileOptions
from runner.engine.command import Command
from runner.engine.drivers.megengine import WORKER, MegEngineDriver
from runner.engine.job import EngineJob, EngineLimits, InputData, Measurement
from runner.engine.spares import Spares
from runner.sandbox.find import find_sandbox
from runner.sandbox.sandbox import Sandbox
from runner.sandbox.unconfined import Unconfined

REFERENCE = Path(__file__).with_name("reference.py")

INPUTS = {
    "resnet": ("data",),
    "two_inputs": ("image", "numbers"),
    "crash": ("number", "divisor"),
    "huge": ("x", "shape"),
    "slow": ("x", "shape"),
    "talk": ("x",),
    "normed": ("data",),
}


@dataclass(frozen=True)
class Examples:
    """The folder that ``infra/examples/build.py`` filled."""

    folder: Path

    def model(self, name: str) -> Path:
        return self.folder / f"{name}.mge"

    def inputs(self, name: str) -> dict[str, Path]:
        return {one: self.folder / f"{name}-{one}.npy" for one in INPUTS[name]}


@dataclass
class Heard:
    """What a run told while it ran, and where it wrote."""

    folder: Path
    phases: list[str] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Run:
    measurement: Measurement
    heard: Heard


def in_engine(python: Path, *arguments: str | Path) -> str:
    """Run ``python`` with the arguments as a person would; its standard output."""
    done = subprocess.run([python, *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="session")
def examples(engine_python: Path, tmp_path_factory: pytest.TempPathFactory) -> Examples:
    folder = tmp_path_factory.mktemp("examples")
    in_engine(engine_python, Path(infra.examples.__file__).with_name("build.py"), folder, "--broken")
    return Examples(folder)


Measure = Callable[..., Coroutine[Any, Any, Run]]


@pytest.fixture(scope="session")
async def sandbox(engine_python: Path) -> Sandbox:
    """The tightest that works here."""
    found = await find_sandbox(lambda one, scratch: Command(engine_python, WORKER, one).trial(scratch), ())
    return found.sandbox


@pytest.fixture(scope="session")
def measure(engine_python: Path, sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Measure:
    """Runs the engine in folders of its own; options are keywords."""

    async def run(
        model: Path,
        inputs: Mapping[str, Path],
        *,
        limits: EngineLimits = EngineLimits(),  # noqa: B008 - frozen
        python: Path = engine_python,
        heard: Heard | None = None,
        spares: Spares | None = None,
        data: InputData = InputData(),  # noqa: B008 - frozen
        output_names: tuple[str, ...] = (),
        **options: Any,
    ) -> Run:
        heard = heard or Heard(tmp_path_factory.mktemp("run"))
        confined = sandbox if python == engine_python else Unconfined()
        output, scratch = heard.folder / "output", heard.folder / "scratch"
        output.mkdir()
        scratch.mkdir()
        job = EngineJob(model, inputs, output, scratch, ProfileOptions(**options), data=data, output_names=output_names)
        measurement = await MegEngineDriver(python, confined, spares).measure(
            job, limits=limits, on_phase=heard.phases.append, on_line=heard.lines.append
        )
        return Run(measurement, heard)

    return run


@pytest.fixture(scope="session")
async def runs(examples: Examples, measure: Measure) -> dict[str, Run]:
    """Both examples, measured: 7 iterations, 2 warm-ups, 3 profiled passes."""
    options = {"iterations": 7, "warmup": 2, "profiled_passes": 3}
    return {
        name: await measure(examples.model(name), examples.inputs(name), **options) for name in ("resnet", "two_inputs")
    }


Answer = list[dict[str, Any]] | None


@dataclass(frozen=True)
class Reference:
    """What ``reference.py`` says, in the engine's environment, of raw profiles."""

    python: Path

    def of(self, profiles: list[Path]) -> list[dict[str, Any]]:
        said = in_engine(self.python, REFERENCE, *profiles)
        answer: list[dict[str, Any]] = json.loads(said.splitlines()[-1])
        return answer

    def answers(self, profiles: list[Path], queries: list[dict[str, Any]], folder: Path) -> list[list[Answer]]:
        """By profile and question."""
        asked = folder / "queries.json"
        asked.write_text(json.dumps(queries))
        said = in_engine(self.python, REFERENCE, "--queries", asked, *profiles)
        answer: list[list[Answer]] = json.loads(said.splitlines()[-1])
        return answer


@pytest.fixture(scope="session")
def reference(engine_python: Path) -> Reference:
    return Reference(engine_python)
