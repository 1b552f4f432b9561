"""`mgeprof projector`."""

from __future__ import annotations

import typer

from infra.cli.processes import become

app = typer.Typer()


@app.command()
def projector() -> None:
    """Run the projector: folds the event log into the tables people read. Configured by MGEPROF_ variables."""
    become("projections")
