"""Whether two runs computed the same, from the outputs that they kept."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from client.client import Client
from tests.e2e.conftest import ORDER
from tests.e2e.user import CommandLine, User
from tests.integration.api.user import Json

pytestmark = pytest.mark.engine

CHOSEN = ("stem.RELU", "blocks.1.RELU", "score.ADD")


async def kept(mgeprof: CommandLine, examples: Path, data: Path, *options: str) -> Json:
    chosen = [word for name in CHOSEN for word in ("--output-name", name)]
    few = ("--iterations", 1, "--quick", "--output-dumps")
    given = ("--data", f"data={data}")
    said = await mgeprof("submit", examples / "resnet.mge", *given, *ORDER, *few, *chosen, *options, "--wait", "--json")
    assert said.code == 0, said.err
    task: Json = said.json
    return task


async def test_outputs_are_compared_tensor_by_tensor(
    user: User, client: Client, mgeprof: CommandLine, examples: Path, by_command_line: dict[str, Json], tmp_path: Path
) -> None:
    one = await kept(mgeprof, examples, examples / "resnet-data.npy")
    assert one["data"]["output_names"] == list(CHOSEN)
    shown = await client.outputs(one["id"])
    assert [each.name for each in shown.outputs] == list(CHOSEN)
    assert shown.outputs[0].shape == [1, 16, 32, 32]
    same = await kept(mgeprof, examples, examples / "resnet-data.npy")
    said = await mgeprof("outputs", one["id"], same["id"])
    assert said.code == 0, said.err
    assert "No output differs." in said.out

    image = np.load(examples / "resnet-data.npy")
    image[0, 0, 10, 10] += 1
    np.save(tmp_path / "other.npy", image)
    other = await kept(mgeprof, examples, tmp_path / "other.npy")
    said = await mgeprof("outputs", one["id"], other["id"])
    assert said.code == 1
    assert "First diverging: stem.RELU" in said.out
    found = await client.compare_outputs(one["id"], other["id"])
    # A single pixel reaches few of the first numbers, and all of the last.
    first, last = found.outputs[0], found.outputs[-1]
    assert first.elements == 16 * 32 * 32
    assert 0 < (first.differing or 0) < first.elements // 10
    assert (last.differing, last.elements) == (10, 10)
    assert 0 < (last.rms or 0) <= (last.max_abs or 0)
    assert (await client.compare_outputs(one["id"], other["id"], tolerance=1.0)).first_diverging is None
    refused = await user.http.get(
        "/api/v1/compare/outputs", params={"a": one["id"], "b": by_command_line["resnet"]["id"]}
    )
    assert (refused.status_code, refused.json()["code"]) == (409, "no_outputs")
