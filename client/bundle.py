"""An audit bundle: everything that happened to one run, every file that it left, and the digests that hold them together.

A zip file with ``events.jsonl`` (an export of the run's events, see `client.chain`), ``artifacts/<attempt>-<name>``, and ``manifest.json``: the run, the digest of the events' last
line, and each file with its size and SHA-256 as the events have them, or with the word that it is no longer there. On demand also ``given/…``: request, model and inputs, by the
digests in the run's first event.
"""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from client.chain import ChainBrokenError, CheckedLog, checked_events
from client.errors import ProblemError

FORMATS = {False: "mgeprof-bundle-1", True: "mgeprof-bundle-2"}
"""Without and with what the run was given."""
EVENTS, MANIFEST = "events.jsonl", "manifest.json"
_CHUNK = 1 << 20


@dataclass(frozen=True)
class Held:
    """A file that the events name. ``attempt``: the one that left it. No event tells the ``size`` of what was ``given``."""

    name: str
    sha256: str
    size: int | None = None
    attempt: int = 0
    given: bool = False

    @property
    def place(self) -> str:
        return f"given/{self.name}" if self.given else f"artifacts/{self.attempt}-{self.name}"


Fetch = Callable[[Held], AsyncIterator[bytes]]
"""The bytes of a file."""


@dataclass
class CheckedBundle:
    """``missing``: files that the server no longer had when the bundle was made."""

    task: str
    log: CheckedLog
    files: int = 0
    missing: list[str] = field(default_factory=list)


async def write_bundle(
    task_id: str, events: AsyncIterator[bytes], fetch: Fetch, path: Path, *, given: bool = False
) -> CheckedBundle:
    """Make the bundle of a run, with ``given`` also of what it was given; it appears when it is whole and was checked.

    Raises ChainBrokenError when the server's answer does not hold together, and as the client's calls do.
    """
    part = path.with_name(f"{path.name}.part")
    try:
        with (
            zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED) as bundle,
            bundle.open(EVENTS, "w", force_zip64=True) as target,
        ):
            async for chunk in events:
                target.write(chunk)
        with zipfile.ZipFile(part, "a", zipfile.ZIP_DEFLATED) as bundle:
            log, wanted = _read_events(bundle, task_id, given=given)
            files = [await _add(bundle, one, fetch) for one in wanted]
            manifest = {"format": FORMATS[given], "task": task_id, "events": log.digest, "files": files}
            bundle.writestr(MANIFEST, json.dumps(manifest, indent=1))
        checked = check_bundle(part)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    return checked


def check_bundle(path: Path) -> CheckedBundle:
    """Check a bundle, without any server. Raises ChainBrokenError, which names what does not fit."""
    try:
        with zipfile.ZipFile(path) as bundle:
            return _checked(bundle)
    except (zipfile.BadZipFile, KeyError, ValueError, TypeError) as error:
        raise ChainBrokenError(f"{path} is no bundle, or is damaged: {error}") from error


def _checked(bundle: zipfile.ZipFile) -> CheckedBundle:
    manifest = json.loads(bundle.read(MANIFEST))
    if manifest["format"] not in FORMATS.values():
        raise ChainBrokenError(f"the format {manifest['format']} is not known")
    log, wanted = _read_events(bundle, manifest["task"], given=manifest["format"] == FORMATS[True])
    if log.digest != manifest["events"]:
        raise ChainBrokenError(f"{EVENTS} is not what {MANIFEST} names")
    told = {entry["file"]: entry for entry in manifest["files"]}
    if set(told) != {one.place for one in wanted}:
        raise ChainBrokenError(f"the files in {MANIFEST} are not those that the events name")
    checked = CheckedBundle(manifest["task"], log)
    for one in wanted:
        if told[one.place].get("missing"):
            checked.missing.append(one.place)
        else:
            with bundle.open(one.place) as file:
                _check_digest(file, one)
            checked.files += 1
    strange = set(bundle.namelist()) - {EVENTS, MANIFEST, *(one.place for one in wanted)}
    if strange:
        raise ChainBrokenError(f"{', '.join(sorted(strange))}: no event names this")
    return checked


def _read_events(bundle: zipfile.ZipFile, task_id: str, *, given: bool) -> tuple[CheckedLog, list[Held]]:
    """The export, checked; and the files that its events name, the last of each name and attempt."""
    log, files = CheckedLog(), dict[str, Held]()
    with bundle.open(EVENTS) as lines:
        for event in checked_events(_text(lines), log):
            if not str(event.get("subject", "")).endswith(f".{task_id}"):
                raise ChainBrokenError(f"event {event['sequence']} is not one of run {task_id}")
            files |= {one.place: one for one in _named(event, given=given)}
    return log, list(files.values())


def _named(event: dict[str, Any], *, given: bool) -> Iterator[Held]:
    data, attempt = event["data"], event.get("attempt") or 0
    for one in data.get("artifacts", ()):
        yield Held(one["name"], one["sha256"], one["size"], attempt)
    if given and event["type"] == "task.submitted":
        yield Held("request", data["request"], given=True)
        yield Held("model", data["model"], given=True)
        for number, sha256 in enumerate(data["inputs"], 1):
            yield Held(f"input-{number}", sha256, given=True)


def _text(lines: IO[bytes]) -> Iterator[str]:
    return (line.decode() for line in lines)


async def _add(bundle: zipfile.ZipFile, one: Held, fetch: Fetch) -> dict[str, Any]:
    entry = {"file": one.place, "size": one.size, "sha256": one.sha256}
    chunks = fetch(one)
    try:
        first = await anext(chunks, b"")
    except ProblemError as problem:
        if problem.status != 404:
            raise
        return {**entry, "missing": problem.title}
    with bundle.open(one.place, "w", force_zip64=True) as target:
        target.write(first)
        async for chunk in chunks:
            target.write(chunk)
    return entry


def _check_digest(file: IO[bytes], one: Held) -> None:
    digest, size = hashlib.sha256(), 0
    while chunk := file.read(_CHUNK):
        digest.update(chunk)
        size += len(chunk)
    if digest.hexdigest() != one.sha256 or one.size not in {None, size}:
        raise ChainBrokenError(f"{one.place} is not the file that the run {'was given' if one.given else 'left'}")
