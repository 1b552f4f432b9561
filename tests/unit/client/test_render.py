from __future__ import annotations

from typing import Any

import pytest
from rich.console import Console, RenderableType

from client.cli import lists, render
from client.errors import CallerProblemError, Problem
from client.models import RecordedEvent, Runner, Task
from client.profiles import Profile

TASK: dict[str, Any] = {
    "id": "01980f2e-7c1a-7def-8123-0123456789ab",
    "kind": "profile",
    "name": None,
    "state": "completed",
    "url": "http://127.0.0.1:8300/api/v1/tasks/01980f2e-7c1a-7def-8123-0123456789ab",
    "model": {"id": "m", "name": "res[net].mge", "sha256": "ab", "size": 1536},
    "inputs": {"data": {"id": "i", "name": "cat.npy", "dtype": "float32", "shape": [1, 3, 224, 224]}},
    "platform": "x86",
    "engine": "1.13.0",
    "attempts": [{"attempt": 1, "runner_name": "local-x86"}],
    "submitted_at": "2026-11-22T20:00:00Z",
    "started_at": "2026-11-22T20:00:01Z",
    "ended_at": "2026-11-22T20:00:04.5Z",
    "phases": {"timing": 0.25, "loading": 0.5},
    "summary": {
        "latency": dict.fromkeys(("min", "p50", "p90", "p99", "max", "mean"), 0.002) | {"std": 0.0, "count": 10},
        "totals": {"operators": 2, "device_s": 0.004, "computation": 8e6, "memory": 2048},
        "by_type": [
            {"type": "Elemwise", "count": 1, "device_s": 0.001, "computation": 0, "memory": 0},
            {"type": "ConvolutionForward", "count": 1, "device_s": 0.003, "computation": 8e6, "memory": 0},
        ],
    },
}
PROFILE: dict[str, Any] = {
    "task_id": TASK["id"],
    "totals": {**TASK["summary"]["totals"], "gap_s": -0.001, "profiler_overhead": 0.05, "peak_memory": 1 << 20},
    "timing": {"latency": TASK["summary"]["latency"], "latencies": [0.002]},
    "by_type": TASK["summary"]["by_type"],
    "operators": [
        {
            "id": "48",
            "name": "conv(data,stem.weight)[48]",
            "type": "ConvolutionForward",
            "device_s": 0.003,
            "computation": 8_000_000,
            "output_shapes": [[1, 64, 56, 56]],
            "a_field_of_tomorrow": {"x": 1},
        },
        {"id": "49", "name": "[bold]relu[/bold]", "type": "Elemwise", "device_s": None, "computation": None},
    ],
}


def shown(renderable: RenderableType, width: int = 140) -> str:
    console = Console(width=width, highlight=False, color_system=None)
    with console.capture() as capture:
        console.print(renderable)
    return capture.get()


def line_with(text: str, word: str) -> str:
    return next(line for line in text.splitlines() if word in line)


def test_operators_show_names_with_brackets_as_they_are() -> None:
    text = shown(render.profile_report(Profile.read(PROFILE)))
    line = line_with(text, "conv(data,stem.weight)[48]")
    assert "ConvolutionForward" in line
    assert "1×64×56×56" in line
    assert "3 ms" in line
    assert "75.0 %" in line
    assert "8 M" in line
    assert "2.67 G" in line
    assert "[bold]relu[/bold]" in text


def test_a_narrow_terminal_still_shows_whole_names_and_figures() -> None:
    text = shown(render.profile_report(Profile.read(PROFILE)), width=80)
    line = line_with(text, "conv(data,stem.weight)[48]")
    assert "75.0 %" in line
    assert "2.67 G" in line
    assert "ConvolutionForward  1×64×56×56" in text
    assert TASK["id"] in shown(lists.task_table([Task.read(TASK)]), width=80)


def test_a_very_wide_terminal_shows_bandwidth_and_the_share_so_far() -> None:
    operators = [{**PROFILE["operators"][0], "bandwidth": 2e9, "cumulative": 0.75}, PROFILE["operators"][1]]
    text = shown(render.profile_report(Profile.read({**PROFILE, "operators": operators})), width=160)
    assert line_with(text, "conv(data,stem.weight)[48]").rstrip().endswith("2 G  75.0 %")
    assert "so far" not in shown(render.profile_report(Profile.read(PROFILE)), width=140)


def test_what_the_engine_did_not_record_is_a_dash() -> None:
    line = line_with(shown(render.profile_report(Profile.read(PROFILE))), "relu")
    assert line.count("–") == 3


def test_types_stand_slowest_first() -> None:
    text = shown(render.report(Task.read(TASK), None))
    assert text.index("ConvolutionForward") < text.index("Elemwise")


