"""`mgeprof scheduler`."""

from __future__ import annotations

import typer

from infra.cli.processes import become

app = typer.Typer()


@app.command()
def scheduler() -> None:
    """Run the scheduler: hands tasks to runners. Configured by MGEPROF_ variables."""
    become("core.scheduler")
