"""What mgeprof shows is what MegEngine's own tools say: the same operators, and the same figures of the same raw profile."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from core.profile.one_pass import analyse_pass
from tests.e2e.conftest import INPUTS
from tests.e2e.user import CommandLine, User
from tests.integration.api.user import Json
from tests.integration.engine.conftest import Reference, in_engine
from tests.integration.engine.test_equality import Described, agree, described

pytestmark = pytest.mark.engine

both = pytest.mark.parametrize("name", list(INPUTS))


@pytest.fixture(scope="module")
def reference(engine_python: Path) -> Reference:
    return Reference(engine_python)


async def raw_profiles(user: User, task: Json, folder: Path) -> list[Path]:
    """The task's raw profiles, downloaded."""
    files = [folder / f"raw-{number}.json" for number in range(1, task["options"]["profiled_passes"] + 1)]
    for file in files:
        file.write_bytes(await user.artifact(task, file.name))
    return files


def close(figures: dict[str, float]) -> Any:
    """Sums of the same floats in another order: the tool adds in the file's order, a document in the order of execution."""
    return pytest.approx(figures, rel=1e-12, abs=1e-15)


@both
async def test_operators_are_those_that_the_tool_records(
    by_command_line: dict[str, Json],
    mgeprof: CommandLine,
    engine_python: Path,
    examples: Path,
    tmp_path: Path,
    name: str,
) -> None:
    file = tmp_path / "tool.json"
    tool = ("-m", "megengine.tools.load_network_and_run", examples / f"{name}.mge", "--profile", file)
    in_engine(engine_python, *tool)
    theirs = described(analyse_pass(file.read_bytes()).operators.rows())

    shown = (await mgeprof("profile", by_command_line[name]["id"], "--json")).json["operators"]
    assert as_described(shown) == theirs
    assert len(theirs) == len(shown)
    assert [one["type"] for one in shown].count("InputCallback") == len(INPUTS[name])


def as_described(shown: list[Json]) -> Described:
    """What the api shows of operators, as `described` says it of raw profiles."""
    return {
        one["id"]: (
            *(one[key] for key in ("name", "type", "computation", "param")),
            *(tuple(map(tuple, one[key])) for key in ("input_shapes", "output_shapes")),
            one["memory"],
        )
        for one in shown
    }


@both
async def test_the_figures_of_a_single_pass_are_those_of_profile_analyze(
    by_api: dict[str, Json], user: User, reference: Reference, tmp_path: Path, name: str
) -> None:
    task = by_api[name]
    [file] = await raw_profiles(user, task, tmp_path)
    [theirs] = reference.of([file])
    agree(analyse_pass(file.read_bytes()), theirs)

    shown = await user.get(f"/tasks/{task['id']}/profile")
    for totals in (task["summary"]["totals"], shown["totals"]):
        assert {"device_s": totals["device_s"]} == close({"device_s": theirs["device_s"]})
        assert totals["operators"] == len(theirs["operators"])
        assert totals["computation"] == sum(one["computation"] or 0 for one in theirs["operators"].values())
        assert totals["memory"] == sum(one["memory"] or 0 for one in theirs["operators"].values())
    assert {"host_s": shown["totals"]["host_s"]} == close({"host_s": theirs["host_s"]})
    check_self_times(shown["operators"], theirs)
    for by_type in (task["summary"]["by_type"], shown["by_type"]):
        check_sums(by_type, theirs)


def check_self_times(operators: list[Json], theirs: Json) -> None:
    for one in operators:
        expected = theirs["operators"][one["id"]]
        for ours, key in (("device_s", "time"), ("computation", "computation"), ("memory", "memory")):
            assert one[ours] == expected[key]
        assert one["wait_s"] == theirs["waits"][one["id"]]
        if expected["time"] and expected["computation"]:
            assert one["flops"] == pytest.approx(expected["flops"], rel=1e-12)
        if expected["time"] and expected["memory"]:
            assert one["bandwidth"] == pytest.approx(expected["bandwidth"], rel=1e-12)


def check_sums(by_type: list[Json], theirs: Json) -> None:
    ours = {one["type"]: one for one in by_type}
    assert len(by_type) == len(ours)
    assert {kind: one["device_s"] for kind, one in ours.items()} == close(
        {kind: one["time"] for kind, one in theirs["types"].items()}
    )
    for kind, expected in theirs["types"].items():
        assert ours[kind]["count"] == expected["count"]
        for figure in ("computation", "memory"):
            assert ours[kind][figure] == (expected[figure] or 0)


@both
async def test_the_figures_of_each_of_several_passes_are_those_of_profile_analyze(
    by_command_line: dict[str, Json], user: User, reference: Reference, tmp_path: Path, name: str
) -> None:
    task = by_command_line[name]
    shown = await user.get(f"/tasks/{task['id']}/profile")
    files = await raw_profiles(user, task, tmp_path)
    analyses = reference.of(files)
    assert len(analyses) == len(shown["totals"]["pass_device_s"]) == 3
    for n, (file, theirs) in enumerate(zip(files, analyses, strict=True)):
        agree(analyse_pass(file.read_bytes()), theirs)
        assert shown["totals"]["pass_device_s"][n] == theirs["device_s"]
        times = {one["id"]: one["passes_s"][n] for one in shown["operators"]}
        assert times == {key: one["time"] for key, one in theirs["operators"].items()}
        sums: defaultdict[str, float] = defaultdict(float)
        for one in shown["operators"]:
            sums[one["type"]] += one["passes_s"][n]
        assert dict(sums) == close({kind: one["time"] for kind, one in theirs["types"].items()})
    for one in shown["operators"]:
        assert one["device_s"] == float(np.median([theirs["operators"][one["id"]]["time"] for theirs in analyses]))


async def test_the_printed_totals_of_profile_analyze_are_what_people_see(
    by_api: dict[str, Json], user: User, mgeprof: CommandLine, engine_python: Path, tmp_path: Path
) -> None:
    [file] = await raw_profiles(user, by_api["resnet"], tmp_path)
    tool = ("-m", "megengine.tools.profile_analyze", file, "-t", "1", "--print-only", "summary")
    [printed] = [
        line.split()[-1] for line in in_engine(engine_python, *tool).splitlines() if "total device time" in line
    ]
    said = await mgeprof("profile", by_api["resnet"]["id"], "--json")
    assert said.json["totals"]["device_s"] == pytest.approx(float(printed), rel=1e-4)
