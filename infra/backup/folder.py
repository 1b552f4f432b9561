"""What a backup consists of.

    manifest.json     what this is, up to which sequence, and the digest of everything below
    events.snapshot   the event log, as the broker writes it
    tables/           the api's tables, one file each
    objects.jsonl     key, size and SHA-256 of every object
    objects/          the objects, under their keys

The schemas `read` and `scheduler` are not in it: the projector and the scheduler make them from the log.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

FORMAT = 1
CHUNK = 128 * 1024


class BackupError(Exception):
    """A backup cannot be made, or not be restored; the message says why and what to do."""


@dataclass(frozen=True)
class Manifest:
    """`sequence`: of the last event. `files`: SHA-256 by path, but for the objects, which `objects.jsonl` lists."""

    mgeprof: str
    taken_at: str
    sequence: int
    events_sha256: str
    stream: dict[str, Any]
    state: dict[str, Any]
    revision: str
    tables: dict[str, tuple[str, ...]]
    objects: int
    object_bytes: int
    files: dict[str, str] = field(default_factory=dict)
    format: int = FORMAT


@dataclass(frozen=True)
class Kept:
    """One object."""

    key: str
    size: int
    sha256: str


class Folder:
    """A backup on disk."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.manifest_file, self.events_file = path / "manifest.json", path / "events.snapshot"
        self.tables, self.objects, self.objects_file = path / "tables", path / "objects", path / "objects.jsonl"

    def make(self) -> None:
        """Empty, and its owner's alone. Raises FileExistsError."""
        self.path.mkdir(parents=True, mode=0o700)
        self.tables.mkdir()
        self.objects.mkdir()

    def object(self, key: str) -> Path:
        """Where an object stands. Raises BackupError for a key that leads out of the folder."""
        file = self.objects / key
        if not key or ".." in file.parts or not file.is_relative_to(self.objects):
            raise BackupError(f"the backup names an object outside of itself: {key!r}")
        return file

    def digests(self) -> dict[str, str]:
        """Of everything but the manifest and the objects."""
        files = [self.events_file, self.objects_file, *sorted(self.tables.iterdir())]
        return {str(file.relative_to(self.path)): sha256_of(file) for file in files}

    def write(self, manifest: Manifest) -> None:
        self.manifest_file.write_text(json.dumps(asdict(manifest), indent=2) + "\n")

    def read(self) -> Manifest:
        """Raises BackupError when this is no backup, or one that we cannot read."""
        try:
            said = json.loads(self.manifest_file.read_text())
        except FileNotFoundError:
            raise BackupError(f"{self.path} is no backup: it holds no {self.manifest_file.name}") from None
        except (OSError, ValueError) as error:
            raise BackupError(f"{self.manifest_file} cannot be read: {error}") from error
        if said.get("format") != FORMAT:
            raise BackupError(f"{self.path} has format {said.get('format')}; this mgeprof reads format {FORMAT}")
        said["tables"] = {name: tuple(columns) for name, columns in said["tables"].items()}
        return Manifest(**said)

    def kept(self) -> Iterator[Kept]:
        """The objects that are in it."""
        with self.objects_file.open() as lines:
            for line in lines:
                yield Kept(**json.loads(line))

    def check(self, manifest: Manifest) -> None:
        """Raises BackupError when a file is missing or is not the one that was written."""
        wrong = [name for name, digest in self.digests().items() if manifest.files.get(name) != digest]
        missing = manifest.files.keys() - self.digests().keys()
        for one in self.kept():
            file = self.object(one.key)
            if not file.is_file() or sha256_of(file) != one.sha256:
                wrong.append(one.key)
        if wrong or missing:
            raise BackupError(f"the backup is damaged: {', '.join(sorted({*wrong, *missing})[:5])}")


def sha256_of(file: Path) -> str:
    """Raises OSError."""
    with file.open("rb") as data:
        return hashlib.file_digest(data, "sha256").hexdigest()


def chunks_of(data: BinaryIO) -> Iterator[bytes]:
    """A file in pieces."""
    while chunk := data.read(CHUNK):
        yield chunk
