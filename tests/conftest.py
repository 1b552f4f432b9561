"""What every test shares: the two sizes of long suites, how the workers divide them, and the engine's environment."""

from __future__ import annotations

import gc
from pathlib import Path

import hypothesis
import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

from infra.engines.environment import find_engine

SHORT, SOAK = "short", "soak"
TESTS = Path(__file__).parent
OWN_STACKS = {f"e2e/{name}.py" for name in ("faults/test_faults", "test_demo", "test_large_model", "test_up")}
"""End-to-end tests that share no stack, so that any worker can do them."""

# Seeded and bounded, so that `make test` does the same work every time; `make soak` looks further, and elsewhere each time.
hypothesis.settings.register_profile(SHORT, max_examples=50, derandomize=True, deadline=None)
hypothesis.settings.register_profile(SOAK, max_examples=2_000, deadline=None)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--soak", action="store_true", help="run the full counts of long suites")


def pytest_configure(config: pytest.Config) -> None:
    # Thousands of tests and all that they import stay to the end: to look for garbage among them is a fifth of the time.
    gc.disable()
    hypothesis.settings.load_profile(SOAK if config.getoption("--soak") else SHORT)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: rank_of(item.path))
    if config.getoption("--soak"):
        return
    long = [item for item in items if item.get_closest_marker("soak")]
    items[:] = [item for item in items if item not in long]
    config.hook.pytest_deselected(items=long)


def pytest_collection_finish() -> None:
    gc.freeze()
    gc.enable()


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> LoadScopeScheduling | None:
    """Workers get whole files, and all files that share a stack: so no stack is started twice."""
    if config.getvalue("dist") != "loadfile":
        return None
    scheduling = LoadScopeScheduling(config, log)
    # Marks for --dist loadgroup would say it more plainly, but pytest-xdist 3.8 loses them under pytest 9.2.
    scheduling._split_scope = _group_of
    return scheduling


def _group_of(nodeid: str) -> str:
    where = Path(nodeid.partition("::")[0]).relative_to(TESTS.name)
    shares = where.parts[0] == "e2e" or where.parent == Path("integration/client")
    return str(where.parent if shares and str(where) not in OWN_STACKS else where)


def rank_of(file: Path) -> int:
    """What takes longest begins first: else everybody waits for it in the end."""
    where = file.relative_to(TESTS)
    if str(where) in OWN_STACKS:
        return 1
    return ("e2e", "integration", "contract", "unit").index(where.parts[0]) * 2


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
