"""Where engine environments are, and whether one is whole."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

import platformdirs

REQUIREMENTS = Path(__file__).parents[1] / "requirements"


@dataclass(frozen=True)
class Engine:
    """One installed MegEngine: a virtual environment of its own."""

    version: str
    folder: Path

    @property
    def python(self) -> Path:
        """Its interpreter."""
        return self.folder / "bin" / "python"

    @property
    def stamp(self) -> Path:
        """Written last: holds the digest of the requirements that were installed."""
        return self.folder / "mgeprof-engine.sha256"

    @property
    def requirements(self) -> Path:
        """The hashed requirements it is made from."""
        return REQUIREMENTS / f"engine-{self.version}.txt"

    def digest(self) -> str:
        """What the stamp of a whole and current environment says."""
        return hashlib.sha256(self.requirements.read_bytes()).hexdigest()

    def whole(self) -> bool:
        """Whether an install ran to its end, from the requirements of today."""
        return self.python.exists() and self.stamp.exists() and self.stamp.read_text() == self.digest()


def engines_folder() -> Path:
    """The user's folder of engine environments: 2 GB each, so all clones of the repository share them."""
    return platformdirs.user_data_path("mgeprof") / "engines"


def engine(version: str) -> Engine:
    """The environment of a version, installed or not."""
    return Engine(version, engines_folder() / version)


def find_engine(version: str) -> Engine | None:
    """The environment of a version, None when it is not installed."""
    found = engine(version)
    return found if found.requirements.exists() and found.whole() else None


def known_versions() -> list[str]:
    """The versions that can be installed: those with locked requirements."""
    return sorted(file.stem.removeprefix("engine-") for file in REQUIREMENTS.glob("engine-*.txt"))


def installed_engines() -> list[Engine]:
    """All whole environments, by version."""
    return [found for version in known_versions() if (found := find_engine(version)) is not None]
