"""The command line as it is, for tests that look things up in it."""

from __future__ import annotations

import importlib
from functools import cache
from typing import Any

import typer
from typer.core import TyperGroup

from infra.cli.main import COMMANDS


@cache
def command(first: str) -> Any:
    """The one of that name, imported: typer's own copy of click has no public name for its kind. Raises KeyError."""
    app: typer.Typer = importlib.import_module(COMMANDS[first].module).app
    found = typer.main.get_command(app)
    return found.commands.get(first, found) if isinstance(found, TyperGroup) else found
