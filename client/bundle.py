"""An audit bundle: everything that happened to one run, every file that it left, and the digests that hold them together.

A zip file with ``events.jsonl`` (an export of the run's events, see `client.chain`), ``artifacts/<attempt>-<name>``, and ``manifest.json``: the run, the digest of the events' last
line, and each file with its size and SHA-256 as the events have them, or with the word that it is no longer there.
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

FORMAT = "mgeprof-bundle-1"
EVENTS, MANIFEST = "events.jsonl", "manifest.json"
_CHUNK = 1 << 20

Fetch = Callable[[str, int], AsyncIterator[bytes]]
"""The bytes of a file, by its name and attempt."""


@dataclass
class CheckedBundle:
    """``missing``: files that the server no longer had when the bundle was made."""

    task: str
    log: CheckedLog
    files: int = 0
    missing: list[str] = field(default_factory=list)


async def write_bundle(task_id: str, events: AsyncIterator[bytes], fetch: Fetch, path: Path) -> CheckedBundle:
    """Make the bundle of a run; it appears when it is whole and was checked.

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
            log, wanted = _read_events(bundle, task_id)
            files = [await _add(bundle, one, fetch) for one in wanted]
            manifest = {"format": FORMAT, "task": task_id, "events": log.digest, "files": files}
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
    if manifest["format"] != FORMAT:
        raise ChainBrokenError(f"the format {manifest['format']} is not known")
    log, wanted = _read_events(bundle, manifest["task"])
    if log.digest != manifest["events"]:
        raise ChainBrokenError(f"{EVENTS} is not what {MANIFEST} names")
    told = {entry["file"]: entry for entry in manifest["files"]}
    if set(told) != {_place(one) for one in wanted}:
        raise ChainBrokenError(f"the files in {MANIFEST} are not those that the events name")
    checked = CheckedBundle(manifest["task"], log)
    for one in wanted:
        if told[_place(one)].get("missing"):
            checked.missing.append(_place(one))
        else:
            with bundle.open(_place(one)) as file:
                _check_digest(file, one)
            checked.files += 1
    strange = set(bundle.namelist()) - {EVENTS, MANIFEST, *(_place(one) for one in wanted)}
    if strange:
        raise ChainBrokenError(f"{', '.join(sorted(strange))}: no event names this")
    return checked


def _read_events(bundle: zipfile.ZipFile, task_id: str) -> tuple[CheckedLog, list[dict[str, Any]]]:
    """The export, checked; and the files that its events name, the last of each name and attempt."""
    log, files = CheckedLog(), dict[tuple[int, str], dict[str, Any]]()
    with bundle.open(EVENTS) as lines:
        for event in checked_events(_text(lines), log):
            if not str(event.get("subject", "")).endswith(f".{task_id}"):
                raise ChainBrokenError(f"event {event['sequence']} is not one of run {task_id}")
            attempt = event.get("attempt") or 0
            for one in event["data"].get("artifacts", ()):
                files[attempt, one["name"]] = {**one, "attempt": attempt}
    return log, list(files.values())


def _text(lines: IO[bytes]) -> Iterator[str]:
    return (line.decode() for line in lines)


async def _add(bundle: zipfile.ZipFile, one: dict[str, Any], fetch: Fetch) -> dict[str, Any]:
    entry = {"file": _place(one), "size": one["size"], "sha256": one["sha256"]}
    chunks = fetch(one["name"], one["attempt"])
    try:
        first = await anext(chunks, b"")
    except ProblemError as problem:
        if problem.status != 404:
            raise
        return {**entry, "missing": problem.title}
    with bundle.open(_place(one), "w", force_zip64=True) as target:
        target.write(first)
        async for chunk in chunks:
            target.write(chunk)
    return entry


def _check_digest(file: IO[bytes], one: dict[str, Any]) -> None:
    digest, size = hashlib.sha256(), 0
    while chunk := file.read(_CHUNK):
        digest.update(chunk)
        size += len(chunk)
    if (digest.hexdigest(), size) != (one["sha256"], one["size"]):
        raise ChainBrokenError(f"{_place(one)} is not the file that the run left")


def _place(one: dict[str, Any]) -> str:
    return f"artifacts/{one['attempt']}-{one['name']}"
