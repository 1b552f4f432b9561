"""Sub-commands that are imported only when they are used: `mgeprof --help` must not load FastAPI, NATS or numpy."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import typer
from typer.core import TyperCommand, TyperGroup

from infra.cli.once import told_once


@dataclass(frozen=True)
class Lazy:
    """Where a sub-command is: `app`, a typer app, in `module`; and its line in the help."""

    module: str
    help: str


class LazyCommand(TyperCommand):
    """Stands for a sub-command until it is used."""

    def __init__(self, name: str, lazy: Lazy) -> None:
        super().__init__(name, help=lazy.help)
        self._lazy = lazy

    def make_context(self, info_name: str | None, args: list[str], parent: Any = None, **extra: Any) -> Any:
        app: typer.Typer = importlib.import_module(self._lazy.module).app
        command = typer.main.get_command(app)
        # An app with one command is that command; one with several either holds ours, or is a group of that name.
        if isinstance(command, TyperGroup):
            command = command.commands.get(self.name or "", command)
        return told_once(command).make_context(info_name, args, parent=parent, **extra)


class LazyGroup(TyperGroup):
    """A group whose sub-commands are all lazy."""

    lazy: ClassVar[Mapping[str, Lazy]] = {}

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002 - typer's signature
        return list(self.lazy)

    def get_command(self, ctx: Any, cmd_name: str) -> TyperCommand | None:  # noqa: ARG002 - typer's signature
        lazy = self.lazy.get(cmd_name)
        return None if lazy is None else LazyCommand(cmd_name, lazy)
