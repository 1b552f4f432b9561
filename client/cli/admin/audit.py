"""`mgeprof admin audit`: who did what, and when."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from client.cli.options import Home, Json, Url

if TYPE_CHECKING:
    from rich.console import RenderableType

    from client.administration import ActPage
    from client.client import Client

Moment = Annotated[datetime | None, typer.Option(help="By this machine's clock.", show_default=False)]
Who = Annotated[str | None, typer.Option(metavar="ACCOUNT", help="Name, e-mail address or id.", show_default=False)]


def audit(  # noqa: PLR0913, PLR0917  (a command's parameters are its options)
    actor: Who = None,
    owner: Who = None,
    thing: Annotated[
        str | None, typer.Option(metavar="ID", help="What it was done to: a run, a model, a device, an account.")
    ] = None,
    kind: Annotated[
        list[str] | None, typer.Option("--type", help="Such as task.submitted; may be repeated.", show_default=False)
    ] = None,
    since: Moment = None,
    until: Moment = None,
    limit: Annotated[int, typer.Option(min=1, max=500, help="How many.")] = 50,
    cursor: Annotated[str | None, typer.Option(help="Go on behind an earlier list.", show_default=False)] = None,
    as_json: Json = False,
    url: Url = None,
    home: Home = None,
) -> None:
    """Show who did what and when, the newest first, from the event log."""
    from client.cli.session import Session

    async def work(client: Client) -> ActPage:
        return await client.administration.audit(
            {
                "actor": await _id(client, actor),
                "owner": await _id(client, owner),
                "thing": thing,
                "type": kind,
                "since": _rfc3339(since),
                "until": _rfc3339(until),
                "limit": limit,
                "cursor": cursor,
            }
        )

    session = Session(url, home, as_json)
    page = session.run(work)
    session.show(page, lambda: _table(page))
    session.tell_more(page.next_cursor)


def _rfc3339(at: datetime | None) -> str | None:
    return None if at is None else at.astimezone().isoformat()


async def _id(client: Client, account: str | None) -> str | None:
    return None if account is None else await client.administration.account_id(account)


def _table(page: ActPage) -> RenderableType:
    from client.cli import units
    from client.cli.tables import listed

    rows = (
        [
            units.moment(one.at),
            one.actor_name or one.actor,
            one.type,
            one.thing,
            one.owner_name or one.owner,
            ", ".join(f"{name} {units.brief(value)}" for name, value in one.detail.items()),
        ]
        for one in page.items
    )
    return listed(("when", "who", "what", "to", "whose", "with"), rows, "Nothing of that kind was done.")
