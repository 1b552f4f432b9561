"""Whether a process in a container is alive: ``python -m core.alive http://…`` asks it, ``python -m core.alive FILE SECONDS`` looks when it last wrote.

Ends with 0 or 1. The standard library only, so that it costs nothing to run it every few seconds.
"""

import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

_PATIENCE_S = 4.0


def answers(url: str) -> bool:
    """Whether it says that all is well."""
    try:
        with urllib.request.urlopen(url, timeout=_PATIENCE_S) as answer:  # noqa: S310 - its own container's address
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def written_within(file: Path, seconds: float) -> bool:
    """Whether the file is so young."""
    try:
        return time.time() - file.stat().st_mtime < seconds
    except OSError:
        return False


def main(arguments: list[str]) -> bool:
    match arguments:
        case [url] if url.startswith("http://"):
            return answers(url)
        case [file, seconds]:
            return written_within(Path(file), float(seconds))
        case _:
            sys.exit("python -m core.alive http://…, or FILE SECONDS")


if __name__ == "__main__":
    sys.exit(not main(sys.argv[1:]))
