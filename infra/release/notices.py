"""Third-party notices: ``python -m infra.release.notices`` writes them, and a test says when to."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageMetadata, PackageNotFoundError, metadata
from pathlib import Path

ROOT = Path(__file__).parents[2]
FILE = ROOT / "THIRD_PARTY_NOTICES.md"
_HEAD = """\
# Third-party notices

What mgeprof stands on at run time, and under which licence each comes. Nothing of it is kept in this repository: packages are fetched by their locked digests, images hold them with their own licence files.
Written by `python -m infra.release.notices`.

MegEngine (Apache-2.0) is installed into an environment of its own ([engine-1.13.0.txt](infra/requirements/engine-1.13.0.txt)), with what its wheel brings along, NVIDIA's libraries among that, under their own terms.
Netron (MIT) is served from its wheel as its authors shipped it, but for three lines of its page ([netron.py](api/web/netron.py)). No fonts are shipped: pages use those of the system.
"""


@dataclass(frozen=True, order=True)
class Package:
    name: str
    version: str
    licence: str


def python_packages() -> Iterator[Package]:
    """Of the server's lock, those that this machine has: the others are for other systems."""
    lock = (ROOT / "infra" / "requirements" / "server.txt").read_text()
    for name, version in re.findall(r"^([A-Za-z0-9._-]+)==(\S+)", lock, re.MULTILINE):
        try:
            yield Package(name, version, _licence(metadata(name)))
        except PackageNotFoundError:
            continue


def npm_packages() -> Iterator[Package]:
    """What goes into the built pages."""
    lock = json.loads((ROOT / "frontend" / "package-lock.json").read_text())
    for path, one in lock["packages"].items():
        if path and not one.get("dev") and not one.get("optional"):
            yield Package(path.rpartition("node_modules/")[2], one["version"], one.get("license", "see its files"))


def text() -> str:
    """The whole file."""
    blocks = [_HEAD]
    for title, packages in (("Server and command line", python_packages()), ("Web pages", npm_packages())):
        lines = [f"| {one.name} | {one.version} | {one.licence} |" for one in sorted(set(packages))]
        blocks.append(
            "\n".join([f"## {title}", "", "| package | version | licence |", "| --- | --- | --- |", *lines]) + "\n"
        )
    return "\n".join(blocks)


def _licence(about: PackageMetadata) -> str:
    known = about.json
    if said := known.get("license_expression"):
        return str(said)
    classified = [
        one.rpartition(" :: ")[2] for one in about.get_all("Classifier") or () if one.startswith("License :: OSI")
    ]
    if classified:
        return ", ".join(sorted(classified))
    # Some put the whole text there: its first line says which it is.
    return str(known.get("license") or "see its files").strip().splitlines()[0]


if __name__ == "__main__":
    FILE.write_text(text())
