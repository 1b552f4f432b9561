"""Inputs that are no plain arrays go all the way: decoded and made up in the engine's process, as the command line asks."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest

from tests.e2e.conftest import ORDER
from tests.e2e.user import CommandLine
from tests.integration.api.user import Json

pytestmark = pytest.mark.engine

QUICK = (*ORDER, "--iterations", 1, "--passes", 1, "--wait", "--json")


async def completed(mgeprof: CommandLine, *arguments: str | Path) -> Json:
    said = await mgeprof("submit", *arguments, *QUICK)
    assert said.code == 0, said.err
    task: Json = said.json
    assert task["state"] == "completed"
    return task


async def test_an_image_is_given_as_it_is(mgeprof: CommandLine, examples: Path, tmp_path: Path) -> None:
    (tmp_path / "cat.ppm").write_bytes(b"P6 80 60 255\n" + random.Random(1).randbytes(80 * 60 * 3))
    how = ("--image-mean", "104,117,123", "--image-scale", "0.017", "--image-order", "rgb")
    task = await completed(mgeprof, examples / "resnet.mge", "--data", f"data={tmp_path / 'cat.ppm'}", *how)
    assert task["inputs"]["data"]["format"] == "image"
    assert task["data"]["readings"]["data"]["image"]["mean"] == [104.0, 117.0, 123.0]


async def test_an_archive_and_made_up_data_make_up_the_rest(
    mgeprof: CommandLine, examples: Path, tmp_path: Path
) -> None:
    np.savez(tmp_path / "both.npz", image=np.load(examples / "two_inputs-image.npy"))
    task = await completed(
        *(mgeprof, examples / "two_inputs.mge", "--data", tmp_path / "both.npz"),
        *("--random", "numbers=normal:0:1:7"),
    )
    assert task["data"]["random"]["numbers"]["seed"] == 7
    assert [one["name"] for one in task["data"]["archives"]] == ["both.npz"]


async def test_a_file_that_only_looks_like_an_image_fails_as_bad_input(
    mgeprof: CommandLine, examples: Path, tmp_path: Path
) -> None:
    (tmp_path / "cat.png").write_bytes(b"\x89PNG\r\n\x1a\n" + random.Random(2).randbytes(500))
    said = await mgeprof("submit", examples / "resnet.mge", "--data", f"data={tmp_path / 'cat.png'}", *QUICK)
    assert said.code == 1
    assert said.json["failure"]["kind"] == "bad_input"
    assert "not an image that OpenCV can read" in said.json["failure"]["message"]


async def test_a_dataset_is_used_by_its_name(mgeprof: CommandLine, examples: Path) -> None:
    made = await mgeprof(
        "dataset",
        "create",
        "both",
        "--data",
        f"image={examples / 'two_inputs-image.npy'}",
        "--random",
        "numbers=uniform:0:1",
    )
    assert made.code == 0, made.err
    task = await completed(mgeprof, examples / "two_inputs.mge", "--dataset", "both")
    assert (set(task["inputs"]), set(task["data"]["random"])) == ({"image"}, {"numbers"})
    assert "numbers (uniform)" in (await mgeprof("dataset", "ls")).out
    assert (await mgeprof("dataset", "rm", "both")).code == 0
    assert "No datasets." in (await mgeprof("dataset", "ls")).out
