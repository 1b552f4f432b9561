from __future__ import annotations

import pytest

from client.cli import units


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0 s"),
        (2.5e-9, "2.5 ns"),
        (9.9996e-7, "1 µs"),
        (840e-6, "840 µs"),
        (12.34e-3, "12.3 ms"),
        (1.0, "1 s"),
        (59.94, "59.9 s"),
        (125, "2 min 05 s"),
        (3725, "1 h 02 min"),
        (-0.002, "-2 ms"),
    ],
)
def test_duration(seconds: float, text: str) -> None:
    assert units.duration(seconds) == text


@pytest.mark.parametrize(("count", "text"), [(0, "0 B"), (1023, "1023 B"), (1536, "1.5 KiB"), (3 << 30, "3 GiB")])
def test_size(count: int, text: str) -> None:
    assert units.size(count) == text


@pytest.mark.parametrize(
    ("count", "text"), [(0, "0 FLOP"), (999, "999 FLOP"), (1_820_000_000, "1.82 GFLOP"), (5e18, "5000 PFLOP")]
)
def test_quantity(count: float, text: str) -> None:
    assert units.quantity(count, "FLOP") == text


def test_rate_of_no_time_is_not_a_number() -> None:
    assert units.rate(10, 0, "FLOP") == "–"
    assert units.rate(3e9, 1.5, "FLOP") == "2 GFLOP/s"


@pytest.mark.parametrize(("part", "text"), [(0, ""), (1, "████"), (0.5, "██"), (1 / 32, "▏"), (2, "████")])
def test_bar(part: float, text: str) -> None:
    assert units.bar(part, 1, width=4) == text


def test_bar_of_nothing() -> None:
    assert units.bar(1, 0) == ""


def test_shapes() -> None:
    assert units.shapes([[1, 64, 56, 56], [], None]) == "1×64×56×56, (), ?"
