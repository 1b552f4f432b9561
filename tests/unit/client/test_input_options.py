from pathlib import Path

import pytest
import typer

from client.cli.input_options import Given, given, image_options
from client.cli.options import NamedFile


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("a.npy", "b.npz", "c.PNG"):
        (tmp_path / name).touch()
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.usefixtures("files")
def test_each_kind_of_data_is_told_apart() -> None:
    found = given(
        ["x=a.npy", "b.npz", "y=b.npz:first", "z=c.PNG"],
        ["r=normal:0:1:7", "s=integers:-3:3", "t=uniform"],
        {"order": "rgb"},
    )
    assert found == Given(
        files=[NamedFile("x", Path("a.npy")), NamedFile("y", Path("b.npz")), NamedFile("z", Path("c.PNG"))],
        archives=[Path("b.npz")],
        readings={"y": {"key": "first"}, "z": {"image": {"order": "rgb"}}},
        random={
            "r": {"distribution": "normal", "mean": 0.0, "std": 1.0, "seed": 7},
            "s": {"distribution": "integers", "low": -3.0, "high": 3.0},
            "t": {"distribution": "uniform"},
        },
    )


@pytest.mark.usefixtures("files")
@pytest.mark.parametrize(
    ("data", "random", "words"),
    [
        (["a.npy"], [], "is not NAME=FILE"),
        (["x=missing.npy"], [], "There is no file"),
        (["x=a.npy", "x=b.npz"], [], "given twice"),
        (["x=a.npy"], ["x=uniform:0:1"], "given twice"),
        ([], ["x=poisson:1:2"], "is not NAME=KIND"),
        ([], ["x=normal:1"], "is not NAME=KIND"),
        ([], ["x=normal:a:1"], "is not a number"),
        ([], ["x=normal:0:1:x"], "not a whole number"),
        ([], ["=uniform"], "names no input"),
    ],
)
def test_what_cannot_be_read_is_said(data: list[str], random: list[str], words: str) -> None:
    with pytest.raises(typer.BadParameter, match=words):
        given(data, random, {})


def test_only_what_is_said_of_images_is_sent() -> None:
    assert image_options("1,2,3", "0.5", "rgb", None, "224x112") == {
        "mean": [1.0, 2.0, 3.0],
        "scale": [0.5],
        "order": "rgb",
        "resize": [224, 112],
    }
    assert image_options(None, None, None, None, None) == {}
    for wrong in ("224", "ax3", "3x"):
        with pytest.raises(typer.BadParameter, match="is not HxW"):
            image_options(None, None, None, None, wrong)
