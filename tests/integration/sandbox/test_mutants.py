"""Models with a few bytes changed: whatever the engine makes of them stays inside, and has its kind."""

from __future__ import annotations

import json
import os
from collections import Counter
from pathlib import Path

import pytest

import infra.examples
import runner
from core.events.failure import FailureKind
from runner.engine.classify import Ending, StopReason, classify
from runner.engine.command import INSIDE, Command
from runner.engine.drivers.megengine import WORKER
from runner.sandbox.find import find_sandbox
from runner.sandbox.sandbox import Sandbox, python_folders
from runner.sandbox.sealed import sealed_file
from tests.integration.engine.conftest import in_engine
from tests.integration.sandbox.programs import run_while_it_speaks

pytestmark = pytest.mark.engine

MUTANTS = Path(__file__).with_name("mutants.py")
THEIRS = {
    FailureKind.BAD_MODEL,
    FailureKind.ENGINE_CRASH,
    FailureKind.OUT_OF_MEMORY,
    FailureKind.TIME_LIMIT,
    FailureKind.UNSUPPORTED,
}
"""Kinds that say that the model is to blame, and not us."""


class Laboratory:
    """Has mutants run, a process for many of them and a new one after each death."""

    def __init__(self, python: Path, sandbox: Sandbox, examples: Path, scratch: Path) -> None:
        self._python, self._sandbox, self._examples, self._scratch = python, sandbox, examples, scratch
        self.seen: Counter[str] = Counter()

    async def try_all(self, first: int, end: int) -> None:
        while first < end:
            first = await self._try_some(first, end)

    async def _try_some(self, first: int, end: int) -> int:
        """The first seed that was not tried yet."""
        files = [sealed_file(self._examples / name) for name in ("resnet.mge", "resnet-data.npy")]
        try:
            folders = [*python_folders(self._python), MUTANTS, WORKER, INSIDE]
            launch = self._sandbox.launch(folders, self._scratch)
            told = {
                "confinement": launch.told, "folder": str(Path(runner.__file__).parents[1]),
                "model": files[0], "data": files[1], "first": first, "end": end,
            }  # fmt: skip
            argv = (*launch.argv, str(self._python), "-I", "-W", "ignore", str(MUTANTS), json.dumps(told))
            code, said = await run_while_it_speaks(argv, launch.environment, self._scratch, files)
        finally:
            for file in files:
                os.close(file)
        return self._read(first, code, said)

    def _read(self, first: int, code: int | None, said: str) -> int:
        seed = first - 1
        phase = "before the first"
        for line in said.splitlines():
            if line.startswith('{"seed"'):
                seed, phase = json.loads(line)["seed"], "timing"
            elif line.startswith('{"failed"'):
                self._count(classify(Ending(1, "loading", True, engine_text=json.loads(line)["failed"])).kind)
            elif line.startswith('{"ran"'):
                self.seen["ran"] += 1
        assert phase == "timing", said[-2000:]
        if code is None:
            self._count(classify(Ending(137, phase, True, StopReason.WALL)).kind)
        elif code != 0:
            self._count(classify(Ending(code if code >= 0 else 128 - code, phase, True, log_tail=said[-4096:])).kind)
        return seed + 1

    def _count(self, kind: FailureKind) -> None:
        assert kind in THEIRS
        self.seen[kind] += 1


async def test_every_failure_has_its_kind(
    engine_python: Path, tmp_path: Path, soak: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    count = 20_000 if soak else 40
    examples, scratch = tmp_path / "examples", tmp_path / "scratch"
    scratch.mkdir()
    in_engine(engine_python, Path(infra.examples.__file__).with_name("build.py"), examples)
    found = await find_sandbox(lambda one, folder: Command(engine_python, WORKER, one).trial(folder), ())
    laboratory = Laboratory(engine_python, found.sandbox, examples, scratch)
    for first in range(0, count, 250):
        await laboratory.try_all(first, min(first + 250, count))
    assert laboratory.seen.total() == count
    assert laboratory.seen[FailureKind.BAD_MODEL] > 0
    with capsys.disabled():
        print(f"\n{count} mutants in {found.sandbox.kind}: {dict(laboratory.seen)}")  # noqa: T201 - a figure for people
