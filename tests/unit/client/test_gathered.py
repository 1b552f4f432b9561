"""Options of a command that are gathered into one object."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import typer
from typer.testing import CliRunner

from client.cli.gathered import gathered


@dataclass(frozen=True)
class Size:
    width: Annotated[int, typer.Option(min=1)]
    unit: Annotated[str, typer.Option("--in")] = "mm"


app = typer.Typer()


@app.command()
@gathered
def cut(
    what: Annotated[str, typer.Argument()], size: Size, twice: Annotated[bool, typer.Option("--twice")] = False
) -> None:
    """Cut it."""
    typer.echo(f"{what} {size} {twice}")


def test_a_command_takes_the_fields_of_its_groups_as_options() -> None:
    assert _said("rope", "--width", "3", "--in", "cm", "--twice") == (0, "rope Size(width=3, unit='cm') True\n")
    assert _said("rope", "--width", "3") == (0, "rope Size(width=3, unit='mm') False\n")
    assert _said("rope")[0] == _said("rope", "--width", "0")[0] == 2


def _said(*words: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, words)
    return result.exit_code, result.stdout
