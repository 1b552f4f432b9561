"""What brings a runner onto a bare device is at least about files, commands and periods that exist."""

from __future__ import annotations

import configparser
import re
import shutil
import subprocess
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from runner.config import RunnerConfig

ROOT = Path(__file__).parents[3]
UNIT = ROOT / "infra" / "systemd" / "mgeprof-runner.service"
OPTIONAL = {"aiohttp", "attr", "greenlet"}
"""What libraries of the runner use if it happens to be there."""
RUNNER_MODULES = "runner.__main__, runner.doctor, runner.registration, infra.cli.main, infra.cli.processes.runner"


NOT_BESIDE_A_SANDBOX = {
    # What these mount below /proc keeps bubblewrap from mounting one of its own.
    *("ProtectKernelLogs", "ProtectKernelTunables", "ProtectProc", "ProcSubset", "RestrictNamespaces"),
    # These take graphics cards away.
    *("ProtectClock", "PrivateDevices", "DeviceAllow", "DevicePolicy"),
}


def unit() -> configparser.SectionProxy:
    parser = configparser.ConfigParser(interpolation=None, strict=False)
    parser.optionxform = str  # type: ignore[assignment,method-assign] # systemd's names have capitals
    parser.read(UNIT)
    return parser["Service"]


def test_the_unit_waits_longer_than_a_runner_may_finish() -> None:
    drain_s = RunnerConfig.model_fields["drain_s"].default
    assert int(unit()["TimeoutStopSec"]) >= drain_s + 15
    assert unit()["KillMode"] == "mixed"


def test_the_unit_runs_a_command_that_is_there() -> None:
    program, *arguments = unit()["ExecStart"].split()
    assert program == "/opt/mgeprof/.venv/bin/mgeprof"
    known = subprocess.run(
        [sys.executable, "-P", "-m", "infra.cli.main", *arguments[:2], "--help"], capture_output=True, check=True
    )
    assert arguments[2].encode() in known.stdout


def test_the_unit_leaves_the_sandbox_what_it_is_made_of() -> None:
    assert not NOT_BESIDE_A_SANDBOX & set(unit())
    # Else a runner would have no place for temporary files.
    assert (unit()["ProtectSystem"], unit()["PrivateTmp"]) == ("strict", "yes")


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not here")
def test_systemd_understands_the_unit(tmp_path: Path) -> None:
    text = UNIT.read_text().replace("/opt/mgeprof/.venv/bin/mgeprof", "/bin/true")
    copy = tmp_path / "mgeprof-runner.service"
    copy.write_text(re.sub(r"^(User|Documentation)=.*\n", "", text, flags=re.MULTILINE))
    said = subprocess.run(["systemd-analyze", "verify", copy], capture_output=True, text=True, check=False)
    assert copy.name not in said.stderr


@pytest.mark.parametrize("name", ["board.md", "board.zh-CN.md"])
def test_the_page_for_boards_names_what_is_there(name: str) -> None:
    named = set(re.findall(r"\binfra/[a-z0-9./-]+[a-z0-9]", (ROOT / "docs" / name).read_text()))
    assert len(named) >= 4
    assert {one for one in named if not (ROOT / one).exists()} == set()


def test_what_a_runner_imports_is_in_its_requirements() -> None:
    hidden = f"import sys; sys.modules.update(dict.fromkeys({sorted(OPTIONAL)})); "
    ask = f"import {RUNNER_MODULES}; print(*sorted({{name.split('.')[0] for name in sys.modules}}))"
    asked = subprocess.run([sys.executable, "-c", hidden + ask], capture_output=True, text=True, check=True, cwd=ROOT)
    owners = packages_distributions()
    needed = {owner for name in set(asked.stdout.split()) - OPTIONAL for owner in owners.get(name, ())}
    locked = set(re.findall(r"^([a-z0-9.-]+)==", (ROOT / "infra/requirements/runner.txt").read_text(), re.MULTILINE))
    assert {name.lower().replace("_", "-") for name in needed} - locked - {"mgeprof"} == set()


def test_what_sends_spans_fits_what_a_runner_has() -> None:
    """`infra/setup/runner traces` installs the one over the other."""
    runner, traces = (
        dict(re.findall(r"^([a-z0-9.-]+)==(\S+)", (ROOT / f"infra/requirements/{name}.txt").read_text(), re.MULTILINE))
        for name in ("runner", "traces")
    )
    assert "opentelemetry-sdk" in traces.keys() - runner.keys()
    assert {name: traces[name] for name in traces.keys() & runner.keys()} == {
        name: runner[name] for name in traces.keys() & runner.keys()
    }
