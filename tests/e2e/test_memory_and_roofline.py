"""What a real run says of its device's peaks and of its memory."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from client.client import Client
from tests.e2e.conftest import ORDER
from tests.e2e.user import CommandLine, User
from tests.integration.api.user import Json

pytestmark = pytest.mark.engine


async def test_operators_stand_under_the_peaks_of_their_device(user: User, by_command_line: dict[str, Json]) -> None:
    runners = (await user.get("/runners"))["items"]
    peaks = runners[0]["engines"][0]["peaks"]
    assert peaks["flops"] > 1e8
    assert peaks["bandwidth"] > 1e7
    profile = await user.get(f"/tasks/{by_command_line['resnet']['id']}/profile")
    assert profile["peaks"] == peaks
    placed = [one for one in profile["operators"] if one["roofline"] is not None]
    assert {one["type"] for one in placed} >= {"ConvolutionForward", "MatrixMul", "PoolingForward"}
    for one in placed:
        assert one["roofline"]["bound"] in {"memory", "computation", None}
    convolution = next(one for one in placed if one["type"] == "ConvolutionForward")
    assert convolution["roofline"]["of_attainable"] > 0
    assert convolution["roofline"]["intensity"] == pytest.approx(convolution["computation"] / convolution["memory"])


async def test_what_is_alive_at_the_peak_is_named(
    client: Client, mgeprof: CommandLine, by_command_line: dict[str, Json]
) -> None:
    id_ = by_command_line["resnet"]["id"]
    found = await client.memory(id_)
    assert found.peak == found.kept + found.reclaimed + found.outside == max(found.steps)
    assert sum(one.size for one in found.alive) == found.kept + found.reclaimed
    assert found.measured is not None
    assert found.measured > found.peak
    assert any(one.type == "ConvolutionForward" and one.variable.endswith("workspace") for one in found.alive)
    said = await mgeprof("memory", id_, "--top", 1)
    assert said.code == 0, said.err
    assert f"Alive at the peak, 1 of {len(found.alive)}" in said.out


async def test_every_view_of_a_result_is_on_the_command_line(
    mgeprof: CommandLine, by_command_line: dict[str, Json], examples: Path, tmp_path: Path
) -> None:
    id_ = by_command_line["resnet"]["id"]
    drawn, listed = await mgeprof("timeline", id_), await mgeprof("timeline", id_, "--json")
    assert "cpu0:0: busy for" in drawn.out, drawn.err
    assert {one["type"] for one in listed.json["device"]} >= {"ConvolutionForward"}
    assert "GFLOP/s" in (await mgeprof("roofline", id_, "--group-by", "type")).out
    assert (await mgeprof("environment", id_, "--json")).json["model"] == digest(examples / "resnet.mge")
    fetched = tmp_path / "raw.json"
    assert (await mgeprof("files", id_, "raw-2.json", "-o", fetched)).code == 0
    kept = {one["name"]: one["sha256"] for one in (await mgeprof("files", id_, "--json")).json}
    assert digest(fetched) == kept["raw-2.json"]
    model = tmp_path / "again.mge"
    assert (await mgeprof("model", by_command_line["resnet"]["model"]["id"], "-o", model)).code == 0
    assert digest(model) == digest(examples / "resnet.mge")
    offered = await mgeprof("options", *ORDER, "--json")
    assert {one["name"] for one in offered.json["items"]} >= {"iterations", "nchw88", "workspace_limit"}


def digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()
