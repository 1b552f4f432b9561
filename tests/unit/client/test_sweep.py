from __future__ import annotations

import pytest
import typer
from rich.console import Console

from client.cli.sweep import option_sets
from client.cli.sweep_tables import sweep_report
from client.sweeps import Sweep


def test_every_combination_of_values_is_an_option_set() -> None:
    found = option_sets(["batch=1,2", "fast-run=true,false"], {"iterations": 3})
    assert found == [
        {"iterations": 3, "batch_size": size, "fast_run": fast} for size in (1, 2) for fast in (True, False)
    ]
    assert option_sets([], {"warmup": 0}) == [{"warmup": 0}]
    assert option_sets(["time_limit_s=1.5"], {}) == [{"time_limit_s": 1.5}]
    assert option_sets(["batch=1"], {"iterations": [5, 10], "fast_run": True}) == [
        {"iterations": count, "fast_run": True, "batch_size": 1} for count in (5, 10)
    ]


@pytest.mark.parametrize("varied", ["batch", "colour=red", "batch=1,x", "fast-run=maybe", "iterations=3", "=1"])
def test_what_is_no_option_is_refused(varied: str) -> None:
    with pytest.raises(typer.BadParameter):
        option_sets([varied], {"iterations": 1})


def test_the_matrix_marks_the_best_run() -> None:
    made = Sweep.read(
        {
            "id": "s",
            "name": "by batch",
            "states": {"completed": 1, "running": 1},
            "axes": [{"name": "batch_size", "values": [1, None]}],
            "cells": [
                {
                    "task_id": "one",
                    "at": {"batch_size": 1},
                    "state": "completed",
                    "latency_p50": 0.002,
                    "throughput": 500.0,
                },
                {"task_id": "two", "at": {"batch_size": None}, "state": "running"},
            ],
            "best": {"metric": "throughput", "latency_limit_s": 0.01, "task_id": "one"},
        }
    )
    assert not made.ended
    console = Console(width=80)
    with console.capture() as captured:
        console.print(sweep_report(made))
    lines = captured.get().splitlines()
    best = next(line for line in lines if "1 *" in line)
    assert "2 ms" in best
    assert "500" in best
    assert "–" in next(line for line in lines if "running" in line and "1 completed" not in line)
    assert {"run 1  one", "run 2  two"} <= {line.rstrip() for line in lines}
    assert "best by throughput with p50 at most 10 ms" in captured.get()
