"""Options that several commands share. Loaded for `--help`: nothing slow is imported here."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from client.connection import URL_VARIABLE

Json = Annotated[bool, typer.Option("--json", help="Print the server's own JSON and nothing else.")]
Url = Annotated[
    str | None,
    typer.Option("--url", help=f"The server's address, if not {URL_VARIABLE} or the nearest .mgeprof/.", metavar="URL"),
]
Home = Annotated[Path | None, typer.Option("--home", help="The home of a running `mgeprof up`.", metavar="DIR")]
Everybody = Annotated[
    bool,
    typer.Option("--everybody", help="What others show to the team, too; all there is, for administrators."),
]
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask.")]
DespiteLosses = Annotated[
    bool,
    typer.Option(
        "--despite-losses",
        help="Although runners were lost with this model: that was not its fault. For its owner and administrators.",
    ),
]
Wait = Annotated[
    bool, typer.Option("--wait", help="Wait for the end and show the result; exit code 1 unless it completed.")
]
Verbose = Annotated[bool, typer.Option("--verbose", "-v", help="Show the engine's log while waiting.")]
TaskId = Annotated[str, typer.Argument(metavar="ID", help="The run's id.", show_default=False)]


@dataclass(frozen=True)
class NamedFile:
    """``NAME=FILE`` of the command line."""

    name: str
    file: Path


def existing_file(file: Path) -> Path:
    """The file itself.

    Raises:
        typer.BadParameter: when it is not there, or is a folder.
    """
    if file.is_dir():
        raise typer.BadParameter(f"{file} is a folder.")
    if not file.exists():
        raise typer.BadParameter(f"There is no file {file}.")
    return file
