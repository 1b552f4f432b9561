"""Waiting for a run and telling how it ended."""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import Sequence

import typer
from rich.text import Text

from client.cli import render
from client.cli.session import INTERRUPTED, Session
from client.client import Client
from client.errors import ClientError
from client.models import Task
from client.profiles import Profile
from client.progress import TAIL_LINES, RunProgress

SLOWEST = 10
# Seconds until somebody who waits is told why, and between looks.
EXPLAIN_S = 5.0


def tell_new(session: Session, task: Task, *, wait: bool, verbose: bool) -> None:
    """A run that was just asked for: its id and page, or with ``wait`` how it ends. Raises as `wait_for`."""
    if wait:
        session.say(f"{task.id}  {task.page}")
        wait_for(session, task, verbose=verbose)
    elif session.as_json:
        session.write_json(task.document)
    else:
        typer.echo(f"{task.id}\n{task.page}")


def wait_for(session: Session, task: Task, *, verbose: bool) -> None:
    """Wait for a run's end and print its result.

    Raises:
        typer.Exit: 1 when the run did not complete, 130 when the user stopped waiting.
    """
    try:
        ended = session.run(lambda client: watch(client, session, task.id, verbose=verbose))
    except KeyboardInterrupt:
        session.aside.print(
            Text(f"The run goes on. Follow it: mgeprof logs -f {task.id}   Cancel it: mgeprof cancel {task.id}")
        )
        raise typer.Exit(INTERRUPTED) from None
    if ended.state != "completed":
        raise typer.Exit(1)


async def watch(client: Client, session: Session, task_id: str, *, verbose: bool) -> Task:
    """Show a run's progress until it ends, then its result."""
    with RunProgress(session.aside, shown=not session.as_json, verbose=verbose) as progress:
        explaining = asyncio.create_task(_explain(client, task_id, progress))
        try:
            task = await client.wait(task_id, progress.tell, log=True)
        finally:
            explaining.cancel()
            await asyncio.wait([explaining])
    if session.as_json:
        session.write_json(task.document)
    if task.state != "completed":
        session.aside.print(render.failure(task, await last_words(client, task, progress.tail)))
    elif not session.as_json:
        session.out.print(render.report(task, await _profile(client, task), top=SLOWEST), crop=False)
    return task


async def _explain(client: Client, task_id: str, progress: RunProgress) -> None:
    """As long as no device has the run, say why now and then. It is beside the point where that cannot be found out."""
    while True:
        await asyncio.sleep(EXPLAIN_S)
        if progress.waits:
            with contextlib.suppress(ClientError):
                found = await client.waiting(task_id)
                if found.position is not None and progress.waits:
                    progress.explain(f"{found.help} Place {found.position}.")


async def _profile(client: Client, task: Task) -> Profile | None:
    if task.kind != "profile":
        return None
    return await client.profile(task.id, {"top": SLOWEST})


async def last_words(client: Client, task: Task, seen: Sequence[str] = ()) -> Sequence[str]:
    """The last lines of an ended run's log: as the runner reported them, as they were seen, or as they were kept."""
    if task.failure is not None and task.failure.log_tail is not None:
        # Without what engines say at every start: it may be empty, and then there is nothing to be seen in the log either.
        return task.failure.log_tail[-TAIL_LINES:]
    if seen:
        return seen
    lines: deque[str] = deque(maxlen=TAIL_LINES)
    async for line in client.log(task):
        lines.append(line)
    return lines
