"""Copies of the log, and bundles: what is whole passes, everything else is refused."""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from api.events.chain import FORMAT, Chain
from api.events.resources import EventResource
from client.bundle import check_bundle, write_bundle
from client.chain import ChainBrokenError, CheckedLog, checked_events
from client.errors import Problem, ProblemError
from core.events import task
from core.events.ids import Platform
from core.events.subjects import task_key
from core.events.values import Artifact
from tests.unit.projections.facts import RUNNERS, TASKS, completed, recorded, started, submitted

TASK = task_key(Platform.X86, TASKS[0])
LOG, PROFILE = b"a line\n" * 1000, b"{}"
FILES = {"log.txt": LOG, "profile.json": PROFILE}
ARTIFACTS = tuple(
    Artifact(name=name, sha256=hashlib.sha256(data).hexdigest(), size=len(data)) for name, data in FILES.items()
)
HISTORY = [
    recorded(2, TASK, submitted()),
    recorded(3, TASK, task.Queued(attempt=1, reason=task.QueueReason.SUBMITTED)),
    recorded(5, TASK, started(1, RUNNERS[0])),
    recorded(9, TASK, completed(1, 0.5, ARTIFACTS)),
]


def exported() -> list[str]:
    chain = Chain()
    return [
        chain.told("begin", format=FORMAT, after=0, upto=9, filter={}, account="somebody"),
        *(chain.line("event", EventResource.of(event).structured()) for event in HISTORY),
        chain.told("end", events=len(HISTORY), last=9),
    ]


def check(lines: list[str]) -> CheckedLog:
    log = CheckedLog()
    assert [event["sequence"] for event in checked_events(lines, log)] == [2, 3, 5, 9]
    return log


def test_a_whole_copy_passes() -> None:
    lines = exported()
    log = check(lines)
    assert (log.events, log.last, log.begin["upto"]) == (4, 9, 9)
    assert log.digest == lines[-1][11:75]
    assert exported() == lines


def test_the_digests_are_as_described() -> None:
    digest = "0" * 64
    for line in exported():
        rest = line.rstrip("\n")[77:-1]
        digest = hashlib.sha256(f"{digest}\n{rest}".encode()).hexdigest()
        assert line == f'{{"digest":"{digest}",{rest}}}\n'


CHANGES: dict[str, Callable[[list[str]], list[str]]] = {
    "a changed letter": lambda lines: [*lines[:2], lines[2].replace("queued", "Queued"), *lines[3:]],
    "a missing line": lambda lines: lines[:2] + lines[3:],
    "a missing beginning": lambda lines: lines[1:],
    "a missing end": lambda lines: lines[:-1],
    "half a line": lambda lines: [*lines[:-1], lines[-1][:40]],
    "swapped lines": lambda lines: [lines[0], lines[2], lines[1], *lines[3:]],
    "a line twice": lambda lines: [*lines[:2], lines[1], *lines[2:]],
    "a line behind the end": lambda lines: [*lines, lines[1]],
    "nothing": lambda _: [],
    "another file": lambda _: ["{}\n"],
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_what_was_changed_is_refused(change: Callable[[list[str]], list[str]]) -> None:
    with pytest.raises(ChainBrokenError):
        list(checked_events(change(exported()), CheckedLog()))


def test_who_computes_the_digests_anew_cannot_reorder_events() -> None:
    chain = Chain()
    lines = [chain.told("begin", format=FORMAT, after=0, upto=9, filter={}, account="somebody")]
    lines += [chain.line("event", EventResource.of(event).structured()) for event in reversed(HISTORY)]
    with pytest.raises(ChainBrokenError, match="out of order"):
        list(checked_events(lines, CheckedLog()))


async def lines_of(lines: list[str]) -> AsyncIterator[bytes]:
    for line in lines:
        yield line.encode()


async def fetch(name: str, attempt: int) -> AsyncIterator[bytes]:
    assert attempt == 1
    yield FILES[name][:100]
    yield FILES[name][100:]


async def gone(name: str, attempt: int) -> AsyncIterator[bytes]:
    if name == "log.txt":
        raise ProblemError(Problem("artifact_unknown", "There is no such file.", 404))
    async for chunk in fetch(name, attempt):
        yield chunk


async def test_a_bundle_holds_everything_and_can_be_checked(tmp_path: Path) -> None:
    file = tmp_path / "run.zip"
    made = await write_bundle(str(TASK.id), lines_of(exported()), fetch, file)
    assert (made.files, made.missing, made.log.events) == (2, [], 4)
    assert check_bundle(file) == made
    assert zipfile.ZipFile(file).read("artifacts/1-log.txt") == LOG


async def test_a_file_that_is_gone_is_named(tmp_path: Path) -> None:
    file = tmp_path / "run.zip"
    made = await write_bundle(str(TASK.id), lines_of(exported()), gone, file)
    assert (made.files, made.missing) == (1, ["artifacts/1-log.txt"])


@pytest.mark.parametrize("name", ["artifacts/1-log.txt", "events.jsonl", "manifest.json", "artifacts/1-more.txt"])
async def test_a_changed_bundle_is_refused(name: str, tmp_path: Path) -> None:
    file, changed = tmp_path / "run.zip", tmp_path / "changed.zip"
    await write_bundle(str(TASK.id), lines_of(exported()), fetch, file)
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(changed, "w") as new:
        for one in {*old.namelist(), name}:
            data = old.read(one) if one in old.namelist() else b""
            new.writestr(one, data if one != name else data.replace(b"e", b"f", 1))
    with pytest.raises(ChainBrokenError):
        check_bundle(changed)


async def test_a_bundle_whose_files_are_others_is_not_made(tmp_path: Path) -> None:
    async def wrong(name: str, attempt: int) -> AsyncIterator[bytes]:
        async for chunk in fetch(name, attempt):
            yield chunk.replace(b"a", b"b")

    with pytest.raises(ChainBrokenError, match=r"artifacts/1-log.txt is not the file"):
        await write_bundle(str(TASK.id), lines_of(exported()), wrong, tmp_path / "run.zip")
    assert list(tmp_path.iterdir()) == []
