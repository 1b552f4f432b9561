"""`mgeprof device …`: looking after devices."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from client.cli.options import Home, Json, Url

if TYPE_CHECKING:
    from pathlib import Path

    from rich.console import RenderableType

    from client.cli.session import Session
    from client.client import Client
    from client.fleet import EnrolmentPage, Fleet, GrantPage
    from client.models import Runner

app = typer.Typer(no_args_is_help=True, help="Look after devices: names, labels, grants, draining, removal, tokens.")
Device = Annotated[str, typer.Argument(metavar="DEVICE", help="The device's name or id.", show_default=False)]
Account = Annotated[str, typer.Argument(metavar="ACCOUNT", help="What somebody is called.", show_default=False)]


@app.command()
def show(device: Device, as_json: Json = False, url: Url = None, home: Home = None) -> None:
    """Show a device."""
    session = _session(url, home, as_json)
    _tell(session, session.run(lambda client: _fleet(client).device(device)))


@app.command()
def drain(device: Device, as_json: Json = False, url: Url = None, home: Home = None) -> None:
    """Let it finish what it has, and give it nothing more."""
    _switch(_session(url, home, as_json), device, "drain")


@app.command()
def resume(device: Device, as_json: Json = False, url: Url = None, home: Home = None) -> None:
    """End a drain."""
    _switch(_session(url, home, as_json), device, "resume")


@app.command()
def disable(device: Device, as_json: Json = False, url: Url = None, home: Home = None) -> None:
    """Stop it: what it runs goes to another device."""
    _switch(_session(url, home, as_json), device, "disable")


@app.command()
def enable(device: Device, as_json: Json = False, url: Url = None, home: Home = None) -> None:
    """Let a disabled device work again."""
    _switch(_session(url, home, as_json), device, "enable")


@app.command()
def remove(
    device: Device,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    url: Url = None,
    home: Home = None,
) -> None:
    """Take it out for ever: its credentials are void, and it is put out at once."""
    session = _session(url, home)
    found = session.run(lambda client: _fleet(client).device(device))
    if not yes:
        typer.confirm(f"Remove {found.name} ({found.id})? It has to be registered anew to come back.", abort=True)
    session.run(lambda client: _fleet(client).remove(found))


@app.command()
def change(  # noqa: PLR0913, PLR0917  (a command's parameters are its options)
    device: Device,
    name: Annotated[str | None, typer.Option(help="Call it so.", show_default=False)] = None,
    labels: Annotated[
        str | None, typer.Option(help="All its labels, with commas between them.", show_default=False)
    ] = None,
    pool: Annotated[str | None, typer.Option(help="public or private; for administrators.", show_default=False)] = None,
    owner: Annotated[
        str | None,
        typer.Option(metavar="ACCOUNT", help="Hand it to this account; for administrators.", show_default=False),
    ] = None,
    as_json: Json = False,
    url: Url = None,
    home: Home = None,
) -> None:
    """Rename it, label it, make it public or private, hand it on."""
    words = None if labels is None else [word.strip() for word in labels.split(",") if word.strip()]
    asked = {"name": name, "labels": words, "pool": pool, "owner": owner}
    changes: dict[str, Any] = {field: value for field, value in asked.items() if value is not None}
    if not changes:
        raise typer.BadParameter("Nothing is to be changed: give --name, --labels, --pool or --owner.")

    async def work(client: Client) -> Runner:
        if owner is not None:
            changes["owner"] = await client.administration.account_id(owner)
        return await _fleet(client).change(await _fleet(client).device(device), changes)

    session = _session(url, home, as_json)
    _tell(session, session.run(work))


@app.command()
def grants(device: Device, as_json: Json = False, url: Url = None, home: Home = None) -> None:
    """List who may use a private device besides its owner."""

    async def work(fleet: Fleet) -> GrantPage:
        return await fleet.grants(await fleet.device(device))

    session = _session(url, home, as_json)
    page = session.run(lambda client: work(_fleet(client)))
    session.show(page, lambda: "\n".join(one.name or one.account for one in page.items) or "Nobody.")


@app.command()
def grant(device: Device, account: Account, url: Url = None, home: Home = None) -> None:
    """Let somebody use a private device."""

    async def work(fleet: Fleet) -> None:
        await fleet.grant(await fleet.device(device), account)

    _session(url, home).run(lambda client: work(_fleet(client)))


@app.command()
def ungrant(device: Device, account: Account, url: Url = None, home: Home = None) -> None:
    """Take that back: what waits for the device waits on, and says why."""

    async def work(fleet: Fleet) -> None:
        await fleet.revoke_grant(await fleet.device(device), account)

    _session(url, home).run(lambda client: work(_fleet(client)))


@app.command()
def token(
    public: Annotated[bool, typer.Option("--public", help="For a device that runs everybody's tasks.")] = False,
    minutes: Annotated[int, typer.Option(min=1, max=1440, help="How long it may be used.")] = 60,
    as_json: Json = False,
    url: Url = None,
    home: Home = None,
) -> None:
    """Make a one-time token with which a device registers."""
    session = _session(url, home, as_json)
    made = session.run(lambda client: _fleet(client).make_token(public=public, expires_in_s=60 * minutes))
    if as_json:
        session.write_json(made.document)
    else:
        session.aside.print("Shown once. On the device:", markup=False)
        typer.echo(made.command)


@app.command()
def tokens(as_json: Json = False, url: Url = None, home: Home = None) -> None:
    """List the tokens that nobody has used yet."""
    session = _session(url, home, as_json)
    page = session.run(lambda client: _fleet(client).tokens())
    session.show(page, lambda: _token_table(page))


@app.command("revoke-token")
def revoke_token(
    token_id: Annotated[str, typer.Argument(metavar="ID", help="The token's id.", show_default=False)],
    url: Url = None,
    home: Home = None,
) -> None:
    """Take a token back: no device registers with it any more."""
    _session(url, home).run(lambda client: _fleet(client).revoke_token(token_id))


def _token_table(page: EnrolmentPage) -> RenderableType:
    from client.cli.tables import listed

    rows = ([f"{one.beginning}…", one.pool, one.expires_at, one.id] for one in page.items)
    return listed(("token", "pool", "until", "id"), rows, "No tokens. Make one with `mgeprof device token`.")


def _switch(session: Session, device: str, command: str) -> None:
    async def work(fleet: Fleet) -> Runner:
        return await fleet.switch(await fleet.device(device), command)

    _tell(session, session.run(lambda client: work(_fleet(client))))


def _tell(session: Session, device: Runner) -> None:
    from client.cli.lists import device_table

    session.show(device, lambda: device_table([device]))


def _session(url: str | None, home: Path | None, as_json: bool = False) -> Session:
    from client.cli.session import Session

    return Session(url, home, as_json)


def _fleet(client: Client) -> Fleet:
    from client.fleet import Fleet

    return Fleet(client.http)
