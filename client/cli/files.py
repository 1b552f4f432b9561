"""`mgeprof files`: what a run left, file by file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from client.cli.options import Home, Json, TaskId, Url
from client.cli.saving import Output, save

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import RenderableType

    from client.models import Artifact

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command()
def files(
    task_id: TaskId,
    name: Annotated[
        str | None, typer.Argument(metavar="[NAME]", help="Fetch this one, as it is stored.", show_default=False)
    ] = None,
    output: Output = None,
    as_json: Json = False,
    url: Url = None,
    home: Home = None,
) -> None:
    """List the files that a run left, or fetch one: raw profiles, outputs, environment, log."""
    from client.cli.session import Session

    session = Session(url, home, as_json)
    if name is not None:
        session.run(lambda client: save(client.artifact(task_id, name), output))
        return
    if output is not None:
        raise typer.BadParameter("Name the file that is to be fetched.")
    task = session.run(lambda client: client.task(task_id))
    if as_json:
        session.write_json([one.document for one in task.artifacts])
    else:
        session.out.print(files_report(task.artifacts))


def files_report(artifacts: Sequence[Artifact]) -> RenderableType:
    from rich.text import Text

    from client.cli import units
    from client.cli.tables import plain_table

    if not artifacts:
        return Text("This run has left no files.")
    table = plain_table(expand=False)
    table.add_column("name", no_wrap=True)
    table.add_column("size", justify="right", no_wrap=True)
    table.add_column("SHA-256", overflow="fold")
    for one in artifacts:
        table.add_row(one.name, units.size(one.size), one.sha256)
    return table
