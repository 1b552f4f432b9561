from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.unit.infra.test_manifests import INFRA


@pytest.fixture(scope="session")
def examples(engine_python: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the example models."""
    folder = tmp_path_factory.mktemp("examples")
    subprocess.run([engine_python, "-W", "ignore", INFRA / "examples" / "build.py", folder], check=True)
    return folder
