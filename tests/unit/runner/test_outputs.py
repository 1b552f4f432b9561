from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from core.events.failure import FailureKind
from runner.engine.job import EngineFailed
from runner.outputs import output_files


def told(folder: Path, **changes: object) -> Path:
    one = {"name": "score", "file": "output-1.npy", "dtype": "float32", "shape": [2, 3], "rms": 0.5, **changes}
    path = folder / "outputs.json"
    path.write_text(json.dumps({"outputs": [one]}))
    return path


def test_what_is_said_truly_is_passed_on(tmp_path: Path) -> None:
    np.save(tmp_path / "output-1.npy", np.zeros((2, 3), np.float32))
    document = told(tmp_path)
    assert output_files(document) == {"outputs.json": document, "output-1.npy": tmp_path / "output-1.npy"}
    assert list(output_files(told(tmp_path, file=None))) == ["outputs.json"]
    assert output_files(None) == {}


@pytest.mark.parametrize(
    "changes",
    [
        {"dtype": "float16"},
        {"shape": [3, 2]},
        {"file": "../outputs.json"},
        {"file": "output-2.npy"},
        {"rms": "much"},
        {"extra": 1},
    ],
)
def test_what_is_not_so_is_our_defect_or_an_attack_and_goes_nowhere(tmp_path: Path, changes: dict[str, object]) -> None:
    np.save(tmp_path / "output-1.npy", np.zeros((2, 3), np.float32))
    with pytest.raises(EngineFailed) as failed:
        output_files(told(tmp_path, **changes))
    assert failed.value.kind is FailureKind.INTERNAL


def test_neither_links_nor_pickles_nor_halves_are_taken(tmp_path: Path) -> None:
    document, array = told(tmp_path), tmp_path / "output-1.npy"
    np.save(tmp_path / "elsewhere.npy", np.zeros((2, 3), np.float32))
    array.symlink_to(tmp_path / "elsewhere.npy")
    with pytest.raises(EngineFailed, match=r"left no output-1\.npy"):
        output_files(document)
    array.unlink()
    np.save(array, np.array([{}], dtype=object), allow_pickle=True)
    with pytest.raises(EngineFailed, match="pickle"):
        output_files(document)
    np.save(array, np.zeros((2, 3), np.float32))
    array.write_bytes(array.read_bytes()[:-1])
    with pytest.raises(EngineFailed, match="bytes"):
        output_files(document)
    (tmp_path / "outputs.json").write_bytes(b" " * (9 * 2**20))
    with pytest.raises(EngineFailed) as failed:
        output_files(document)
    assert failed.value.kind is FailureKind.OUTPUT_LIMIT
