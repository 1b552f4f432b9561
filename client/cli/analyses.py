"""`mgeprof analyses`: what each analyser has read out of a run's raw profiles."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from client.cli.options import Home, Json, Url
from client.errors import ProblemError

if TYPE_CHECKING:
    from rich.console import RenderableType

    from client.cli.session import Session
    from client.client import Client
    from client.profiles import AnalysisList

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command()
def analyses(
    task_id: Annotated[str | None, typer.Argument(metavar="[ID]", help="The run's id.", show_default=False)] = None,
    again: Annotated[
        bool, typer.Option("--again", help="Have the server's analyser read them first, and keep what it finds.")
    ] = False,
    everything: Annotated[
        bool, typer.Option("--all", help="Do that with all of your runs that an earlier analyser has read.")
    ] = False,
    everybody: Annotated[
        bool, typer.Option("--everybody", help="With --all: everybody's, for administrators.")
    ] = False,
    as_json: Json = False,
    url: Url = None,
    home: Home = None,
) -> None:
    """Show what each version of the analyser has found in a completed run, and how they differ."""
    from client.cli.session import Session

    session = Session(url, home, as_json)
    if everything:
        session.run(lambda client: all_again(client, session, "anyone" if everybody else "mine"))
        return
    if task_id is None:
        raise typer.BadParameter("Name a run, or say --all.")
    found = session.run(lambda client: client.reanalyse(task_id) if again else client.analyses(task_id))
    session.show(found, lambda: analyses_report(found))


async def all_again(client: Client, session: Session, whose: str) -> None:
    """Run after run; whoever is interrupted begins anew, and what is done is done."""
    from client.cli.again import Again

    with Again(session) as progress:
        cursor: str | None = None
        while True:
            page = await client.outdated({"whose": whose, "cursor": cursor})
            progress.total(page.count)
            for run in page.items:
                try:
                    progress.done(await client.reanalyse(run.task_id))
                except ProblemError as problem:
                    if problem.status >= 500:
                        raise
                    progress.failed(run.task_id, problem)
            cursor = page.next_cursor
            if cursor is None:
                return


def analyses_report(found: AnalysisList) -> RenderableType:
    """One analysis a line, each held against the one before it."""
    from rich.console import Group
    from rich.text import Text

    from client.cli import units
    from client.cli.tables import plain_table

    table = plain_table(expand=False)
    table.add_column("analyser", justify="right")
    table.add_column("analysed")
    for column in ("operators", "time", "", "FLOP", "bytes"):
        table.add_column(column, justify="right", no_wrap=True)
    for one, before in zip(found.items, [*found.items[1:], None], strict=True):
        sums = one.totals
        was = before.totals.device_s if before is not None else 0.0
        change = f"{100 * (sums.device_s / was - 1):+.1f} %" if was else ""
        amounts = units.quantity(sums.computation, ""), units.size(sums.memory)
        when = units.moment(one.analysed_at)
        table.add_row(str(one.analyser), when, str(sums.operators), units.duration(sums.device_s), change, *amounts)
    if not found.outdated:
        return table
    hint = f"The server's analyser is {found.newest}. Profiles are shown as it reads them; to keep that: mgeprof analyses {found.task_id} --again"
    return Group(table, Text(), Text(hint, "dim"))
