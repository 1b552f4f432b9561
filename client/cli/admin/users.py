"""`mgeprof admin users …`: everybody's accounts."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from client.cli.options import Home, Json, Url, Yes

if TYPE_CHECKING:
    from pathlib import Path

    from rich.console import RenderableType

    from client.administration import Administration, User

app = typer.Typer(no_args_is_help=True, help="List and look after accounts.")
Result = TypeVar("Result")
Who = Annotated[str, typer.Argument(metavar="ACCOUNT", help="Its name, e-mail address or id.", show_default=False)]


@app.command("ls")
def list_(  # noqa: PLR0913, PLR0917  (a command's parameters are its options)
    search: Annotated[
        str | None, typer.Option("--search", "-q", metavar="TEXT", help="In names, addresses and ids.")
    ] = None,
    role: Annotated[list[str] | None, typer.Option(help="user, admin or guest; may be repeated.")] = None,
    standing: Annotated[list[str] | None, typer.Option(help="active or disabled; may be repeated.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=500, help="How many.")] = 50,
    cursor: Annotated[
        str | None, typer.Option(help="Go on behind an earlier list: its next_cursor.", show_default=False)
    ] = None,
    as_json: Json = False,
    url: Url = None,
    home: Home = None,
) -> None:
    """List or search accounts, newest first."""
    from client.cli.session import Session

    filters = {"q": search, "role": role, "standing": standing, "limit": limit, "cursor": cursor}
    session = Session(url, home, as_json)
    page = session.run(lambda client: client.administration.users(filters))
    session.show(page, lambda: table(page.items))
    session.tell_more(page.next_cursor)


@app.command()
def show(account: Who, as_json: Json = False, url: Url = None, home: Home = None) -> None:
    """Show an account, what it uses and what it may."""
    from client.account import Usage
    from client.cli.own import usage_table
    from client.cli.session import Session
    from client.client import Client

    async def work(client: Client) -> tuple[User, Usage]:
        user = await client.administration.user(account)
        return user, await client.administration.usage(user)

    session = Session(url, home, as_json)
    user, used = session.run(work)
    if as_json:
        session.write_json({**user.document, "usage": used.document})
    else:
        session.out.print(table([user]), usage_table(used), sep="\n")


@app.command()
def role(
    account: Who,
    role: Annotated[str, typer.Argument(help="user, admin or guest.", show_default=False)],
    as_json: Json = False,
    url: Url = None,
    home: Home = None,
) -> None:
    """Change what somebody is. It holds with their next request."""
    _change(account, {"role": role}, url, home, as_json)


@app.command()
def disable(account: Who, as_json: Json = False, url: Url = None, home: Home = None) -> None:
    """Let somebody in nowhere any more; all their sessions end. What is theirs stays."""
    _change(account, {"disabled": True}, url, home, as_json)


@app.command()
def enable(account: Who, as_json: Json = False, url: Url = None, home: Home = None) -> None:
    """Let somebody in again."""
    _change(account, {"disabled": False}, url, home, as_json)


@app.command()
def delete(account: Who, yes: Yes = False, url: Url = None, home: Home = None) -> None:
    """Delete an account with everything that is theirs. Nothing brings it back."""
    from client.cli.session import Session

    session = Session(url, home)
    user = session.run(lambda client: client.administration.user(account))
    if not yes:
        asked = f"Delete {user.name} ({user.id}) with {user.tasks} runs and all else that is theirs?"
        typer.confirm(asked, abort=True, err=True)
    session.run(lambda client: client.administration.delete_user(user))


@app.command()
def reset(account: Who, as_json: Json = False, url: Url = None, home: Home = None) -> None:
    """Print a link that sets a new password, once, to be handed over. Earlier ones are void."""
    from client.cli.session import Session

    session = Session(url, home, as_json)
    made = session.run(lambda client: _with(client.administration, account, client.administration.password_link))
    if as_json:
        session.write_json(made.document)
    else:
        typer.echo(made.url)


@app.command()
def quota(  # noqa: PLR0913, PLR0917  (a command's parameters are its options)
    account: Who,
    tasks_a_day: Annotated[int | None, typer.Option(min=0, help="Runs in 24 hours.", show_default=False)] = None,
    running: Annotated[int | None, typer.Option(min=0, help="Runs at once.", show_default=False)] = None,
    stored_bytes: Annotated[int | None, typer.Option(min=0, help="Bytes of files.", show_default=False)] = None,
    reset: Annotated[bool, typer.Option("--reset", help="What is not given is the installation's own again.")] = False,
    as_json: Json = False,
    url: Url = None,
    home: Home = None,
) -> None:
    """Say what somebody may use. What is not given stays as it is; without any, show it."""
    from client.account import Usage
    from client.cli.own import usage_table
    from client.cli.session import Session
    from client.client import Client

    asked = {"tasks_a_day": tasks_a_day, "running": running, "stored_bytes": stored_bytes}
    given = {field: value for field, value in asked.items() if value is not None}

    async def work(client: Client) -> Usage:
        user = await client.administration.user(account)
        used = await client.administration.usage(user)
        if not (given or reset):
            return used
        before = {} if reset else {field: getattr(used.quota, field) for field in asked}
        await client.administration.set_quota(user, {**before, **given})
        return await client.administration.usage(user)

    session = Session(url, home, as_json)
    used = session.run(work)
    session.show(used, lambda: usage_table(used))


def table(users: Sequence[User]) -> RenderableType:
    """Accounts, one a line."""
    from client.cli import units
    from client.cli.tables import listed

    columns = ("name", "e-mail", "role", "standing", "came by", "runs", "since", "last seen", "id")
    rows = (
        [
            *(one.name, one.email or "–", one.role, one.standing, one.admission, str(one.tasks)),
            *(units.moment(one.created_at), units.moment(one.last_seen_at), one.id),
        ]
        for one in users
    )
    return listed(columns, rows, "No account is as asked for.")


def _change(account: str, changes: dict[str, Any], url: str | None, home: Path | None, as_json: bool) -> None:
    from client.cli.session import Session

    session = Session(url, home, as_json)
    changed = session.run(
        lambda client: _with(
            client.administration, account, lambda user: client.administration.change_user(user, changes)
        )
    )
    session.show(changed, lambda: table([changed]))


async def _with(administration: Administration, account: str, work: Callable[[User], Awaitable[Result]]) -> Result:
    return await work(await administration.user(account))
