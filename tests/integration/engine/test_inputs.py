"""Every format of input data, decoded in the engine's process, gives the array that numpy and OpenCV would give by hand."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from runner.engine.drivers.megengine import WORKER
from tests.integration.engine.conftest import Examples, Measure, in_engine

pytestmark = pytest.mark.engine

GATHER = Path(__file__).with_name("gather.py")
Json = dict[str, Any]


@pytest.fixture
def gather(engine_python: Path, tmp_path: Path) -> Any:
    """Runs the worker's own code in the engine's environment; gives arrays, or the refusal's kind and words."""

    def run(job: Json, declared: Json) -> Any:
        out = tmp_path / "out.npz"
        request = {"job": {"inputs": {}, **job}, "declared": declared, "out": str(out)}
        said = json.loads(in_engine(engine_python, GATHER, WORKER, json.dumps(request)).splitlines()[-1])
        return (said["kind"], said["message"]) if said else dict(np.load(out))

    return run


DATA = {"data": ["float32", [1, 3, 4, 6]]}
PLAIN = {"mean": [0.0], "scale": [1.0], "order": "bgr", "layout": "nchw", "resize": None}


def pixels() -> np.ndarray:
    """4 × 6 pixels, red, green, blue."""
    return np.arange(72, dtype=np.uint8).reshape(4, 6, 3)


@pytest.fixture
def ppm(tmp_path: Path) -> Path:
    path = tmp_path / "x.ppm"
    path.write_bytes(b"P6 6 4 255\n" + pixels().tobytes())
    return path


def test_an_image_becomes_planes_with_mean_and_scale(gather: Any, ppm: Path) -> None:
    job = {"inputs": {"data": str(ppm)}}
    found = gather({**job, "readings": {"data": {"format": "image", "image": PLAIN}}}, DATA)["data"]
    bgr = pixels()[:, :, ::-1].transpose(2, 0, 1)[None].astype(np.float32)
    assert (found.dtype, found.tolist()) == (np.float32, bgr.tolist())
    how = {**PLAIN, "order": "rgb", "layout": "nhwc", "mean": [1.0, 2.0, 3.0], "scale": [0.5]}
    found = gather(
        {**job, "readings": {"data": {"format": "image", "image": how}}}, {"data": ["float32", [1, 4, 6, 3]]}
    )
    assert found["data"].tolist() == ((pixels() - np.array([1, 2, 3], np.float32)) * np.float32(0.5))[None].tolist()
    how = {**PLAIN, "order": "gray", "resize": [2, 3]}
    found = gather({**job, "readings": {"data": {"format": "image", "image": how, "dtype": "uint8"}}}, DATA)["data"]
    assert (found.shape, found.dtype) == ((1, 1, 2, 3), np.uint8)
    how = {**PLAIN, "mean": [1.0, 2.0]}
    refused = gather({**job, "readings": {"data": {"format": "image", "image": how}}}, DATA)
    assert refused == ("bad_input", "Input 'data': 2 figures for mean, but the image has 3 channels.")


def test_an_image_is_resized_to_what_the_model_declares(gather: Any, ppm: Path) -> None:
    job = {"inputs": {"data": str(ppm)}, "readings": {"data": {"format": "image", "image": PLAIN}}}
    assert gather(job, {"data": ["float32", [1, 3, 8, 8]]})["data"].shape == (1, 3, 8, 8)


def test_archives_give_inputs_by_name_or_by_key(gather: Any, tmp_path: Path) -> None:
    arrays: dict[str, Any] = {"data": np.ones((2, 3), ">f4"), "other": np.arange(4, dtype=np.int32)}
    np.savez_compressed(tmp_path / "a.npz", **arrays)
    path = str(tmp_path / "a.npz")
    found = gather({"archives": [path]}, {})
    assert {name: array.tolist() for name, array in found.items()} == {n: a.tolist() for n, a in arrays.items()}
    found = gather({"inputs": {"x": path}, "readings": {"x": {"format": "npz", "key": "other"}}}, {})
    assert found["x"].tolist() == [0, 1, 2, 3]
    kind, words = gather({"inputs": {"x": path}, "readings": {"x": {"format": "npz"}}}, {})
    assert (kind, words) == ("bad_input", "The archive for input 'x' has no array 'x', but data, other.")


