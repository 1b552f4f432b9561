"""`mgeprof admin storage` and `retention`: who has how much, and what goes by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from client.cli.options import Home, Json, Url

if TYPE_CHECKING:
    from rich.console import RenderableType

    from client.administration import Retention, Storage


def storage(as_json: Json = False, url: Url = None, home: Home = None) -> None:
    """Show who has how many bytes stored, the most first."""
    from client.cli.session import Session

    session = Session(url, home, as_json)
    found = session.run(lambda client: client.administration.storage())
    session.show(found, lambda: _storage(found))


def retention(
    days: Annotated[
        float | None, typer.Option(min=0, help="Delete the files of runs that ended longer ago.", show_default=False)
    ] = None,
    never: Annotated[bool, typer.Option("--never", help="Keep all files.")] = False,
    run: Annotated[bool, typer.Option("--run", help="Delete now what is due.")] = False,
    dry_run: Annotated[
        bool,
        typer.Option("--dry-run", help="Say what would be deleted, with --days N as if that were set; change nothing."),
    ] = False,
    as_json: Json = False,
    url: Url = None,
    home: Home = None,
) -> None:
    """Show or set after how many days the files of runs are deleted. Totals and histories stay."""
    if never and days is not None:
        raise typer.BadParameter("Give --days or --never, not both.")
    if dry_run and (never or run):
        raise typer.BadParameter("--dry-run goes with --days only.")

    from client.cli import units
    from client.cli.session import Session
    from client.client import Client

    async def work(client: Client) -> Retention:
        administration = client.administration
        known = await (administration.set_retention(days) if never or days is not None else administration.retention())
        if run:
            session.say(f"Files of {(await administration.run_retention()).tasks} runs were deleted.")
        return known

    session = Session(url, home, as_json)
    if dry_run:
        due = session.run(lambda client: client.administration.preview_retention(days))
        session.show(due, lambda: f"{due.tasks} runs have files that would be deleted, {units.size(due.bytes or 0)}.")
        return
    found = session.run(work)
    session.show(found, lambda: _retention(found))


def _retention(found: Retention) -> str:
    if found.files_days is None:
        return "Files of runs are kept for ever."
    return f"Files of runs are deleted {found.files_days:g} days after their ends."


def _storage(found: Storage) -> RenderableType:
    from rich.console import Group
    from rich.text import Text

    from client.cli import units
    from client.cli.tables import listed

    rows = (
        [one.name or "(deleted)", *map(units.size, (one.models, one.inputs, one.artifacts, one.total)), one.account]
        for one in found.users
    )
    table = listed(("name", "models", "inputs", "artifacts", "all", "id"), rows, "Nothing is stored.")
    under_way = f"; {found.waiting} deletions are under way" if found.waiting else ""
    return Group(table, Text(f"{units.size(found.stored)} in the store, each content once{under_way}", "dim"))
