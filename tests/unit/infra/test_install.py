from __future__ import annotations

from pathlib import Path

import pytest

from infra.engines.environment import engine
from infra.engines.install import EngineInstallError, install_engine


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
