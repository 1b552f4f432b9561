"""`mgeprof waiting`: why a run has not started yet."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from client.cli.options import Home, Json, TaskId, Url

if TYPE_CHECKING:
    from rich.console import RenderableType

    from client.again import Waiting
    from client.cli.session import Session
    from client.client import Client

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command()
def waiting(task_id: TaskId, as_json: Json = False, url: Url = None, home: Home = None) -> None:
    """Say why a run waits: its place, and what keeps each device from taking it."""
    from client.cli.session import Session

    session = Session(url, home, as_json)
    found = session.run(lambda client: client.waiting(task_id))
    session.show(found, lambda: why(found))


async def say_why(client: Client, session: Session, task_id: str) -> None:
    """The same, beside something else: where it cannot be found out, nothing is said."""
    from client.errors import ProblemError

    try:
        found = await client.waiting(task_id)
    except ProblemError:
        return
    if found.position is not None:
        session.out.print(why(found))


def why(found: Waiting) -> RenderableType:
    """The reason, the place in the queue, and the devices, one a line."""
    from rich.console import Group
    from rich.text import Text

    from client.cli.tables import listed

    said = [Text.assemble((found.reason.replace("_", " "), "bold"), f": {found.help}")]
    if found.position is None:
        return said[0]
    own = f", {found.own_ahead} of them your own" if found.own_ahead else ""
    said.append(Text(f"place {found.position}; {found.ahead} go first{own}"))
    rows = (
        [one.name, one.verdict.replace("_", " "), f"{one.running} of {one.slots}", one.runner] for one in found.runners
    )
    return Group(*said, listed(("device", "now", "running", "id"), rows, "No device of this platform is known."))
