"""`mgeprof demo`, what a newcomer sees first."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.e2e.processes import processes_of, until_gone
from tests.e2e.user import CommandLine

pytestmark = pytest.mark.engine


async def test_the_demonstration_shows_where_the_time_went_and_leaves_nothing_behind(
    engine_python: Path,  # noqa: ARG001 - it must be there
    tmp_path: Path,
) -> None:
    home = tmp_path / "home"
    # What the shell knows of other servers must not matter.
    mgeprof = CommandLine({"COLUMNS": "160", "MGEPROF_URL": "http://127.0.0.1:9", "MGEPROF_TOKEN": "mgp_other"})
    try:
        said = await mgeprof("demo", "--home", home)
        left = processes_of(home)
    finally:
        await until_gone(home)
    assert said.code == 0, said.err
    assert left == {}

    for typed in ("$ python build.py", "$ mgeprof submit", "--data data=", "--wait"):
        assert typed in said.out
    facts, slowest, by_type, ways_on = re.split("Slowest operators|Time by operator type|Look at it again", said.out)
    for fact in ("latency", "operators", "computation", "memory", "peak memory"):
        assert re.search(rf"^{fact} +\d|^{fact} +min \d", facts, re.MULTILINE), facts
    # Every operator has its share of the whole on its line, and with it what all down to it have.
    shares = [float(share) for share in re.findall(r"([\d.]+) %", slowest)]
    alone, together = shares[::2], shares[1::2]
    assert (len(alone), alone, together) == (10, sorted(alone, reverse=True), sorted(together))
    assert slowest.count("ConvolutionForward") >= 7
    assert {"ConvolutionForward", "Elemwise", "MatrixMul", "PoolingForward"} <= set(
        re.findall(r"^\w+", by_type, re.MULTILINE)
    )
    for way in ("mgeprof up", "mgeprof show", "mgeprof profile", "mgeprof events", "curl -H", "/api/v1/docs"):
        assert way in ways_on
