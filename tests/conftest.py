"""What every test shares: the two sizes of long suites, and the engine's environment."""

from __future__ import annotations

from pathlib import Path

import hypothesis
import pytest

from infra.engines.environment import find_engine

SHORT, SOAK = "short", "soak"

# Seeded and bounded, so that `make test` does the same work every time; `make soak` looks further, and elsewhere each time.
hypothesis.settings.register_profile(SHORT, max_examples=50, derandomize=True, deadline=None)
hypothesis.settings.register_profile(SOAK, max_examples=2_000, deadline=None)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--soak", action="store_true", help="run the full counts of long suites")


def pytest_configure(config: pytest.Config) -> None:
    hypothesis.settings.load_profile(SOAK if config.getoption("--soak") else SHORT)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("--soak"):
        return
    long = [item for item in items if item.get_closest_marker("soak")]
    items[:] = [item for item in items if item not in long]
    config.hook.pytest_deselected(items=long)


@pytest.fixture(scope="session")
def soak(request: pytest.FixtureRequest) -> bool:
    """Whether the full counts are wanted: `rounds = 1_000 if soak else 20`."""
    return bool(request.config.getoption("--soak"))


@pytest.fixture(scope="session")
def engine_python() -> Path:
    """The Python of the MegEngine 1.13.0 environment. `make test` installs it; without it the test fails and says how."""
    engine = find_engine("1.13.0")
    if engine is None:
        pytest.fail("MegEngine 1.13.0 is not installed: run `mgeprof engine install 1.13.0`", pytrace=False)
    return engine.python
