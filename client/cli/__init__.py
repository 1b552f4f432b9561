"""The user's sub-commands of `mgeprof`. Only names, options and help texts are loaded here; each command loads what it needs."""

import typer

from client.cli.catalogue import devices, models
from client.cli.model import inspect, model
from client.cli.profiles import compare, export, profile
from client.cli.runs import cancel, logs, ls, show
from client.cli.submit import submit

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
for command in (submit, ls, show, profile, compare, export, cancel, logs, devices, models, model, inspect):
    app.command(command.__name__)(command)
