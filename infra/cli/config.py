"""`mgeprof config`: the settings of the processes, before anything starts."""

from __future__ import annotations

import os
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Column, Table

from core.configuration import configured, faults
from infra.configuration.processes import PROCESSES, settings, unknown
from runner.config import ConfigError, load_config, read_seed

app = typer.Typer(no_args_is_help=True)


class Process(StrEnum):
    API = "api"
    SCHEDULER = "scheduler"
    PROJECTOR = "projector"


_Which = Annotated[list[Process] | None, typer.Argument(help="Which processes; all by default.", show_default=False)]


@app.callback()
def config() -> None:
    """Look at the settings of the processes."""


@app.command()
def check(
    processes: _Which = None,
    runner: Annotated[Path | None, typer.Option(help="Look at a runner's file instead.")] = None,
    backup: Annotated[
        Path | None, typer.Option(help="Look also whether the keys that are set open what is sealed in a backup.")
    ] = None,
) -> None:
    """Say what is missing, wrong or misspelt, before anything starts. Ends with 1 when something is."""
    found = _in_the_file(runner) if runner else _in_the_environment(processes or list(Process))
    if backup and not found:
        found = _in_the_backup(backup)
    for line in found:
        typer.echo(line)
    if found:
        raise typer.Exit(1)
    typer.echo("nothing is wrong")


@app.command("list")
def listed(processes: _Which = None) -> None:
    """Show every setting, and what it is set to; secrets stay hidden."""
    table = Table(Column("variable", no_wrap=True), "is", "default", "what it is", header_style="bold")
    seen: set[str] = set()
    for process in processes or list(Process):
        for setting in settings(process):
            if setting.name not in seen:
                seen.add(setting.name)
                value = os.environ.get(setting.name)
                shown = "" if value is None else "(hidden)" if setting.is_secret else value
                table.add_row(setting.name, shown, setting.default, setting.explanation)
    Console().print(table)


def _in_the_environment(processes: list[Process]) -> list[str]:
    readers: dict[str, list[str]] = {}
    for process in processes:
        for model in PROCESSES[process]:
            for fault in faults(model):
                readers.setdefault(f"{fault.variable} {fault.message}", []).append(process)
    lines = [f"{line} ({', '.join(sorted(set(names)))})" for line, names in readers.items()]
    return lines + [f"{fault.variable} {fault.message}" for fault in unknown(os.environ)]


def _in_the_backup(path: Path) -> list[str]:
    from api.webhooks.sealing import Sealer
    from api.webhooks.settings import WebhookSettings
    from infra.backup.folder import BackupError, Folder
    from infra.backup.sealed import sealed

    try:
        folder = Folder(path)
        warning = sealed(folder, folder.read(), Sealer.of(configured(WebhookSettings))).warning()
    except BackupError as error:
        return [str(error)]
    return [warning] if warning else []


def _in_the_file(path: Path) -> list[str]:
    try:
        read_seed(load_config(path))
    except ConfigError as error:
        return [str(error)]
    return []
