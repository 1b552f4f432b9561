"""Running a program to its end."""

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path

PATIENCE_S = 120.0


async def run(
    argv: Sequence[str], environment: Mapping[str, str], folder: Path, fds: Sequence[int] = ()
) -> tuple[int | None, str]:
    """Its exit code, and what it wrote."""
    process = await asyncio.create_subprocess_exec(
        *argv, stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
        cwd=folder, env=environment, pass_fds=fds,
    )  # fmt: skip
    async with asyncio.timeout(PATIENCE_S):
        output, _ = await process.communicate()
    return process.returncode, output.decode("utf-8", "replace")
