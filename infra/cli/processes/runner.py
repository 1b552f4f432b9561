"""`mgeprof runner`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from infra.cli.processes import become

app = typer.Typer(no_args_is_help=True)


@app.callback()
def runner() -> None:
    """Run this machine as a device."""


@app.command()
def run(
    config: Annotated[Path, typer.Option(exists=True, dir_okay=False, help="The runner's configuration file.")],
) -> None:
    """Take work and run it, until stopped."""
    become("runner", "--config", str(config))
