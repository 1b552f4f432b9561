"""`mgeprof api`."""

from __future__ import annotations

import typer

from infra.cli.processes import become

app = typer.Typer()


@app.command()
def api() -> None:
    """Run the HTTP service. Configured by MGEPROF_ variables."""
    become("api")
