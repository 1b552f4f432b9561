"""`mgeprof engine`: the environments in which MegEngine runs."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from infra.engines.environment import engine, installed_engines, known_versions
from infra.engines.install import EngineInstallError, install_engine
from infra.engines.python310 import NoPythonError, NoUvError

app = typer.Typer(no_args_is_help=True)


@app.callback()
def engines() -> None:
    """Install MegEngine versions, each in an environment of its own (2 GB, shared by all clones)."""


@app.command()
def install(
    version: Annotated[str, typer.Argument(help="Such as 1.13.0.")],
    force: Annotated[bool, typer.Option("--force", help="Make it again, even when it is there.")] = False,
) -> None:
    """Install one version."""
    console = Console(stderr=True, highlight=False)
    try:
        if console.is_terminal:
            with console.status("…") as status:
                made = install_engine(
                    version, lambda line: status.update(escape(f"MegEngine {version}: {line}")), force=force
                )
        else:
            made = install_engine(
                version, lambda line: console.print(f"MegEngine {version}: {line}", soft_wrap=True), force=force
            )
    except (EngineInstallError, NoPythonError, NoUvError) as error:
        console.print(f"mgeprof: {error}", style="red", markup=False, soft_wrap=True)
        raise typer.Exit(1) from error
    console.print(f"MegEngine {version} is ready in {made.folder}", soft_wrap=True)


@app.command("list")
def list_() -> None:
    """List the versions that can be installed, and those that are."""
    here = {found.version for found in installed_engines()}
    table = Table("version", "installed", "folder", box=None, header_style="bold")
    for version in known_versions():
        table.add_row(version, "yes" if version in here else "no", str(engine(version).folder))
    Console().print(table)
