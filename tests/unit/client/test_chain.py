"""Copies of the log, and bundles: what is whole passes, everything else is refused."""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from api.events.chain import FORMAT, Chain
from api.events.resources import EventResource
from client.bundle import Held, check_bundle, write_bundle
from client.chain import ChainBrokenError, CheckedLog, checked_events
from client.errors import Problem, ProblemError
from core.events import task
from core.events.ids import Platform
from core.events.subjects import task_key
from core.events.values import Artifact
from tests.unit.projections.facts import RUNNERS, TASKS, completed, recorded, started, submitted


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


TASK = task_key(Platform.X86, TASKS[0])
LOG, PROFILE = b"a line\n" * 1000, b"{}"
GIVEN = {"request": b"{}", "model": b"a model" * 50, "input-1": b"data", "input-2": b"more"}
FILES = {"log.txt": LOG, "profile.json": PROFILE}
ARTIFACTS = tuple(Artifact(name=name, sha256=_digest(data), size=len(data)) for name, data in FILES.items())
HISTORY = [
    recorded(
        2,
        TASK,
        submitted(
            request=_digest(GIVEN["request"]),
            model=_digest(GIVEN["model"]),
            inputs=(_digest(GIVEN["input-1"]), _digest(GIVEN["input-2"])),
        ),
    ),
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


async def fetch(one: Held) -> AsyncIterator[bytes]:
    assert one.attempt == (0 if one.given else 1)
    data = GIVEN[one.name] if one.given else FILES[one.name]
    yield data[:100]
    yield data[100:]


async def gone(one: Held) -> AsyncIterator[bytes]:
    if one.name in {"log.txt", "input-2"}:
        raise ProblemError(Problem("artifact_unknown", "There is no such file.", 404))
    async for chunk in fetch(one):
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


async def test_a_bundle_holds_what_the_run_was_given_if_wanted(tmp_path: Path) -> None:
    file = tmp_path / "run.zip"
    made = await write_bundle(str(TASK.id), lines_of(exported()), fetch, file, given=True)
    assert (made.files, made.missing) == (6, [])
    assert check_bundle(file) == made
    held = zipfile.ZipFile(file)
    assert {name: held.read(f"given/{name}") for name in GIVEN} == GIVEN
    less = await write_bundle(str(TASK.id), lines_of(exported()), gone, file, given=True)
    assert less.missing == ["given/input-2", "artifacts/1-log.txt"]


@pytest.mark.parametrize("name", ["given/model", "given/request", "given/input-1", "given/input-3"])
async def test_a_bundle_with_another_model_or_input_is_refused(name: str, tmp_path: Path) -> None:
    file, changed = tmp_path / "run.zip", tmp_path / "changed.zip"
    await write_bundle(str(TASK.id), lines_of(exported()), fetch, file, given=True)
    copied(file, changed, name, lambda data: data[:-1])
    with pytest.raises(ChainBrokenError, match=name):
        check_bundle(changed)


def copied(old: Path, new: Path, name: str, change: Callable[[bytes], bytes]) -> None:
    """With that one changed, or added."""
    with zipfile.ZipFile(old) as source, zipfile.ZipFile(new, "w") as target:
        for one in {*source.namelist(), name}:
            data = source.read(one) if one in source.namelist() else b""
            target.writestr(one, change(data) if one == name else data)


@pytest.mark.parametrize("name", ["artifacts/1-log.txt", "events.jsonl", "manifest.json", "artifacts/1-more.txt"])
async def test_a_changed_bundle_is_refused(name: str, tmp_path: Path) -> None:
    file, changed = tmp_path / "run.zip", tmp_path / "changed.zip"
    await write_bundle(str(TASK.id), lines_of(exported()), fetch, file)
    copied(file, changed, name, lambda data: data.replace(b"e", b"f", 1))
    with pytest.raises(ChainBrokenError):
        check_bundle(changed)


async def test_a_bundle_whose_files_are_others_is_not_made(tmp_path: Path) -> None:
    async def wrong(one: Held) -> AsyncIterator[bytes]:
        async for chunk in fetch(one):
            yield chunk.replace(b"a", b"b")

    with pytest.raises(ChainBrokenError, match=r"artifacts/1-log.txt is not the file"):
        await write_bundle(str(TASK.id), lines_of(exported()), wrong, tmp_path / "run.zip")
    assert list(tmp_path.iterdir()) == []
