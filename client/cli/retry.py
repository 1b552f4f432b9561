"""`mgeprof retry`: the same run again, or with changes."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from client.cli.device_options import Wanted
from client.cli.gathered import gathered
from client.cli.options import DespiteLosses, Home, Json, TaskId, Url, Verbose, Wait
from client.cli.run_options import with_run_options

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command()
@with_run_options
@gathered
def retry(  # noqa: PLR0913, PLR0917  (a command's parameters are its options)
    task_id: TaskId,
    wanted: Wanted,
    platform: Annotated[str | None, typer.Option(help="Run it there instead.", show_default=False)] = None,
    engine: Annotated[str | None, typer.Option(help="With this MegEngine version instead.", show_default=False)] = None,
    name: Annotated[str | None, typer.Option(help="What to call the new run.", show_default=False)] = None,
    despite_losses: DespiteLosses = False,
    wait: Wait = False,
    verbose: Verbose = False,
    as_json: Json = False,
    url: Url = None,
    home: Home = None,
    *,
    options: dict[str, Any],
) -> None:
    """Run it again, however it ended, as a new run; changed as the options say."""
    from client.cli.session import Session
    from client.cli.waiting import tell_new
    from client.client import Client
    from client.models import Task

    asked: dict[str, Any] = {"platform": platform, "engine": engine, "name": name, "options": options or None}
    changes = {field: value for field, value in asked.items() if value is not None}
    if despite_losses:
        changes["despite_losses"] = True

    async def work(client: Client) -> Task:
        return await client.retry(task_id, {**changes, **await wanted.told(client)})

    session = Session(url, home, as_json)
    tell_new(session, session.run(work), wait=wait, verbose=verbose)
