"""Every command of the guides, as it stands there, one page after the other in one shell each."""

from __future__ import annotations

import asyncio
import os
import shlex
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.embedded.stack import Stack
from infra.site.contents import SECTIONS
from tests.e2e.warm import warm_command_line

pytestmark = pytest.mark.engine

DOCS = Path(__file__).parents[2] / "docs"
GUIDES = [name for section in SECTIONS for name in section.pages if name.startswith("guides/")]
PATIENCE_S = 300.0
SEEN = {
    "guides/first-profile": ("completed", "Slowest operators", "first"),
    "guides/add-a-device": ("mgeprof runner register", "local-x86"),
    "guides/read-a-profile": ("ConvolutionForward", "share"),
    "guides/compare-two-versions": ("conv", "MegEngine"),
    "guides/sweep-options": ("iterations", "settings"),
    "guides/continuous-integration": ("pipeline",),
    "guides/subscribe-to-events": ("event: event",),
    "guides/audit-a-run": ("submitted", "completed", "profile.json"),
}
"""What a page's commands print, among other things. Those without commands are not here."""
DEAR = {"guides/compare-two-versions", "guides/sweep-options"}
"""Several runs each: in `make soak`."""


def commands(page: str) -> list[str]:
    """With what follows them: lines that begin with ``>``."""
    found: list[str] = []
    for line in lines_of(page, "console"):
        if line.startswith("$ "):
            found.append(line[2:])
        else:
            assert line.startswith("> "), f"{page}: {line}"
            found[-1] += f"\n{line[2:]}"
    return found


def lines_of(page: str, kind: str) -> list[str]:
    """Of all blocks of a kind."""
    found: list[str] = []
    inside: str | None = None
    for line in (DOCS / page).read_text().splitlines():
        if line.startswith("```"):
            inside = line[3:] if inside is None else None
        elif inside == kind:
            found.append(line)
    return found


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with warm_command_line(tmp_path_factory.mktemp("warm")) as folder:
        yield f"{folder}:{Path(sys.executable).parent}:{os.defpath}"


@pytest.fixture(scope="module")
def folder(examples: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the reader of all pages stands: what one page leaves, the next one finds."""
    folder = tmp_path_factory.mktemp("reader")
    for name in ("resnet.mge", "resnet-data.npy"):
        (folder / name).symlink_to(examples / name)
    return folder


@pytest.mark.parametrize(
    "page", [pytest.param(page, marks=pytest.mark.soak if page in DEAR else ()) for page in GUIDES]
)
async def test_every_command_does_what_the_page_says(page: str, stack: Stack, path: str, folder: Path) -> None:
    wanted = commands(f"{page}.md")
    assert bool(wanted) == (page in SEEN)
    if not wanted:
        return
    kept = folder / "id"
    lines = ["set -eu -o pipefail", f"ID=$(cat {shlex.quote(str(kept))} 2>/dev/null || true)"]
    lines += [f"echo {shlex.quote('$ ' + one.splitlines()[0])}\n{one}" for one in wanted]
    lines.append(f'printf %s "$ID" > {shlex.quote(str(kept))}')
    shell = await asyncio.create_subprocess_exec(
        *("bash", "--noprofile", "--norc", "-c", "\n".join(lines)),
        cwd=folder,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        env={
            "PATH": path,
            "HOME": str(folder),
            "COLUMNS": "200",
            "PYTHONPATH": str(DOCS.parent),
            "MGEPROF_URL": stack.url,
            "MGEPROF_TOKEN": stack.services.secrets.token,
        },
    )
    async with asyncio.timeout(PATIENCE_S):
        said = (await shell.communicate())[0].decode()
    assert shell.returncode == 0, said
    for words in SEEN[page]:
        assert words in said, f"{words!r} is not in\n{said}"


def test_both_languages_show_the_same_commands() -> None:
    for page in GUIDES:
        assert commands(f"{page}.md") == commands(f"{page}.zh-CN.md"), page


def test_no_command_of_a_guide_hides_from_the_test() -> None:
    """Outside of `console` blocks there are only those that need another machine, or never end."""
    elsewhere = {"mgeprof runner register", "mgeprof runner doctor", "mgeprof runner run"}
    for page in GUIDES:
        assert {" ".join(line.split()[:3]) for line in lines_of(f"{page}.md", "")} <= elsewhere, page
