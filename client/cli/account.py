"""`mgeprof login`, `logout`, `whoami`, `register` and `passwd`: being somebody at a server."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from client.cli.options import Home, Json, Url

if TYPE_CHECKING:
    from rich.console import RenderableType

    from client.account import Me
    from client.cli.session import Session
    from client.credentials import Credential

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)

Login = Annotated[str | None, typer.Argument(metavar="[NAME]", help="Name or e-mail address; else asked for.")]
KeyOption = Annotated[
    str | None,
    typer.Option("--key", help="A key instead of a password; - reads it from standard input.", metavar="KEY"),
]
ScopeOption = Annotated[
    list[str] | None,
    typer.Option("--scope", help="What may be done: read, submit, admin, runner. Can be repeated.", metavar="SCOPE"),
]
Days = Annotated[float, typer.Option("--days", min=0.01, max=3650, help="For how long.", metavar="N")]


@app.command()
def login(
    name: Login = None,
    key: KeyOption = None,
    scope: ScopeOption = None,
    days: Days = 90.0,
    url: Url = None,
    home: Home = None,
) -> None:
    """Log in at a server, and stay so: a key for this machine is made and kept in your configuration folder."""
    from client.cli.session import Session

    session = Session(url, home)
    server = session.server()
    if key is not None:
        secret = sys.stdin.readline().strip() if key == "-" else key
        credential = session.do(lambda: _given(server, secret))
    else:
        told = name or typer.prompt("Name or e-mail", err=True)
        password = ask_password("Password")
        credential = session.do(lambda: _by_password(server, told, password, scope, days))
    session.say(f"Logged in at {server} as {credential.name}.")


async def _given(server: str, key: str) -> Credential:
    from client.client import Client
    from client.connection import Connection
    from client.credentials import Credential, Credentials

    async with Client(Connection(server, key)) as client:
        credential = Credential(key, (await client.account.me()).name)
    Credentials().keep(server, credential)
    return credential


async def _by_password(server: str, name: str, password: str, scopes: list[str] | None, days: float) -> Credential:
    from client import account
    from client.credentials import Credentials

    async with account.session(server, name, password) as mine:
        credential = await account.machine_key(mine, scopes, days)
    Credentials().keep(server, credential)
    return credential


@app.command()
def register(
    name: Annotated[str | None, typer.Argument(metavar="[NAME]", help="What you want to be called.")] = None,
    link: Annotated[
        str | None, typer.Option("--link", help="The invitation: its link, or the token in it.", metavar="LINK")
    ] = None,
    email: Annotated[str | None, typer.Option("--email", help="Your e-mail address.")] = None,
    days: Days = 90.0,
    url: Url = None,
    home: Home = None,
) -> None:
    """Make an account at a server, and log in."""
    from client.cli.session import Session

    base, _, token = (link or "").rpartition("#token=")
    session = Session(url or base.removesuffix("/register") or None, home)
    server = session.server()
    told = name or typer.prompt("Name", err=True)
    password = ask_password("Password (10 letters at least)", twice=True)
    session.do(lambda: _register(server, told, password, email, token or None, days))
    session.say(f"Registered and logged in at {server} as {told}.")


async def _register(server: str, name: str, password: str, email: str | None, token: str | None, days: float) -> None:
    from client import account
    from client.credentials import Credentials

    async with account.registration(server, name, password, email=email, token=token) as mine:
        Credentials().keep(server, await account.machine_key(mine, None, days))


@app.command()
def logout(url: Url = None, home: Home = None) -> None:
    """Forget this machine's login at a server, and revoke the key that it made."""
    from client.cli.session import Session

    session = Session(url, home)
    server = session.server()
    was_there = session.do(lambda: _logout(session, server))
    session.say(f"Logged out at {server}." if was_there else f"You are not logged in at {server}.")


async def _logout(session: Session, server: str) -> bool:
    from client.client import Client
    from client.connection import Connection
    from client.credentials import Credentials
    from client.errors import ClientError

    credentials = Credentials()
    known = credentials.of(server)
    if known is None:
        return False
    credentials.forget(server)
    if known.key_id:
        try:
            async with Client(Connection(server, known.key)) as client:
                await client.account.revoke_key(known.key_id)
        except ClientError as error:
            session.say(f"The key could not be revoked: {error}")
    return True


@app.command()
def whoami(as_json: Json = False, url: Url = None, home: Home = None) -> None:
    """Show who you are at the server, and what you may do."""
    from client.cli.session import Session

    session = Session(url, home, as_json)
    me = session.run(lambda client: client.account.me())
    session.show(me, lambda: _shown(me))


def _shown(me: Me) -> RenderableType:
    from rich.text import Text

    email = f" <{me.email}>" if me.email else ""
    return Text(f"{me.name}{email}, {me.role}; by {me.via}, which may {', '.join(me.scopes) or 'nothing'}")


@app.command()
def passwd(
    link: Annotated[
        str | None, typer.Option("--link", help="Set a forgotten one, with the link for it.", metavar="LINK")
    ] = None,
    forgotten: Annotated[
        str | None, typer.Option("--forgotten", help="Have such a link mailed to this account.", metavar="NAME")
    ] = None,
    url: Url = None,
    home: Home = None,
) -> None:
    """Change your password, or set a forgotten one. Your other sessions end; keys stay."""
    from client import account
    from client.cli.session import Session

    base, _, token = (link or "").rpartition("#token=")
    session = Session(url or base.removesuffix("/set-password") or None, home)
    if forgotten is not None:
        server = session.server()
        session.do(lambda: account.forgot_password(server, forgotten))
        session.say("If there is such an account and it has an address, a link is on its way there.")
        return
    present = None if token else ask_password("Present password")
    new = ask_password("New password (10 letters at least)", twice=True)
    if present is None:
        server = session.server()
        session.do(lambda: account.set_password(server, token, new))
    else:
        session.run(lambda client: client.account.change_password(present, new))
    session.say("The password was changed.")


@app.command()
def invite(
    role: Annotated[str, typer.Option("--role", help="user or admin.")] = "user",
    email: Annotated[
        str | None, typer.Option("--email", help="Whom to send the link, where mail is configured.")
    ] = None,
    days: Annotated[float | None, typer.Option("--days", min=0.01, max=90, help="For how long.", metavar="N")] = None,
    as_json: Json = False,
    url: Url = None,
    home: Home = None,
) -> None:
    """Print a link that lets one person in, this once. For administrators."""
    from client.cli.session import Session

    session = Session(url, home, as_json)
    made = session.run(lambda client: client.account.invite(role, email, days))
    if as_json:
        session.write_json(made.document)
        return
    typer.echo(made.url)
    if made.mailed:
        session.say(f"It was sent to {made.email}.")


def ask_password(words: str, *, twice: bool = False) -> str:
    """From the terminal without showing it, else a line of standard input."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    asked: str = typer.prompt(words, hide_input=True, confirmation_prompt=twice, err=True)
    return asked
