"""What images are made from. No container engine runs here: hadolint reads the files, and these tests hold them against the repository."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
IMAGES = sorted((ROOT / "infra" / "images").glob("*.Dockerfile"))
EVERY = pytest.mark.parametrize("file", IMAGES, ids=lambda file: file.name)


def test_there_is_one_for_each_process() -> None:
    names = {file.name.partition(".")[0] for file in IMAGES}
    assert names == {"api", "scheduler", "projector", "runner-x86", "runner-cuda", "runner-arm"}


def test_hadolint_has_nothing_to_say() -> None:
    said = subprocess.run([Path(sys.prefix, "bin", "hadolint"), *IMAGES], capture_output=True, text=True, check=False)
    assert (said.returncode, said.stdout) == (0, ""), said.stdout + said.stderr


@EVERY
def test_it_runs_as_nobody_in_particular_and_says_how_it_is(file: Path) -> None:
    last = final_stage(file)
    assert "USER 10001:10001" in last
    assert re.search(r"HEALTHCHECK .*\\\n +CMD \[", last)
    assert re.search(r'ENTRYPOINT \["python", "-P", "-m", "(api|core\.scheduler|projections|runner)"\]', last)


@EVERY
def test_everything_is_pinned(file: Path) -> None:
    text = file.read_text()
    stages = set(re.findall(r" AS (\w+)", text))
    bases = [base for base in re.findall(r"^FROM (\S+)", text, re.MULTILINE) if base not in stages]
    assert bases
    for base in bases:
        assert re.fullmatch(r"[a-z]+:\S*\d+\.?\S*", base), base
    for line in re.findall(r"pip install [^&]*", text):
        assert "--require-hashes" in line or "--editable ." in line, line
    assert "npm install" not in text


@EVERY
def test_what_it_copies_is_there_and_no_secret_can_come_along(file: Path) -> None:
    copied = re.findall(r"^COPY (?!--from)(.+)$", file.read_text(), re.MULTILINE)
    sources = [source for line in copied for source in line.split()[:-1]]
    assert sources
    for source in sources:
        assert (ROOT / source).exists(), source
        assert source not in {".", "./"}
    assert (ROOT / ".dockerignore").read_text().splitlines()[0] == "*"


@EVERY
def test_it_holds_the_packages_that_its_process_imports(file: Path) -> None:
    """Ours, by what the sources import when the process's module is loaded."""
    text = file.read_text()
    module = re.search(r'"-m", "(\w+)', final_stage(file))
    assert module is not None
    have = {
        source for source in ("core", "projections", "api", "runner", "infra", "client") if f"COPY {source} " in text
    }
    assert imported_by(module.group(1)) <= have


@EVERY
def test_a_stage_stands_before_whoever_copies_from_it(file: Path) -> None:
    known: set[str] = set()
    for made, used in re.findall(r"^FROM \S+ AS (\w+)|--from=(\w+)", file.read_text(), re.MULTILINE):
        if made:
            known.add(made)
        else:
            assert used in known, used
    assert known


def final_stage(file: Path) -> str:
    return file.read_text().rpartition("\nFROM ")[2]


def imported_by(package: str, seen: frozenset[str] = frozenset()) -> set[str]:
    """Packages of ours that its sources name, and theirs."""
    found = {package}
    for source in (ROOT / package).rglob("*.py"):
        found |= set(
            re.findall(
                r"^\s*(?:from|import) (core|projections|api|runner|client|infra)\b", source.read_text(), re.MULTILINE
            )
        )
    fresh = found - seen - {package}
    return found.union(*(imported_by(one, seen | found) for one in fresh)) if fresh else found
