"""What the built web pages stand on, as CycloneDX: ``python -m infra.release.pages_sbom FILE``.

Made from the lock itself: ``npm sbom --omit dev`` leaves out whatever a development package asks for, too, Vue among that.
"""

from __future__ import annotations

import json
import sys
from base64 import b64decode
from pathlib import Path
from typing import Any
from urllib.parse import quote

from infra.release.notices import Package, npm_packages
from infra.version import version

LOCK = Path(__file__).parents[2] / "frontend" / "package-lock.json"


def pages_sbom() -> dict[str, Any]:
    """The document."""
    locked = json.loads(LOCK.read_text(encoding="utf-8"))["packages"]
    digests = {(path.rpartition("node_modules/")[2], one.get("version")): one for path, one in locked.items()}
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": {"type": "application", "name": "mgeprof-frontend", "version": version()}},
        "components": [
            _component(one, digests[one.name, one.version].get("integrity", "")) for one in sorted(set(npm_packages()))
        ],
    }


def _component(package: Package, integrity: str) -> dict[str, Any]:
    purl = f"pkg:npm/{quote(package.name, safe='/')}@{package.version}"
    algorithm, _, digest = integrity.partition("-")
    hashes = [{"alg": "SHA-512", "content": b64decode(digest).hex()}] if algorithm == "sha512" else []
    return {
        "type": "library",
        "bom-ref": purl,
        "name": package.name,
        "version": package.version,
        "purl": purl,
        "licenses": [{"license": {"name": package.licence}}],
        "hashes": hashes,
    }


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(json.dumps(pages_sbom(), indent=2) + "\n", encoding="utf-8")
