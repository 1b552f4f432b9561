"""Running a program to its end."""

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path

PATIENCE_S = 120.0


async def run(
    argv: Sequence[str], environment: Mapping[str, str], folder: Path, fds: Sequence[int] = ()
) -> tuple[int | None, str]:
    """Its exit code, and what it wrote."""
    process = await _started(argv, environment, folder, fds)
    async with asyncio.timeout(PATIENCE_S):
        output, _ = await process.communicate()
    return process.returncode, output.decode("utf-8", "replace")


async def run_while_it_speaks(
    argv: Sequence[str], environment: Mapping[str, str], folder: Path, fds: Sequence[int] = ()
) -> tuple[int | None, str]:
    """As ``run``, but it is killed when it says nothing for long; the exit code is None then."""
    process = await _started(argv, environment, folder, fds)
    if process.stdout is None:
        raise AssertionError("the program has no pipe")
    said = bytearray()
    try:
        while True:
            async with asyncio.timeout(PATIENCE_S):
                piece = await process.stdout.read(2**16)
            if not piece:
                return await process.wait(), said.decode("utf-8", "replace")
            said += piece
    except TimeoutError:
        process.kill()
        await process.wait()
        return None, said.decode("utf-8", "replace")


async def _started(
    argv: Sequence[str], environment: Mapping[str, str], folder: Path, fds: Sequence[int]
) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        *argv, stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
        cwd=folder, env=environment, pass_fds=fds,
    )  # fmt: skip
