"""Files that come from the server: to a place, or to standard output."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Annotated

import typer

Output = Annotated[
    Path | None,
    typer.Option("--output", "-o", dir_okay=False, help="Where to; standard output, if not given.", show_default=False),
]


async def save(chunks: AsyncIterator[bytes], output: Path | None) -> None:
    """Write what comes. A file appears when it is whole; one that broke off leaves nothing."""
    if output is None:
        async for chunk in chunks:
            sys.stdout.buffer.write(chunk)
        sys.stdout.buffer.flush()
        return
    part = output.with_name(f"{output.name}.part")
    try:
        with part.open("wb") as file:
            async for chunk in chunks:
                file.write(chunk)
        part.replace(output)
    finally:
        part.unlink(missing_ok=True)
