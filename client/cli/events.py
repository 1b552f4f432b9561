"""`mgeprof events`: what happened to a run, or at all; copies of the log that can be checked."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from client.cli.event_options import Moment, Part, Wanted, written
from client.cli.gathered import gathered
from client.cli.options import Home, Json, TaskId, Url, existing_file
from client.cli.saving import Output, save

if TYPE_CHECKING:
    from rich.console import RenderableType

    from client.bundle import CheckedBundle
    from client.chain import CheckedLog
    from client.cli.session import Session
    from client.client import Client
    from client.models import RecordedEvent


class EventCommands(TyperGroup):
    """`mgeprof events ID` is short for `mgeprof events show ID`."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        known = not args or args[0].startswith("-") or args[0] in self.commands
        return super().resolve_command(ctx, args if known else ["show", *args])


app = typer.Typer(cls=EventCommands, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)


@app.callback()
def events() -> None:
    """Show what happened to a run (`mgeprof events ID`) or at all, follow it, copy it, check copies."""


@app.command()
def show(task_id: TaskId, as_json: Json = False, url: Url = None, home: Home = None) -> None:
    """Show everything that happened to a run."""
    from client.cli import render
    from client.cli.session import Session

    session = Session(url, home, as_json)
    page = session.run(lambda client: client.events(task_id))
    session.show(page, lambda: render.event_table(page.items))


@app.command("ls")
@gathered
def list_events(
    wanted: Wanted,
    part: Part,
    as_json: Json = False,
    url: Url = None,
    home: Home = None,
) -> None:
    """Show what happened, oldest first: everything that you may see."""
    from client.cli.session import Session

    asked = wanted.asked(**part.asked())
    session = Session(url, home, as_json)
    page = session.run(lambda client: client.log_page(asked))
    session.show(page, lambda: _table(page.items))
    if page.more and not as_json:
        further = f"--before {page.next_before}" if part.newest else f"--after {page.next_after}"
        session.say(f"There are more: add {further}")


@app.command()
@gathered
def follow(wanted: Wanted, as_json: Json = False, url: Url = None, home: Home = None) -> None:
    """Show what happens as it happens, until Ctrl-C; with --after everything since then, too. With --json one CloudEvent a line."""
    from client.cli.session import INTERRUPTED, Session

    session = Session(url, home, as_json)
    try:
        session.run(lambda client: _follow(client, session, wanted))
    except KeyboardInterrupt:
        raise typer.Exit(INTERRUPTED) from None


@app.command()
@gathered
def export(
    wanted: Wanted,
    upto: Annotated[
        int | None, typer.Option(min=0, metavar="N", help="End at this place in the log.", show_default=False)
    ] = None,
    since: Moment = None,
    until: Moment = None,
    output: Output = None,
    url: Url = None,
    home: Home = None,
) -> None:
    """Copy the log, as JSON lines that can be checked: `mgeprof events verify FILE`."""
    from client.cli.session import Session

    session = Session(url, home)
    asked = wanted.asked(upto=upto, since=written(since), until=written(until))
    session.run(lambda client: save(client.export_log(asked), output))
    if output is not None:
        session.say(_log_report(_verified(session, output)))


@app.command()
def bundle(
    task_id: TaskId,
    given: Annotated[
        bool, typer.Option("--given", help="Also what the run was given: its request, its model and its inputs.")
    ] = False,
    output: Output = None,
    url: Url = None,
    home: Home = None,
) -> None:
    """Put everything that happened to a run and all files that it left into one zip file that can be checked."""
    from client.cli.session import Session

    session = Session(url, home)
    path = output or Path(f"mgeprof-{task_id}.zip")
    checked = session.run(lambda client: client.bundle(task_id, path, given=given))
    session.say(f"{path}: {_bundle_report(checked)}")


@app.command()
def verify(
    file: Annotated[Path, typer.Argument(help="What `export` or `bundle` wrote.", callback=existing_file)],
) -> None:
    """Check a copy of the log or a bundle, without any server. Ends with 1 when something was changed, left out, added or moved."""
    from zipfile import is_zipfile

    from client.bundle import check_bundle
    from client.cli.session import Session

    session = Session()
    if not is_zipfile(file):
        typer.echo(_log_report(_verified(session, file)))
        return

    async def work() -> CheckedBundle:
        return check_bundle(file)

    typer.echo(_bundle_report(session.do(work)))


def _verified(session: Session, file: Path) -> CheckedLog:
    """Raises typer.Exit: 1 when the copy is not what was exported."""
    from client.chain import CheckedLog, checked_events

    async def work() -> CheckedLog:
        log = CheckedLog()
        with file.open(encoding="utf-8", newline="\n") as lines:
            for _ in checked_events(lines, log):
                pass
        return log

    return session.do(work)


async def _follow(client: Client, session: Session, wanted: Wanted) -> None:
    filters = wanted.asked()
    async for event in client.follow_log(filters, after=filters.pop("after", None)):
        if session.as_json:
            session.write_json(event.document, indent=None)
        else:
            session.out.print(_table([event], header=False))


def _table(items: list[RecordedEvent], *, header: bool = True) -> RenderableType:
    from rich.text import Text

    from client.cli import units
    from client.cli.tables import plain_table

    table = plain_table()
    table.show_header = header
    for name in ("sequence", "time", "event", "to", "by"):
        table.add_column(name, justify="right" if name == "sequence" else "left", overflow="fold")
    for one in items:
        table.add_row(
            str(one.sequence), units.moment(one.time), one.type, Text(one.thing), Text(one.actor or "", "dim")
        )
    return table


def _log_report(log: CheckedLog) -> str:
    return f"{log.events} events, places {log.begin['after']} to {log.begin['upto']} of the log; whole and unchanged; digest {log.digest}"


def _bundle_report(checked: CheckedBundle) -> str:
    gone = (
        f"; {len(checked.missing)} files were gone when it was made: {', '.join(checked.missing)}"
        if checked.missing
        else ""
    )
    return f"run {checked.task}: {checked.log.events} events and {checked.files} files; whole and unchanged; digest {checked.log.digest}{gone}"
