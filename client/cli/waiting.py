"""Waiting for a run and telling how it ended."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

import typer
from rich.text import Text

from client.cli import render
from client.cli.progress import TAIL_LINES, RunProgress
from client.cli.session import INTERRUPTED, Session
from client.client import Client
from client.models import Task
from client.profiles import Profile

SLOWEST = 10


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
        task = await client.wait(task_id, progress.tell, log=True)
    if session.as_json:
        session.write_json(task.document)
    if task.state != "completed":
        session.aside.print(render.failure(task, await last_words(client, task, progress.tail)))
    elif not session.as_json:
        session.out.print(render.report(task, await _profile(client, task), top=SLOWEST), crop=False)
    return task


async def _profile(client: Client, task: Task) -> Profile | None:
    if task.kind != "profile":
        return None
    return await client.profile(task.id, {"top": SLOWEST})


async def last_words(client: Client, task: Task, seen: Sequence[str] = ()) -> Sequence[str]:
    """The last lines of an ended run's log: as the runner reported them, as they were seen, or as they were kept."""
    if task.failure is not None and task.failure.log_tail:
        return task.failure.log_tail[-TAIL_LINES:]
    if seen:
        return seen
    lines: deque[str] = deque(maxlen=TAIL_LINES)
    async for line in client.log(task):
        lines.append(line)
    return lines
