"""`mgeprof support`: a file to send to whoever helps."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import Annotated

import typer

from infra.cli.installation import DEFAULT_HOME, HomeOption, console_of_errors

app = typer.Typer()


@app.command()
def support(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Where to write it.")] = Path("mgeprof-support.tar.gz"),
    home: HomeOption = None,
) -> None:
    """Gather versions, settings, logs, metrics and states into one file. Secrets are taken out; look through it all the same."""
    from infra.support.bundle import write_bundle

    meant = home or (None if "MGEPROF_NATS_URL" in os.environ else DEFAULT_HOME)
    names = asyncio.run(write_bundle(file, None if meant is None else meant.absolute()))
    console = console_of_errors()
    console.print(f"{file}: {', '.join(names)}", markup=False)
    console.print("Secrets were taken out. Look through it before you send it.")
