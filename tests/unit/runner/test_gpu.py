from __future__ import annotations

from pathlib import Path

import pytest

from core.protocol.environment import Gpu
from runner import gpu

# As nvidia-smi writes them; the second card is one without a sensor of its clock.
TWO_CARDS = """\
NVIDIA A100-SXM4-40GB, 535.129.03, 40960, 1410, 34
Tesla T4, 535.129.03, 15360, [N/A], 61
"""
NO_DRIVER = (
    "NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver. "
    "Make sure that the latest NVIDIA driver is installed and running.\n"
)


def test_each_card_is_described() -> None:
    assert gpu.parse(TWO_CARDS) == (
        Gpu(
            name="NVIDIA A100-SXM4-40GB",
            driver="535.129.03",
            memory=40960 * 2**20,
            clock_hz=1.41e9,
            temperature=34,
        ),
        Gpu(name="Tesla T4", driver="535.129.03", memory=15360 * 2**20, clock_hz=None, temperature=61),
    )


@pytest.mark.parametrize(
    "text",
    [
        NO_DRIVER,
        "",
        "No devices were found\n",
        "Failed to initialize NVML: Driver/library version mismatch\n",
        "a, b, c, d\n",
    ],
)
def test_what_is_no_table_says_nothing_of_cards(text: str) -> None:
    assert gpu.parse(text) is None


@pytest.mark.parametrize("cell", ["nan", "inf", "[Not Supported]", "ERR!", ""])
def test_what_is_no_figure_is_none(cell: str) -> None:
    found = gpu.parse(f"card, 1, {cell}, {cell}, {cell}\n")
    assert found is not None
    assert (found[0].memory, found[0].clock_hz, found[0].temperature) == (None, None, None)


def tool(folder: Path, script: str, monkeypatch: pytest.MonkeyPatch) -> None:
    program = folder / gpu.PROGRAM
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")


def test_the_tool_is_asked_for_these_columns(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tool(tmp_path, 'echo "$@" > "$(dirname "$0")/asked"; echo "card, 550.54, 1024, 1500, 40"', monkeypatch)
    assert gpu.gpus() == (Gpu(name="card", driver="550.54", memory=2**30, clock_hz=1.5e9, temperature=40),)
    assert "driver_version" in (tmp_path / "asked").read_text()


def test_a_tool_that_fails_hangs_or_is_not_there_says_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tool(tmp_path, f"echo '{NO_DRIVER.strip().replace(chr(39), '')}'; exit 9", monkeypatch)
    assert gpu.gpus() is None
    tool(tmp_path, "exec sleep 60", monkeypatch)
    monkeypatch.setattr(gpu, "PATIENCE_S", 0.1)
    assert gpu.gpus() is None
    (tmp_path / gpu.PROGRAM).unlink()
    monkeypatch.setenv("PATH", str(tmp_path))
    assert gpu.gpus() is None


def test_cards_are_announced_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    cards = (Gpu(name="NVIDIA A10", driver="550", memory=1, clock_hz=1.0, temperature=1.0),) * 2
    monkeypatch.setattr(gpu, "gpus", lambda: cards)
    assert gpu.names() == ("NVIDIA A10", "NVIDIA A10")
    monkeypatch.setattr(gpu, "gpus", lambda: None)
    assert gpu.names() == ()
