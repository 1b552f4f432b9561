from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from core.alive import main


def test_a_file_that_was_just_written_is_life(tmp_path: Path) -> None:
    file = tmp_path / "answered"
    assert not main([str(file), "60"])
    file.touch()
    assert main([str(file), "60"])
    os.utime(file, (time.time() - 61, time.time() - 61))
    assert not main([str(file), "60"])


def test_anything_else_is_a_mistake() -> None:
    with pytest.raises(SystemExit, match="FILE SECONDS"):
        main(["https://example.org"])
