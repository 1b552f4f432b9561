from __future__ import annotations

import json
from pathlib import Path
from urllib.parse import parse_qs

from tests.integration.client.conftest import Scripted
from tests.integration.client.scripted import TASK_ID, problem
from tests.integration.client.test_cli import Run, run  # noqa: F401 - a fixture


async def test_every_question_reaches_the_server(run: Run, scripted: Scripted) -> None:  # noqa: F811
    asked = ("--side", "host", "--until", "kern", "--regex", "conv", "--input-dtype", "Float32", "--min-time", "0.001")
    result = await run("profile", TASK_ID, *asked, "--group-by", "shape", "--aggregate", "mean", "--top", 3)
    assert result.exit_code == 0, result.output
    query = {name: values[0] for name, values in parse_qs(scripted.script.queries["GET tasks/profile"]).items()}
    assert query == {
        "side": "host",
        "until": "kern",
        "regex": "conv",
        "input_dtype": "Float32",
        "min_s": "0.001",
        "group_by": "shape",
        "aggregate": "mean",
        "top": "3",
    }


async def test_runs_are_compared(run: Run) -> None:  # noqa: F811
    result = await run("compare", TASK_ID, "second", "third")
    assert result.exit_code == 0, result.output
    assert "+100.0 %*" in result.stdout
    assert "Only in run 2: new(x)[9]" in result.stdout
    told = json.loads((await run("compare", TASK_ID, "second", "--json")).stdout)
    assert [one["task_id"] for one in told["runs"]] == [TASK_ID, "second"]
    assert (await run("compare", TASK_ID)).exit_code == 2


async def test_exports_go_to_a_file_or_to_stdout(run: Run, scripted: Scripted, tmp_path: Path) -> None:  # noqa: F811
    file = tmp_path / "profile.csv"
    assert (await run("export", TASK_ID, "--format", "csv", "-o", file)).exit_code == 0
    assert file.read_bytes() == f"csv of {TASK_ID}\r\n".encode()
    result = await run("export", TASK_ID, "--format", "raw", "--pass", 2)
    assert result.stdout_bytes == f"raw of {TASK_ID}\r\n".encode()
    assert scripted.script.queries["GET tasks/export"] == "pass=2"
    assert (await run("export", TASK_ID, "--format", "pdf")).exit_code == 2


async def test_a_refused_export_leaves_no_file(run: Run, scripted: Scripted, tmp_path: Path) -> None:  # noqa: F811
    scripted.script.fail("GET tasks/export", problem(409, "no_profile"))
    result = await run("export", TASK_ID, "--format", "csv", "-o", tmp_path / "profile.csv")
    assert result.exit_code == 1
    assert "no_profile" in result.stderr
    assert list(tmp_path.iterdir()) == []
