"""Each image's own steps, carried out without a container: what it installs and copies is all that its process needs to begin."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.integration.infra.deployed import Image
from tests.unit.infra.test_images import IMAGES, ROOT

pytestmark = pytest.mark.soak

EX_CONFIG = 78


def python_with(locks: list[str], folder: Path) -> Path:
    """The interpreter of an environment with what these lock, and nothing else."""
    uv = subprocess.run([ROOT / "infra/setup/find-uv"], check=True, capture_output=True, text=True).stdout.strip()
    subprocess.run([uv, "venv", "--quiet", "--python", "3.11", folder], check=True)
    options = ["--python", str(folder / "bin" / "python"), "--no-deps", "--require-hashes"]
    named = [word for lock in locks for word in ("-r", str(ROOT / "infra" / "requirements" / lock))]
    subprocess.run([uv, "pip", "install", "--quiet", *options, *named], check=True)
    return folder / "bin" / "python"


@pytest.mark.parametrize("file", IMAGES, ids=lambda file: file.name)
def test_a_process_begins_with_what_its_image_holds(file: Path, tmp_path: Path) -> None:
    app = tmp_path / "app"
    app.mkdir()
    python = python_with(re.findall(r"-r /requirements/((?!engine)\S+)", file.read_text()), tmp_path / "venv")
    stage = file.read_text().partition(" AS packages")[2].partition("\nFROM ")[0]
    for line in re.findall(r"^COPY (.+)$", stage, re.MULTILINE):
        *sources, to = line.split()
        for source in sources:
            if to.startswith("/"):
                continue  # the locks, which are installed already
            target = app / to / Path(source).name if to.endswith("/") else app / to
            target.parent.mkdir(parents=True, exist_ok=True)
            if (ROOT / source).is_dir():
                shutil.copytree(ROOT / source, target, dirs_exist_ok=True)
            else:
                shutil.copy(ROOT / source, target)
    uv = subprocess.run([ROOT / "infra/setup/find-uv"], check=True, capture_output=True, text=True).stdout.strip()
    editable = ["--no-deps", "--no-build-isolation", "--editable", str(app)]
    subprocess.run([uv, "pip", "install", "--quiet", "--python", str(python), *editable], check=True)
    image = Image.of(file.name.partition(".")[0])
    argv = [str(python) if word == "python" else word for word in image.entry]
    environment = {"PATH": os.defpath, **image.environment}
    if image.command:  # the runner, whose file is not there
        done = subprocess.run(
            [*argv, *image.command], capture_output=True, text=True, cwd=app, env=environment, check=False
        )
        assert "runner.toml" in done.stderr
        assert "cannot be read" in done.stderr, done.stderr
    else:
        done = subprocess.run(argv, capture_output=True, text=True, cwd=app, env=environment, check=False)
        assert done.returncode == EX_CONFIG, done.stderr
        assert "MGEPROF_NATS_URL is not set" in done.stderr
    assert "ModuleNotFoundError" not in done.stderr
    if "infra" in {source for line in re.findall(r"^COPY (.+)$", stage, re.MULTILINE) for source in line.split()[:-1]}:
        of_operators = [] if "runner" in file.name else [["backup", "--help"]]
        for command in (["--version"], ["runner", "--help"], *of_operators):
            subprocess.run(
                [python.with_name("mgeprof"), *command], check=True, capture_output=True, cwd=app, env=environment
            )
