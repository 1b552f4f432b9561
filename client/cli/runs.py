"""`mgeprof ls`, `show`, `cancel`, `logs`: looking at runs."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated

import typer

from client.cli import group_options
from client.cli.options import Everybody, Home, Json, TaskId, Url

# Terminal escapes and other control characters: nobody's terminal is to obey a model.
_CONTROL = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]|[\x00-\x08\x0b-\x1f\x7f-\x9f]")

if TYPE_CHECKING:
    from client.cli.session import Session
    from client.client import Client
    from client.models import TaskPage


def ls(  # noqa: PLR0913, PLR0917  (a command's parameters are its options)
    state: Annotated[
        list[str] | None,
        typer.Option(help="Only runs in this state, such as completed; may be repeated.", show_default=False),
    ] = None,
    platform: Annotated[
        list[str] | None, typer.Option(help="Only runs on x86, cuda or arm.", show_default=False)
    ] = None,
    engine: Annotated[
        list[str] | None, typer.Option(help="Only runs with this MegEngine version.", show_default=False)
    ] = None,
    model: Annotated[
        list[str] | None, typer.Option(metavar="ID", help="Only runs of this model.", show_default=False)
    ] = None,
    project: group_options.Project = None,
    tag: group_options.Tag = None,
    search: Annotated[
        str | None,
        typer.Option("--search", "-q", metavar="TEXT", help="Only runs whose name holds this.", show_default=False),
    ] = None,
    everybody: Everybody = False,
    limit: Annotated[int, typer.Option(min=1, max=500, help="How many.")] = 20,
    cursor: Annotated[
        str | None, typer.Option(help="Go on behind an earlier list: its next_cursor.", show_default=False)
    ] = None,
    as_json: Json = False,
    url: Url = None,
    home: Home = None,
) -> None:
    """List runs, newest first."""
    from client.cli.lists import task_table
    from client.cli.session import Session

    filters = {
        "state": state,
        "platform": platform,
        "engine": engine,
        "model": model,
        "tag": tag,
        "q": search,
        "whose": "anyone" if everybody else None,
        "limit": limit,
        "cursor": cursor,
    }
    session = Session(url, home, as_json)

    async def work(client: Client) -> TaskPage:
        groups = await group_options.grouped(client, project, None)
        return await client.tasks({**filters, **groups})

    page = session.run(work)
    session.show(page, lambda: task_table(page.items))
    session.tell_more(page.next_cursor)


def show(task_id: TaskId, as_json: Json = False, url: Url = None, home: Home = None) -> None:
    """Show a run: what was run, how it stands, and its result."""
    from client.cli import render
    from client.cli.session import Session
    from client.cli.waiting import last_words
    from client.cli.why import say_why

    session = Session(url, home, as_json)

    async def work(client: Client) -> None:
        task = await client.task(task_id)
        session.show(task, lambda: render.report(task, None))
        if not as_json and task.state in {"failed", "expired"}:
            session.out.print(render.failure(task, await last_words(client, task)))
        if not as_json and task.state in {"submitted", "queued"}:
            await say_why(client, session, task_id)

    session.run(work)


def cancel(task_id: TaskId, as_json: Json = False, url: Url = None, home: Home = None) -> None:
    """Stop a run that waits or runs."""
    from client.cli import render
    from client.cli.session import Session

    session = Session(url, home, as_json)
    task = session.run(lambda client: client.cancel(task_id))
    session.show(task, lambda: render.task_card(task))


def logs(
    task_id: TaskId,
    follow: Annotated[bool, typer.Option("-f", "--follow", help="Go on until the run ends.")] = False,
    as_json: Json = False,
    url: Url = None,
    home: Home = None,
) -> None:
    """Print the engine's log of a run. With --json one object a line: {"attempt", "n", "line"}."""
    from client.cli.session import INTERRUPTED, Session

    session = Session(url, home, as_json)
    try:
        session.run(lambda client: print_log(client, session, task_id, follow=follow))
    except KeyboardInterrupt:
        session.aside.print(f"The run goes on. Cancel it: mgeprof cancel {task_id}", markup=False, soft_wrap=True)
        raise typer.Exit(INTERRUPTED) from None


async def print_log(client: Client, session: Session, task_id: str, *, follow: bool) -> None:
    """The whole log of an ended run; of another one the lines that come from now on, if ``follow``."""
    from client.live import LogLine

    task = await client.task(task_id)
    if task.ended:
        n = 0
        async for line in client.log(task):
            n += 1
            _print_line(session, task.attempt, n, line)
        if not n:
            session.aside.print(f"This run ({task.state}) left no log.", markup=False)
    elif follow:
        async for item in client.follow(task_id, log=True):
            if isinstance(item, LogLine):
                _print_line(session, item.attempt, item.n, item.line)
    else:
        session.aside.print(
            f"The run is {task.state}; its log is whole when it has ended. Follow it: mgeprof logs -f {task_id}",
            markup=False,
            soft_wrap=True,
        )


def _print_line(session: Session, attempt: int, n: int, line: str) -> None:
    if session.as_json:
        session.write_json({"attempt": attempt, "n": n, "line": line}, indent=None)
    else:
        typer.echo(_CONTROL.sub("", line))
