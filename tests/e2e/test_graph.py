"""The graph that really ran, beside the model's own."""

from __future__ import annotations

import pytest

from client.client import Client
from tests.e2e.test_inspection import inspected
from tests.e2e.user import CommandLine, User
from tests.integration.api.user import Json

pytestmark = pytest.mark.engine

RUNTIME_ONLY = {"OutputCallback", "Host2DeviceCopy"}
"""What the loader puts around a graph: an output's way back, and the place of an input that has another way in."""


@pytest.mark.parametrize("name", ["resnet", "two_inputs"])
async def test_what_ran_is_mapped_to_the_file(
    user: User, client: Client, mgeprof: CommandLine, by_command_line: dict[str, Json], name: str
) -> None:
    task = by_command_line[name]
    assert await inspected(client, user, task["model"]["id"]) == "completed"
    graph = await user.get(f"/tasks/{task['id']}/graph")
    assert graph["inspected"]
    nodes = {one["id"]: one for one in graph["nodes"]}
    # Each operator that took time has a node, with that time.
    profile = await user.get(f"/tasks/{task['id']}/profile")
    assert {one["id"]: one["device_s"] for one in profile["operators"]} == {
        key: one["device_s"] for key, one in nodes.items() if one["device_s"] is not None
    }
    assert {edge["source"] for edge in graph["edges"]} | {edge["target"] for edge in graph["edges"]} <= set(nodes)
    unmapped = [nodes[key] for key in graph["unmapped"]]
    assert {one["type"] for one in unmapped} <= RUNTIME_ONLY
    mapped = [one for one in graph["nodes"] if one["file_operator"] is not None]
    assert len(mapped) + len(unmapped) == len(nodes)
    convolutions = [one for one in mapped if one["type"] == "ConvolutionForward"]
    assert {one["file_operator"]["type"] for one in convolutions} == {"Convolution"}
    assert all(one["outputs"][0]["shape"] for one in convolutions)

    own = await user.get(f"/models/{task['model']['id']}/graph")
    names = {one["name"] for one in own["nodes"]}
    assert {one["file_operator"]["name"] for one in mapped} <= names
    assert len(own["edges"]) >= len(own["nodes"]) - 1
    assert {one["name"] for one in graph["not_run"]} | {one["file_operator"]["name"] for one in mapped} == names
    said = await mgeprof("graph", task["id"])
    assert said.code == 0, said.err
    assert f"{len(nodes)} operators ran; {len(unmapped)} of them are none of the file's." in said.out
