"""What a release says about itself."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

from infra.release.notices import FILE, npm_packages, python_packages, text
from infra.release.pages_sbom import pages_sbom
from infra.version import version

ROOT = Path(__file__).parents[3]


def test_the_version_stands_in_one_place() -> None:
    known = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    assert version() == known
    for file in ("package.json", "package-lock.json"):
        assert "version" not in json.loads((ROOT / "frontend" / file).read_text())
    said = subprocess.run(
        [sys.executable, "-P", "-m", "infra.cli.main", "--version"], capture_output=True, text=True, check=True
    )
    assert said.stdout.strip() == known
    assert f"## {known}" in (ROOT / "CHANGELOG.md").read_text()


def test_the_licence_is_a_real_one() -> None:
    licence = (ROOT / "LICENSE").read_text()
    assert "Apache License" in licence
    assert "Version 2.0, January 2004" in licence
    assert tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["license"] == "Apache-2.0"


def test_the_notices_are_todays() -> None:
    assert FILE.read_text() == text(), "run python -m infra.release.notices"
    for one in (*python_packages(), *npm_packages()):
        assert one.licence not in {"", "UNKNOWN"}, one.name
    assert {"nats-py", "netron", "fastapi"} <= {one.name for one in python_packages()}
    assert {"vue", "echarts"} <= {one.name for one in npm_packages()}


def test_what_the_pages_stand_on_is_listed_whole() -> None:
    """Against what the pages import by name, whatever the lock says."""
    listed = pages_sbom()
    assert listed["metadata"]["component"]["version"] == version()
    found = {one["name"]: one for one in listed["components"]}
    wanted = json.loads((ROOT / "frontend" / "package.json").read_text())["dependencies"]
    assert {name: found[name]["version"] for name in wanted} == wanted
    assert not {"eslint", "vitest"} & found.keys()
    assert found["@vueuse/core"]["purl"].startswith("pkg:npm/%40vueuse/core@")
    assert len({one["bom-ref"] for one in listed["components"]}) == len(listed["components"]) > 50
    assert all(re.fullmatch("[0-9a-f]{128}", one["hashes"][0]["content"]) for one in listed["components"])


def test_no_lock_names_an_index() -> None:
    for file in (ROOT / "infra" / "requirements").glob("*.txt"):
        lines = [line for line in file.read_text().splitlines() if not line.startswith("#")]
        assert not [line for line in lines if re.search(r"https?://|--(extra-)?index-url", line)], file.name
