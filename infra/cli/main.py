"""The entry point `mgeprof`: a table of sub-commands, each imported when it is used."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, ClassVar

import typer

from infra.cli.lazy import Lazy, LazyGroup

COMMANDS = {
    "up": Lazy("infra.cli.up", "Start everything on this machine, and stay."),
    "demo": Lazy("infra.cli.demo", "Profile an example model, from nothing."),
    "submit": Lazy("client.cli", "Profile a model."),
    "sweep": Lazy("client.cli.sweep", "Profile a model on several engines, with several options."),
    "sweeps": Lazy("client.cli.sweep", "List sweeps, or show one as a matrix."),
    "ls": Lazy("client.cli", "List tasks."),
    "show": Lazy("client.cli", "Show a task and its summary."),
    "profile": Lazy("client.cli", "Show where the time of a task went, operator by operator."),
    "timeline": Lazy("client.cli.timeline", "Show when each operator of a task ran."),
    "roofline": Lazy("client.cli.roofline", "Show how near operators come to what the device can do."),
    "analyses": Lazy("client.cli.analyses", "Show what each version of the analyser has found in a task."),
    "memory": Lazy("client.cli.memory", "Show what occupies memory at a task's peak."),
    "graph": Lazy("client.cli.graph", "Show the graph that a task really ran, beside the model's own."),
    "outputs": Lazy("client.cli.outputs", "Show what a task computed, or compare it with another's."),
    "compare": Lazy("client.cli", "Hold tasks against each other, operator by operator."),
    "export": Lazy("client.cli", "Write a task's profile as CSV, JSON or Chrome trace."),
    "files": Lazy("client.cli.files", "List the files that a task left, or fetch one."),
    "environment": Lazy("client.cli.environment", "Show what a task ran on and with, and the same by hand."),
    "events": Lazy("client.cli.events", "Show everything that happened to a task, or at all; copy and check the log."),
    "replay": Lazy("client.cli.replay", "Show how a task was at any moment, and what each event changed."),
    "logs": Lazy("client.cli", "Show the log of a task."),
    "cancel": Lazy("client.cli", "Cancel a task."),
    "retry": Lazy("client.cli.retry", "Run a task again, as it was or with changes."),
    "waiting": Lazy("client.cli.why", "Say why a task waits."),
    "share": Lazy("client.cli.share", "Make, list, revoke and open links that show a task to others."),
    "webhook": Lazy("client.cli.webhook", "Have your events sent to another program."),
    "visibility": Lazy("client.cli.visibility", "Show a task, a model or a dataset to the team."),
    "delete": Lazy("client.cli.delete", "Delete tasks, files, models, inputs."),
    "devices": Lazy("client.cli", "List the devices that run tasks."),
    "device": Lazy("client.cli.device", "Look after devices: names, labels, grants, draining, removal, tokens."),
    "models": Lazy("client.cli", "List the models that were uploaded."),
    "model": Lazy("client.cli", "Show a model: its inputs, outputs and what its inspection counted."),
    "inspect": Lazy("client.cli", "Have a model inspected again."),
    "dataset": Lazy("client.cli.dataset", "Name sets of inputs, to be used by many runs."),
    "project": Lazy("client.cli.project", "Group runs and models by project."),
    "tag": Lazy("client.cli.tag", "Put words on runs and models, to find them by."),
    "login": Lazy("client.cli.account", "Log in at a server, and stay so."),
    "connect": Lazy("client.cli.connect", "Print a link that logs a browser in."),
    "logout": Lazy("client.cli.account", "Forget a login, and revoke its key."),
    "whoami": Lazy("client.cli.account", "Show who you are at the server."),
    "register": Lazy("client.cli.account", "Make an account at a server."),
    "invite": Lazy("client.cli.account", "Let a person in."),
    "passwd": Lazy("client.cli.account", "Change your password."),
    "keys": Lazy("client.cli.keys", "Make, list and revoke keys for programs."),
    "options": Lazy("client.cli.offered", "List the options of a measurement, and where they work."),
    "account": Lazy("client.cli.own", "Your own account: use and quota, name, sessions, its end."),
    "admin": Lazy("client.cli.admin", "Administer: users, everybody's tasks, storage, retention, the audit log."),
    "engine": Lazy("infra.cli.engine", "Install MegEngine versions."),
    "backup": Lazy("infra.cli.backup", "Write log, tables and files into a folder, as they are at one moment."),
    "restore": Lazy("infra.cli.backup", "Put a backup back, where nothing is yet."),
    "deploy": Lazy("infra.cli.deploy", "Make the keys of an installation in containers."),
    "support": Lazy("infra.cli.support", "Gather what somebody who helps wants to see, without secrets."),
    "config": Lazy("infra.cli.config", "Look at the settings of the processes."),
    "projections": Lazy("infra.cli.projections", "Look at the tables made from the log, build them anew, check them."),
    "openapi": Lazy("infra.cli.openapi", "Write the description of the HTTP api."),
    "scheduler": Lazy("infra.cli.processes.scheduler", "Run the scheduler."),
    "projector": Lazy("infra.cli.processes.projector", "Run the projector."),
    "api": Lazy("infra.cli.processes.api", "Run the HTTP service."),
    "runner": Lazy("infra.cli.processes.runner", "Run this machine as a device."),
}


class Commands(LazyGroup):
    """The sub-commands of `mgeprof`."""

    lazy: ClassVar[Mapping[str, Lazy]] = COMMANDS


app = typer.Typer(cls=Commands, no_args_is_help=True, pretty_exceptions_enable=False)


def _tell_version(wanted: bool) -> None:
    if wanted:
        from infra.version import version

        typer.echo(version())
        raise typer.Exit


@app.callback()
def mgeprof(
    version: Annotated[
        bool, typer.Option("--version", callback=_tell_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Profile MegEngine models: see where the time goes, operator by operator."""


def main() -> None:
    """Run the command line."""
    app(prog_name="mgeprof")


if __name__ == "__main__":
    main()
