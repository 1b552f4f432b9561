"""What single commands print of what a run left."""

from __future__ import annotations

from typing import Any

from client.cli.analyses import analyses_report
from client.cli.dataset import card
from client.cli.environment import environment_report
from client.cli.files import files_report
from client.cli.offered import options_report
from client.cli.render import profile_report
from client.cli.roofline import roofline_report
from client.cli.timeline import BAR, Side, bar, timeline_report
from client.environment import Environment
from client.models import Artifact, Dataset
from client.options import OptionList
from client.profiles import AnalysisList, Profile
from client.timeline import Span, Timeline
from tests.unit.client.test_render import line_with, shown

ROOF = {"of_peak_flops": 0.5, "of_peak_bandwidth": 0.1, "intensity": 40.0, "bound": "computation", "of_attainable": 0.5}
DATA_MOVER = {"of_peak_flops": None, "of_peak_bandwidth": 0.25, "intensity": None, "bound": "memory"}


def span(name: str, lane: str, start_s: float, kern_s: float, end_s: float) -> dict[str, Any]:
    return {"id": name, "name": name, "lane": lane, "start_s": start_s, "kern_s": kern_s, "end_s": end_s}


TIMELINE = Timeline.read(
    {
        "number": 2,
        "device": [
            span("[first]", "cpu0:0", 0.0, 0.25, 0.5),
            span("second", "cpu0:0", 0.5, 0.5, 1.0),
            span("tiny", "cpu0:0", 0.999, 0.999, 0.999),
            span("beside", "cpu1:0", 0.25, 0.25, 0.75),
        ],
        "host": [span("dispatch", "thread0", 0.0, 0.0, 0.001)],
    }
)


def test_a_timeline_draws_each_operator_on_its_lane() -> None:
    text = shown(timeline_report(TIMELINE, Side.DEVICE, top=10))
    assert "Pass 2, device: 0 s to 1 s, 4 of 4 operators" in text
    assert "cpu0:0: busy for 100.0 % of the time" in text
    assert "cpu1:0: busy for 50.0 % of the time" in text
    assert "░" * 10 + "█" * 10 in line_with(text, "[first]")
    assert text.index("[first]") < text.index("second") < text.index("tiny") < text.index("beside")
    assert "dispatch" in shown(timeline_report(TIMELINE, Side.HOST, top=10))


def test_a_timeline_keeps_the_longest_of_a_window() -> None:
    text = shown(timeline_report(TIMELINE, Side.DEVICE, top=1, since=0.6, until=1.0))
    assert "1 of 3 operators" in text
    assert "second" in text
    assert "beside" not in text
    assert "nothing ran here" in shown(timeline_report(TIMELINE, Side.DEVICE, top=1, since=5.0))


def test_a_bar_has_one_width_and_shows_the_shortest_operator() -> None:
    last = Span.read(span("x", "l", 1.0, 1.0, 1.0))
    assert bar(last, 0.0, 1.0) == " " * (BAR - 1) + "█"
    for one in TIMELINE.device:
        assert len(bar(one, 0.2, 0.9)) == BAR


def test_a_roofline_names_what_holds_operators_up() -> None:
    operators = [
        {"id": "1", "name": "conv[1]", "type": "Convolution", "device_s": 0.002, "roofline": ROOF},
        {"id": "2", "name": "copy[2]", "type": "Copy", "device_s": 0.001, "roofline": DATA_MOVER},
        {"id": "3", "name": "input[3]", "type": "InputCallback", "device_s": None, "roofline": None},
    ]
    found = Profile.read({"operators": operators, "peaks": {"flops": 4e10, "bandwidth": 1e10}})
    text = shown(roofline_report(found))
    assert "40 GFLOP/s and 10 GB/s" in text
    assert "below 4 FLOP/B" in text
    line = line_with(text, "conv[1]")
    assert [word in line for word in ("2 ms", "40", "50.0 %", "10.0 %", "computation")] == [True] * 5
    assert "memory" in line_with(text, "copy[2]")
    assert "%" not in line_with(text, "input[3]")
    narrow = shown(roofline_report(found), 80)
    assert [word in line_with(narrow, "conv[1]") for word in ("2 ms", "computation", "50.0 %")] == [True] * 3
    groups = [{"type": "Convolution", "input_shapes": [[1, 3]], "count": 2, "time_s": 0.5, "roofline": ROOF}]
    grouped = found.model_copy(update={"groups": Profile.read({"groups": groups}).groups})
    assert "Convolution  1×3" in shown(roofline_report(grouped))