def test_json_takes_the_dtype_that_is_stated_or_declared(gather: Any, tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    path.write_text("[[1, 2.6], [-3, 300]]")
    job = {"inputs": {"x": str(path)}}
    found = gather({**job, "readings": {"x": {"format": "json"}}}, {"x": ["float32", [2, 2]]})["x"]
    assert (found.dtype, found.tolist()) == (np.float32, np.array([[1, 2.6], [-3, 300]], np.float32).tolist())
    found = gather({**job, "readings": {"x": {"format": "json", "dtype": "uint8"}}}, {})["x"]
    assert (found.dtype, found.tolist()) == (np.uint8, [[1, 3], [0, 255]])


def test_random_data_is_the_same_for_the_same_seed(gather: Any) -> None:
    recipe = {"distribution": "normal", "low": 0, "high": 1, "mean": 5.0, "std": 2.0, "seed": 7}
    declared = {"x": ["float32", [1000]]}
    one, same = (gather({"random": {"x": recipe}}, declared)["x"] for _ in range(2))
    assert one.tolist() == same.tolist()
    assert (4.5 < one.mean() < 5.5, 1.5 < one.std() < 2.5) == (True, True)
    assert gather({"random": {"x": {**recipe, "seed": 8}}}, declared)["x"].tolist() != one.tolist()
    whole = {**recipe, "distribution": "integers", "low": -1, "high": 1}
    assert set(gather({"random": {"x": whole}}, {"x": ["int8", [1000]]})["x"].tolist()) == {-1, 0, 1}
    uniform = gather({"random": {"x": {**recipe, "distribution": "uniform", "low": 2, "high": 3}}}, declared)["x"]
    assert (uniform.min() >= 2, uniform.max() < 3.0001) == (True, True)
    kind, words = gather({"random": {"y": recipe}}, declared)
    assert (kind, "unknown to the model" in words) == ("bad_input", True)


@pytest.mark.parametrize(
    ("form", "content", "words"),
    [
        ("image", b"\x89PNG\r\n\x1a\nnothing", "not an image that OpenCV can read"),
        ("json", b"[[1, 2], [3]]", "nested lists of equal lengths"),
        ("json", b'["__import__"]', "not plain numbers"),
        ("json", b"[" * 100_000, "nested"),
        ("npz", b"PK\x03\x04nothing", "The archive cannot be read"),
        ("npz", {"x.npy": b"\x93NUMPY\x01\x00"}, "not a plain array"),
        ("npz", {"x.npy": b"\x80\x04K\x07."}, "not a plain array"),
        ("npy", b"\x93NUMPY", "not a plain .npy array"),
    ],
)
def test_hostile_bytes_are_bad_input(gather: Any, tmp_path: Path, form: str, content: Any, words: str) -> None:
    path = tmp_path / "bad"
    if isinstance(content, dict):
        with zipfile.ZipFile(path, "w") as archive:
            for name, data in content.items():
                archive.writestr(name, data)
    else:
        path.write_bytes(content)
    reading = {"format": form, "image": PLAIN}
    kind, said = gather({"inputs": {"x": str(path)}, "readings": {"x": reading}}, {"x": ["float32", [2]]})
    assert kind == "bad_input"
    assert words in said


async def test_a_model_is_measured_on_made_up_data(examples: Examples, measure: Measure) -> None:
    from runner.engine.job import InputData

    recipe = {"distribution": "uniform", "low": 0.0, "high": 1.0, "mean": 0.0, "std": 1.0, "seed": 1}
    run = await measure(
        examples.model("resnet"), {}, data=InputData(random={"data": recipe}), iterations=1, profiled_passes=1
    )
    assert len(run.measurement.latencies) == 1
