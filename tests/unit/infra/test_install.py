from __future__ import annotations

from pathlib import Path

import pytest

from infra.engines.environment import engine
from infra.engines.install import EngineInstallError, install_engine
from infra.engines.python310 import NoPythonError
from tests.unit.infra.programs import program


@pytest.fixture(autouse=True)
def own_data_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))


def test_an_unknown_version_is_answered_with_the_known_ones() -> None:
    with pytest.raises(EngineInstallError, match=r"MegEngine 0\.1 is not known here\. Known: 1\.13\.0"):
        install_engine("0.1", print)


def test_what_is_there_is_left_alone() -> None:
    there = engine("1.13.0")
    there.python.parent.mkdir(parents=True)
    there.python.touch()
    there.stamp.write_text(there.digest())
    told: list[str] = []
    assert install_engine("1.13.0", told.append) == there
    assert told == []
    assert there.python.read_bytes() == b""


OFFLINE = """echo "$@" >> "$0.calls"
[ "$1" = venv ] && exit 0
echo "error: Request failed: dns error" >&2
exit 2"""


@pytest.fixture
def offline(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that is the whole PATH, with a uv in it that reaches nothing."""
    program(tmp_path / "bin" / "uv", OFFLINE)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path / "pyenv"))
    return tmp_path / "bin"


def test_without_an_index_it_is_said_what_to_do_and_nothing_counts_as_installed(offline: Path) -> None:
    program(offline / "python3.10", "echo 3.10 cpython")
    with pytest.raises(EngineInstallError, match=r"dns error\n.*UV_DEFAULT_INDEX.*run the same command again"):
        install_engine("1.13.0", lambda _: None)
    assert not engine("1.13.0").whole()


def test_without_a_python_3_10_it_is_said_what_to_do(offline: Path) -> None:
    with pytest.raises(NoPythonError, match=r"dns error\n.*Install python3\.10 .*UV_PYTHON_INSTALL_MIRROR"):
        install_engine("1.13.0", lambda _: None)
    assert (offline / "uv.calls").read_text().splitlines() == ["python find --no-project 3.10", "python install 3.10"]


def test_only_a_second_install_waits(offline: Path) -> None:
    program(offline / "python3.10", "echo 3.10 cpython")
    told: list[str] = []
    with pytest.raises(EngineInstallError):
        install_engine("1.13.0", told.append)
    assert told[0] == "looking for Python 3.10"