def test_without_peaks_there_is_no_roofline() -> None:
    assert "not known" in shown(roofline_report(Profile.read({"operators": []})))


def test_copies_are_told_where_there_are_any() -> None:
    copies = {"count": 2, "total_s": 0.004, "mean_s": 0.002, "wait_total_s": 0.001, "wait_mean_s": 0.0005}
    said = line_with(shown(profile_report(Profile.read({"copies": copies}))), "Copies")
    assert said.strip() == "Copies between nodes: 2, 4 ms, 2 ms each, after 1 ms of waiting"
    assert "Copies" not in shown(profile_report(Profile.read({})))


def test_an_environment_ends_with_commands_that_can_be_copied() -> None:
    command = "load_and_run model.mge " + "--input 'data:data.npy' " * 20
    found = Environment.read(
        {
            "machine": {"cpu": "A CPU", "cores": 2, "memory": 1 << 30, "kernel": "6.1", "temperature": 40.4},
            "engine": {"version": "1.13.0", "driver": "megengine", "build": "1.13.0+abc", "warm": True},
            "platform": "x86",
            "model": "ab" * 32,
            "inputs": {"data": "cd" * 32},
            "options": {"iterations": 10, "nchw88": True, "ioc16": False, "batch_size": None},
            "commands": {"load_and_run": command, "load_network_and_run": None},
        }
    )
    text = shown(environment_report(found), width=300)
    assert "A CPU, 2 cores" in line_with(text, "cpu")
    assert "40 °C" in text
    assert "1.13.0+abc on x86 (megengine), up before the attempt began" in text
    assert "iterations 10, nchw88 on" in line_with(text, "options")
    assert "governor" not in text
    assert "It cannot do what this run did." in text
    assert "load_and_run model.mge" in text


def test_files_and_options_and_datasets_are_listed() -> None:
    artifact = Artifact.read({"name": "raw-1.json", "size": 2048, "sha256": "ab" * 32})
    assert "2 KiB" in line_with(shown(files_report([artifact])), "raw-1.json")
    assert "no files" in shown(files_report([]))
    items = [
        {"name": "nchw44", "explanation": "Layout.", "default": False, "works": False, "reason": "Only on ARM."},
        {"name": "time_limit_s", "explanation": "Longest time.", "default": 600.0},
    ]
    text = shown(options_report(OptionList.read({"drivers": ["megengine"], "items": items})))
    assert "no" in line_with(text, "--nchw44")
    assert "Only on ARM." in text
    assert "600" in line_with(text, "--time-limit")
    dataset = {"id": "d", "name": "cats", "inputs": {"data": "f1"}, "readings": {"data": {"format": "png"}}}
    recipe = {"distribution": "uniform", "low": 0, "high": 1, "seed": 7}
    made = shown(card(Dataset.read({**dataset, "archives": ["a1"], "random": {"noise": recipe}})))
    assert "data = file f1  format png" in made
    assert "noise = random: distribution uniform, low 0, high 1, seed 7" in made
    assert "archive a1" in made


def test_analyses_are_held_against_the_ones_before_them() -> None:
    items = [{"analyser": 3, "totals": {"device_s": 0.011}}, {"analyser": 1, "totals": {"device_s": 0.01}}]
    found = AnalysisList.read({"task_id": "t", "newest": 4, "outdated": True, "items": items})
    text = shown(analyses_report(found))
    assert "+10.0 %" in line_with(text, "11 ms")
    assert "%" not in line_with(text, "10 ms")
    assert "mgeprof analyses t --again" in text
