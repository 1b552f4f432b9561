"""Finding a Python 3.10, among real files and real programs."""

from __future__ import annotations

from pathlib import Path

import pytest

from infra.engines.python310 import candidates, pyenv_pythons, runs
from tests.unit.infra.programs import program


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ("echo 3.10 cpython", True),
        ("echo 3.11 cpython", False),
        ("echo 3.10 pypy", False),
        ("echo 'pyenv: python3.10: command not found' >&2; exit 127", False),
    ],
)
def test_only_a_cpython_that_answers_counts(tmp_path: Path, script: str, *, expected: bool) -> None:
    assert runs(program(tmp_path / "python3.10", script)) is expected


def test_a_missing_or_broken_file_does_not_count(tmp_path: Path) -> None:
    (tmp_path / "broken").write_bytes(b"\x7fELF")
    (tmp_path / "broken").chmod(0o755)
    assert not runs(tmp_path / "missing")
    assert not runs(tmp_path / "broken")


def test_pyenv_versions_are_tried_newest_first(tmp_path: Path) -> None:
    for version in ("3.9.18", "3.10.9", "3.10.13", "3.10-dev", "3.10.x"):
        (tmp_path / "versions" / version).mkdir(parents=True)
    found = [python.parent.parent.name for python in pyenv_pythons(tmp_path)]
    assert found == ["3.10.13", "3.10.9"]


def test_the_path_comes_before_pyenv(tmp_path: Path) -> None:
    on_path = program(tmp_path / "bin" / "python3.10", "exit 1")
    in_pyenv = program(tmp_path / "pyenv" / "versions" / "3.10.13" / "bin" / "python3.10", "exit 1")
    assert list(candidates(str(tmp_path / "bin"), tmp_path / "pyenv")) == [on_path, in_pyenv]
    assert list(candidates("", tmp_path / "pyenv")) == [in_pyenv]
