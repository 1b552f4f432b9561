from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from client.cli.run_options import with_run_options, with_varied_options


def options_of(decorator: Callable[[Callable[..., None]], Callable[..., None]], *arguments: str) -> dict[str, Any]:
    """What a command gets of what was typed."""
    app, seen = typer.Typer(), []

    @app.command()
    @decorator
    def measure(*, options: dict[str, Any]) -> None:
        seen.append(options)

    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 0, result.output
    [options] = seen
    return dict(options)


def test_only_what_was_given_is_told() -> None:
    assert options_of(with_run_options) == options_of(with_varied_options) == {}
    assert options_of(with_run_options, "--iterations", "5", "--fast-run") == {"iterations": 5, "fast_run": True}


def test_numbers_of_a_sweep_may_be_given_several_times() -> None:
    given = ("--iterations", "5", "--iterations", "10", "--fast-run", "--time-limit", "2.5")
    assert options_of(with_varied_options, *given) == {
        "iterations": [5, 10],
        "fast_run": True,
        "time_limit_s": [2.5],
    }


@pytest.mark.parametrize(("given", "passes"), [((), 1), (("--passes", "3"), 3)])
def test_quick_means_one_profiled_pass_unless_told_otherwise(given: tuple[str, ...], passes: int) -> None:
    assert options_of(with_run_options, "--quick", *given) == {"profiled_passes": passes}
    assert options_of(with_varied_options, "--quick", *given) == {"profiled_passes": [passes]}
