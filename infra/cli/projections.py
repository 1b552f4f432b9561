"""`mgeprof projections`: are the tables that people read what the log says?"""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

import typer
from rich.console import Console

from infra.cli.installation import HomeOption, console_of_errors, places, run

if TYPE_CHECKING:
    from projections.rebuild import Difference

app = typer.Typer(no_args_is_help=True)
BESIDE = "verified"
"""The schema that is made for it, and taken away."""


@app.callback()
def projections() -> None:
    """Hold the tables that people read against the event log."""


@app.command()
def verify(home: HomeOption = None) -> None:
    """Make every table anew from the log, beside the live ones, and compare row by row. Ends with 1 when any differs."""
    sequence, found = run(lambda: _verified(home), console_of_errors())
    console = Console(highlight=False, soft_wrap=True)
    for one in found:
        console.print(f"{one.table}: {one.id or 'the checkpoint'} differs", markup=False)
    if found:
        raise typer.Exit(1)
    console.print(f"equal, at event {sequence}")


async def _verified(home: Path | None) -> tuple[int, list[Difference]]:
    from core.postgres.connection import open_pool
    from projections import schema
    from projections.rebuild import differences, rebuild
    from projections.settings import SCHEMA

    async with places(home) as there, await open_pool(there.database_url, size=1) as pool, pool.acquire() as connection:
        live = f'SELECT sequence FROM "{SCHEMA}".projection_checkpoint'  # noqa: S608 - our own name
        try:
            while True:
                upto = await connection.fetchval(live)
                await rebuild(there.events, there.database_url, BESIDE, upto)
                found = await differences(connection, SCHEMA, BESIDE)
                # The projector may have gone on while we looked.
                if await connection.fetchval(live) == upto:
                    return upto, found
                await asyncio.sleep(0)
        finally:
            await schema.drop(connection, BESIDE)
