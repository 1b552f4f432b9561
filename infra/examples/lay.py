"""Laying the example models ready, where the api finds them: MegEngine itself builds them."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path

BUILD = Path(__file__).with_name("build.py")


async def lay(folder: Path, python: Path) -> bool:
    """Build the examples into `folder` with an engine's Python, unless it is there; says whether they are there now.

    They appear at once and whole: who looks meanwhile sees none.
    """
    if folder.exists():
        return True
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".examples-", dir=folder.parent) as made:
        process = await asyncio.create_subprocess_exec(
            *(python, "-W", "ignore", BUILD, Path(made) / "new"),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
        )
        try:
            code = await process.wait()
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        if code == 0:
            (Path(made) / "new").rename(folder)
    return code == 0