def test_a_report_names_the_run_and_its_clean_latency() -> None:
    text = shown(render.report(Task.read(TASK), Profile.read(PROFILE), top=1))
    assert "res[net].mge" in text
    assert "1×3×224×224 float32" in text
    assert "loading 500 ms, timing 250 ms" in text
    assert "3.5 s" in line_with(text, "took")
    assert "p50 2 ms" in text
    assert "-1 ms: smaller than the noise" in line_with(text, "beside them")
    assert "relu" not in text


def test_a_failure_says_whose_move_it_is() -> None:
    failure = {"kind": "bad_input", "title": "It does not fit.", "message": "data: [1] is not [2]", "hint": "Give [2]."}
    task = Task.read({**TASK, "state": "failed", "summary": None, "failure": {**failure, "exit_code": 3}})
    text = shown(render.failure(task, ["first [red]line", "last line"]))
    for words in (
        "It does not fit.",
        "data: [1] is not [2]",
        "Your move: Give [2].",
        "exit code was 3",
        "first [red]line",
    ):
        assert words in text
    lost = Task.read({**TASK, "state": "failed", "failure": {"kind": "runner_lost", "title": "Lost.", "hint": "Look."}})
    assert "For the people who run this server: Look." in shown(render.failure(lost))


def test_an_orderly_end_of_the_engine_is_no_news() -> None:
    failure = {"kind": "bad_input", "title": "It does not fit.", "hint": "Give [2].", "exit_code": 1}
    task = Task.read({**TASK, "state": "failed", "summary": None, "failure": failure})
    assert "exit code" not in shown(render.failure(task))


@pytest.mark.parametrize(("overhead", "said"), [(0.132, "adds 13.2 %"), (-0.05, "less than the noise (-5.0 %)")])
def test_what_the_profiler_adds_may_be_less_than_the_noise(overhead: float, said: str) -> None:
    totals = {**PROFILE["totals"], "profiler_overhead": overhead}
    text = shown(render.profile_report(Profile.read({**PROFILE, "totals": totals})))
    assert said in line_with(text, "profiler  ")


def test_an_expired_run_says_who_could_have_taken_it() -> None:
    assert "mgeprof devices" in shown(render.failure(Task.read({**TASK, "state": "expired"})))


def test_a_problem_shows_each_field_and_the_request() -> None:
    errors = ({"field": "options.iterations", "message": "too small"},)
    problem = Problem("invalid_request", "Not valid.", 422, "…", "Correct it.", "req-1", errors, ("x86", "cuda"))
    text = shown(render.problem(CallerProblemError(problem)))
    for words in (
        "Not valid.",
        "(invalid_request)",
        "options.iterations: too small",
        "x86, cuda",
        "Correct it.",
        "req-1",
    ):
        assert words in text


def test_a_problem_says_each_thing_once() -> None:
    errors = ({"field": "inputs.data", "message": "Input 'data' is missing."}, {"field": "a", "message": "too small"})
    listed = "inputs.data: Input 'data' is missing.; a: too small"
    for detail in (listed, "Input 'data' is missing. too small The model's inputs: data (float32)."):
        text = shown(render.problem(CallerProblemError(Problem("bad_input", "No.", 422, detail, "", "", errors))))
        assert text.count("is missing.") == text.count("too small") == 1
        assert ("The model's inputs: data (float32)." in text) == (detail != listed)


def test_events_show_small_values_only() -> None:
    event = {"id": "e", "type": "started", "sequence": 7, "time": TASK["started_at"], "attempt": 1}
    data = {
        "waiting": 3,
        "attempt": 1,
        "totals": {"operators": 2},
        "runner": None,
        "model": "ab" * 32,
        "age": 3.01234567,
    }
    line = line_with(shown(render.event_table([RecordedEvent.read({**event, "data": data})])), "started")
    assert "waiting 3" in line
    assert "model abababababab…, age 3.012" in line
    assert "totals" not in line
    assert "runner" not in line


def test_lists_show_runs_and_devices() -> None:
    task = line_with(shown(lists.task_table([Task.read(TASK)])), TASK["id"])
    assert "res[net].mge" in task
    assert "4 ms" in task
    runner = {"id": "r", "name": "local-x86", "platform": "x86", "slots": 1, "state": "idle"}
    offers = [{"version": "1.13.0", "driver": "megengine", "build": "1.13.0+abc"}]
    devices = lists.device_table([Runner.read({**runner, "engines": offers})])
    for width in (60, 200):
        assert "1.13.0 (megengine)" in shown(devices, width)


def test_empty_lists_say_what_to_do() -> None:
    assert "mgeprof submit" in shown(lists.task_table([]))
    assert "mgeprof up" in shown(lists.device_table([]))
    assert "mgeprof submit" in shown(lists.model_table([]))
