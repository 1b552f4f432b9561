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
TaskId = Annotated[str, typer.Argument(metavar="ID", help="The run's id.", show_default=False)]


@dataclass(frozen=True)
class NamedFile:
    """``NAME=FILE`` of the command line."""

    name: str
    file: Path


def named_file(text: str) -> NamedFile:
    """Parse ``NAME=FILE``; the name ends at the first ``=``.

    Raises:
        typer.BadParameter: no name, no file name, or no such file.
    """
    name, equals, file = text.partition("=")
    if not (equals and name.strip() and file):
        raise typer.BadParameter(f"{text!r} is not NAME=FILE, such as data=cat.npy.")
    return NamedFile(name.strip(), existing_file(Path(file)))


def named_files(texts: list[str]) -> list[NamedFile]:
    """Parse all ``NAME=FILE``.

    Raises:
        typer.BadParameter: as `named_file`, and when a name comes twice.
    """
    files = [named_file(text) for text in texts]
    names = [one.name for one in files]
    for name in names:
        if names.count(name) > 1:
            raise typer.BadParameter(f"The input {name!r} is given twice.")
    return files


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
