from __future__ import annotations

from pathlib import Path

import pytest
import typer

from client.cli.input_options import given
from client.cli.options import NamedFile
from client.ids import is_id


@pytest.fixture
def array(tmp_path: Path) -> Path:
    file = tmp_path / "a=b.npy"
    file.write_bytes(b"")
    return file


def test_the_name_ends_at_the_first_equals_sign(array: Path) -> None:
    assert given([f"data={array}"], [], {}).files == [NamedFile("data", array)]


@pytest.mark.parametrize("text", ["data", "=file.npy", "data=", " =x"])
def test_refuses_what_is_not_name_and_file(text: str) -> None:
    with pytest.raises(typer.BadParameter, match="NAME=FILE"):
        given([text], [], {})


def test_refuses_missing_files_and_folders(tmp_path: Path) -> None:
    with pytest.raises(typer.BadParameter, match="There is no file"):
        given([f"data={tmp_path / 'missing.npy'}"], [], {})
    with pytest.raises(typer.BadParameter, match="is a folder"):
        given([f"data={tmp_path}"], [], {})


def test_refuses_one_name_twice(array: Path) -> None:
    with pytest.raises(typer.BadParameter, match="'data' is given twice"):
        given([f"data={array}", f"data={array}"], [], {})


@pytest.mark.parametrize(
    ("text", "is_one"),
    [("01980f2e-7c1a-7def-8123-0123456789ab", True), ("model.mge", False), ("x" * 36, False), ("-" * 36, False)],
)
def test_ids_are_told_from_file_names(text: str, is_one: bool) -> None:
    assert is_id(text) is is_one
