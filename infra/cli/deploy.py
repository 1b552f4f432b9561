"""`mgeprof deploy`: what containers and clusters need before their first start."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from infra.cli.installation import console_of_errors

app = typer.Typer(no_args_is_help=True)


@app.callback()
def deploy() -> None:
    """Prepare an installation in containers."""


@app.command()
def keys(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="An empty folder, or one that is not there yet.")],
    nodes: Annotated[int, typer.Option(help="Of the broker: 1, or 3 in a cluster.")] = 1,
    runners: Annotated[int, typer.Option(min=0, max=500, help="How many x86 runners start with the installation.")] = 1,
    tls: Annotated[bool, typer.Option("--tls", help="The broker speaks TLS, with tls.crt and tls.key.")] = False,
    database_host: Annotated[str, typer.Option(help="Where PostgreSQL is.")] = "postgres",
    traces_url: Annotated[
        str, typer.Option(help="The collector to which these runners send their spans.", show_default=False)
    ] = "",
) -> None:
    """Make all keys and passwords, one folder for each process, and the files that name them."""
    from infra.deploy.files import FilesThereError, Wanted, write_files

    console = console_of_errors()
    try:
        names = write_files(folder, Wanted(nodes, runners, tls, database_host, traces_url))
    except (FilesThereError, OSError) as error:
        console.print(f"mgeprof: {error}", style="red", markup=False)
        raise typer.Exit(1) from error
    console.print(
        f"{len(names)} files in {folder}, for your eyes only. Keep a copy where backups are not.", markup=False
    )
