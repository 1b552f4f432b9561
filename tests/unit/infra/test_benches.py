from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from pydantic import ValidationError

from bench.__main__ import BENCHES, load
from runner.config import EngineConfig

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize("name", BENCHES)
def test_every_bench_is_there(name: str) -> None:
    assert callable(load(name))


def test_the_engine_that_does_nothing_is_for_benches_only() -> None:
    built = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["hatch"]["build"]["targets"]["wheel"]
    assert not {"bench", "tests"} & set(built["packages"])
    with pytest.raises(ValidationError):
        EngineConfig.model_validate({"version": "1.13.0", "driver": "null", "python": "/usr/bin/python3"})
