"""`mgeprof account …`: one's own account: what one uses, what others see, where one is logged in, and its end."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from client.cli.account import ask_password
from client.cli.options import Home, Json, Url, Yes

if TYPE_CHECKING:
    from rich.console import RenderableType

    from client.account import Account, LoginSessionList, Usage
    from client.client import Client

app = typer.Typer(no_args_is_help=True, help="Your own account: use and quota, name, sessions, its end.")
Result = TypeVar("Result")


@app.command()
def usage(as_json: Json = False, url: Url = None, home: Home = None) -> None:
    """Show what you use, and what you may."""
    from client.cli.session import Session

    session = Session(url, home, as_json)
    found = session.run(lambda client: client.account.usage())
    session.show(found, lambda: usage_table(found))


@app.command()
def change(
    name: Annotated[str | None, typer.Option(help="What you want to be called.", show_default=False)] = None,
    email: Annotated[str | None, typer.Option(help="Your e-mail address.", show_default=False)] = None,
    language: Annotated[str | None, typer.Option(help="en or zh: of mails to you.", show_default=False)] = None,
    as_json: Json = False,
    url: Url = None,
    home: Home = None,
) -> None:
    """Change your name, e-mail address or language. Asks for your password."""
    asked = {"name": name, "email": email, "language": language}
    changes = {field: value for field, value in asked.items() if value is not None}
    if not changes:
        raise typer.BadParameter("Nothing is to be changed: give --name, --email or --language.")

    from client.cli.session import Session

    session = Session(url, home, as_json)
    me = session.run(
        lambda client: _as_person(client, lambda mine, password: mine.change({**changes, "password": password}))
    )
    session.show(me, lambda: f"{me.name}{f' <{me.email}>' if me.email else ''}")


@app.command()
def sessions(as_json: Json = False, url: Url = None, home: Home = None) -> None:
    """List where you are logged in with a browser."""
    from client.cli.session import Session

    session = Session(url, home, as_json)
    page = session.run(lambda client: client.account.sessions())
    session.show(page, lambda: session_table(page))


@app.command("end-session")
def end_session(
    session_id: Annotated[str, typer.Argument(metavar="ID", help="The session's id.", show_default=False)],
    url: Url = None,
    home: Home = None,
) -> None:
    """Log out somewhere else."""
    from client.cli.session import Session

    Session(url, home).run(lambda client: client.account.end_session(session_id))


@app.command("logout-everywhere")
def logout_everywhere(url: Url = None, home: Home = None) -> None:
    """End all your sessions. Keys stay: `mgeprof keys revoke` ends those."""
    from client.cli.session import Session

    Session(url, home).run(lambda client: client.account.logout_everywhere())


@app.command()
def delete(yes: Yes = False, url: Url = None, home: Home = None) -> None:
    """Delete your account with all that is yours: runs, models, inputs. Asks for your password."""
    from client.cli.session import Session

    session = Session(url, home)
    if not yes:
        typer.confirm(f"Delete your account at {session.server()} with all that is yours?", abort=True, err=True)
    session.run(lambda client: _as_person(client, lambda mine, _password: mine.delete()))
    session.say("Your account was deleted. `mgeprof logout` forgets what this machine knows of it.")


async def _as_person(client: Client, work: Callable[[Account, str], Awaitable[Result]]) -> Result:
    """A key may not do it: be logged in with the password meanwhile."""
    from client import account

    me = await client.account.me()
    password = ask_password(f"Password of {me.name}")
    async with account.session(client.http.connection.url, me.name, password) as mine:
        return await work(mine, password)


def usage_table(found: Usage) -> RenderableType:
    """What is used, beside what may be."""
    from client.cli import units
    from client.cli.tables import listed

    quota = found.quota
    rows = (
        ("runs in 24 hours", str(found.tasks_today), _most(quota.tasks_a_day)),
        ("running at once", str(found.running), _most(quota.running)),
        (
            "stored",
            units.size(found.stored_bytes),
            "no limit" if quota.stored_bytes is None else units.size(quota.stored_bytes),
        ),
    )
    return listed(("", "used", "may be"), rows, "")


def session_table(page: LoginSessionList) -> RenderableType:
    """Sessions, one a line."""
    from client.cli import units
    from client.cli.tables import listed

    rows = (
        [one.user_agent or "–", one.address, *map(units.moment, (one.created_at, one.last_used_at)), one.id]
        for one in page.items
    )
    return listed(("with", "from", "since", "last used", "id"), rows, "No sessions.")


def _most(limit: int | None) -> str:
    return "no limit" if limit is None else str(limit)
