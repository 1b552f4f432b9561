"""What the reproduce pack says really runs, with MegEngine's own tool, and gives the same operators."""

from __future__ import annotations

import hashlib
import io
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest

from api.export.reproduce import pack
from core.events.ids import Platform
from core.events.values import ProfileOptions
from core.options import commands
from core.profile.one_pass import analyse_pass
from core.protocol.environment import Commands, Engine, EnvironmentDocument
from core.protocol.inputs import InputFormat
from runner.environment import machine_now
from tests.integration.engine.conftest import Examples, Run

pytestmark = pytest.mark.engine

TASK = "01980f2e-7c1a-7def-8123-0123456789ab"


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def environment(examples: Examples, name: str) -> EnvironmentDocument:
    inputs = examples.inputs(name)
    options = ProfileOptions(iterations=3, warmup=1)
    return EnvironmentDocument(
        software="0.1",
        platform=Platform.X86,
        machine=machine_now(),
        engine=Engine(version="1.13.0", driver="megengine", build="1.13.0", warm=True),
        model=sha256(examples.model(name)),
        inputs={key: sha256(path) for key, path in inputs.items()},
        options=options,
        commands=Commands(
            load_and_run=commands.load_and_run(options, inputs, Platform.X86),
            load_network_and_run=commands.load_network_and_run(options),
        ),
    )


@pytest.mark.parametrize("name", ["resnet", "two_inputs"])
async def test_the_pack_runs_and_gives_the_same_operators(
    engine_python: Path, examples: Examples, runs: dict[str, Run], tmp_path: Path, name: str
) -> None:
    inputs = examples.inputs(name)
    told = environment(examples, name)
    packed = pack(TASK, told, dict.fromkeys(inputs, InputFormat.NPY), [])
    assert packed == pack(TASK, told, dict.fromkeys(reversed(inputs), InputFormat.NPY), [])
    zipfile.ZipFile(io.BytesIO(packed)).extractall(tmp_path / "pack")
    folder = tmp_path / "files of mine"
    folder.mkdir()

    def run_it() -> subprocess.CompletedProcess[str]:
        argv: list[str | Path] = [engine_python, "-W", "ignore", tmp_path / "pack" / "reproduce.py", folder]
        return subprocess.run(argv, capture_output=True, text=True, check=False, timeout=120)

    missing = run_it()
    assert missing.returncode == 1
    assert "model.mge is missing" in missing.stderr
    shutil.copy(examples.model(name), folder / "model.mge")
    for number, key in enumerate(sorted(inputs)):
        shutil.copy(inputs[key], folder / f"input-{number}.npy")
    done = run_it()
    assert done.returncode == 0, done.stderr
    theirs = analyse_pass((folder / "profile.json").read_bytes()).operators
    ours = analyse_pass(runs[name].measurement.raw_profiles[0].read_bytes()).operators
    assert dict(zip(theirs.name, theirs.type, strict=True)) == dict(zip(ours.name, ours.type, strict=True))
    (folder / "model.mge").write_bytes(b"another")
    other = run_it()
    assert other.returncode == 1
    assert "is not the file of the run" in other.stderr


async def test_what_the_runner_made_is_named(examples: Examples) -> None:
    told = environment(examples, "resnet")
    found = zipfile.ZipFile(io.BytesIO(pack(TASK, told, {"data": InputFormat.IMAGE}, ["noise"])))
    assert "Inputs that were no plain arrays, which the runner made from a file or from a seed: 'data', 'noise'." in (
        found.read("README.md").decode()
    )
