from __future__ import annotations

from pathlib import Path

import pytest

from core.events.values import DevicePeaks
from runner import machine, peaks
from runner.config import EngineConfig
from runner.engine.probe import EngineBuild

BUILD = EngineBuild("1.13.0", "1.13.0+abc")


@pytest.fixture(autouse=True)
def calm(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "load", lambda: 0.0)


def engine(folder: Path, says: str) -> EngineConfig:
    """Its Python only prints, and leaves a line for each time."""
    python = folder / "python"
    python.write_text(f"#!/bin/sh\necho asked >> {folder}/asked\nprintf 'a log line\\n%s\\n' '{says}'\n")
    python.chmod(0o755)
    return EngineConfig(version="1.13.0", driver="megengine", python=python)


def times_asked(folder: Path) -> int:
    file = folder / "asked"
    return len(file.read_text().split()) if file.exists() else 0


async def test_peaks_are_measured_once_for_a_build_and_a_cpu(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told, file = engine(tmp_path, '{"flops": 2e9, "bandwidth": 1e9}'), tmp_path / "state" / "peaks.json"
    expected = [DevicePeaks(flops=2e9, bandwidth=1e9)]
    assert await peaks.engine_peaks([told], [BUILD], file) == expected
    assert await peaks.engine_peaks([told], [BUILD], file) == expected
    assert times_asked(tmp_path) == 1
    await peaks.engine_peaks([told], [EngineBuild("1.13.0", "1.13.0+other")], file)
    assert times_asked(tmp_path) == 2
    monkeypatch.setattr(machine, "cpu_model", lambda: "another processor")
    await peaks.engine_peaks([told], [BUILD], file)
    assert times_asked(tmp_path) == 3
    monkeypatch.undo()
    monkeypatch.setattr(machine, "load", lambda: 0.0)
    await peaks.engine_peaks([told], [BUILD], file)
    assert times_asked(tmp_path) == 3


@pytest.mark.parametrize("says", ["", "no JSON", '{"flops": -1, "bandwidth": 1e9}', '{"flops": 1e300, "bandwidth": 1}'])
async def test_an_engine_that_cannot_say_has_no_peaks_and_is_asked_again(tmp_path: Path, says: str) -> None:
    told, file = engine(tmp_path, says), tmp_path / "peaks.json"
    assert await peaks.engine_peaks([told], [BUILD], file) == [None]
    assert await peaks.engine_peaks([told], [BUILD], file) == [None]
    assert times_asked(tmp_path) == 2
    assert not file.exists()


async def test_a_file_that_is_not_ours_counts_as_none(tmp_path: Path) -> None:
    told, file = engine(tmp_path, '{"flops": 2e9, "bandwidth": 1e9}'), tmp_path / "peaks.json"
    file.write_text("{")
    assert await peaks.engine_peaks([told], [BUILD], file) == [DevicePeaks(flops=2e9, bandwidth=1e9)]
    assert await peaks.engine_peaks([told], [BUILD], file) == [DevicePeaks(flops=2e9, bandwidth=1e9)]
    assert times_asked(tmp_path) == 1


async def test_a_binary_is_not_asked(tmp_path: Path) -> None:
    binary = EngineConfig(version="1.13.0", driver="load_and_run", binary=tmp_path / "load_and_run")
    assert await peaks.engine_peaks([binary], [BUILD], tmp_path / "peaks.json") == [None]


async def test_what_was_measured_on_a_busy_machine_is_measured_again_when_it_is_calm(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, busy = tmp_path / "peaks.json", 10.0 * machine.cores()
    for load, says, flops, asked in (
        (busy, 1e9, 1e9, 1),
        (busy * 0.6, 2e9, 1e9, 1),
        (busy * 0.4, 3e9, 3e9, 2),
        (0.1, 2e9, 3e9, 3),
        (0.0, 9e9, 3e9, 3),
    ):
        monkeypatch.setattr(machine, "load", lambda load=load: load)
        told = engine(tmp_path, f'{{"flops": {says}, "bandwidth": 1e9}}')
        assert await peaks.engine_peaks([told], [BUILD], file) == [DevicePeaks(flops=flops, bandwidth=1e9)]
        assert times_asked(tmp_path) == asked
