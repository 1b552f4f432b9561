"""`mgeprof webhook …`: having one's events sent to another program."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from client.cli.options import Home, Json, Url

if TYPE_CHECKING:
    from client.webhooks import Webhook

app = typer.Typer(no_args_is_help=True, help="Have your events sent to another program, and look at what came of it.")

WebhookId = Annotated[str, typer.Argument(metavar="ID", help="The webhook's id.", show_default=False)]
DeliveryId = Annotated[str, typer.Argument(metavar="DELIVERY", help="The delivery's id.", show_default=False)]
Types = Annotated[
    list[str] | None, typer.Option("--type", help="Only these events (task.failed); may be repeated.", metavar="TYPE")
]
Platforms = Annotated[list[str] | None, typer.Option("--platform", help="Only of this platform; may be repeated.")]
Description = Annotated[str | None, typer.Option("--description", help="What it is for.")]


@app.command()
def create(
    receiver: Annotated[str, typer.Argument(metavar="URL", help="Where to post to.", show_default=False)],
    types: Types = None,
    platforms: Platforms = None,
    description: Description = None,
    as_json: Json = False,
    url: Url = None,
    home: Home = None,
) -> None:
    """Have messages posted to an address. Prints the secret that verifies them, this once."""
    from client.cli.session import Session

    session = Session(url, home, as_json)
    wanted = _filter(types, platforms)
    made = session.run(lambda client: client.create_webhook(receiver, wanted, description or ""))
    _show_secret(session.as_json, made)


@app.command("ls")
def list_(as_json: Json = False, url: Url = None, home: Home = None) -> None:
    """List your webhooks."""
    from client.cli.session import Session
    from client.cli.webhook_tables import webhooks

    session = Session(url, home, as_json)
    found = session.run(lambda client: client.webhooks())
    session.show(found, lambda: webhooks(found.items))


@app.command()
def show(webhook: WebhookId, as_json: Json = False, url: Url = None, home: Home = None) -> None:
    """Show a webhook."""
    from client.cli.session import Session

    session = Session(url, home, as_json)
    _show(session.run(lambda client: client.webhook(webhook)), as_json)


@app.command()
def change(  # noqa: PLR0913, PLR0917  (a command's parameters are its options)
    webhook: WebhookId,
    receiver: Annotated[str | None, typer.Option("--to", metavar="URL", help="Where to post to.")] = None,
    types: Types = None,
    platforms: Platforms = None,
    everything: Annotated[bool, typer.Option("--everything", help="Without a filter.")] = False,
    description: Description = None,
    enable: Annotated[bool | None, typer.Option("--enable/--disable", help="Go on, or hold back.")] = None,
    as_json: Json = False,
    url: Url = None,
    home: Home = None,
) -> None:
    """Change a webhook, disable it, or enable it again. A filter that is given replaces the one that was."""
    from client.cli.session import Session

    wanted: dict[str, Any] | None = {} if everything else _filter(types, platforms) or None
    asked = {"url": receiver, "description": description, "filter": wanted, "enabled": enable}
    changes = {name: value for name, value in asked.items() if value is not None}
    if not changes:
        raise typer.BadParameter("Say what to change: --to, --type, --platform, --everything, --description, --enable.")
    session = Session(url, home, as_json)
    _show(session.run(lambda client: client.change_webhook(webhook, **changes)), as_json)


@app.command()
def rm(webhook: WebhookId, url: Url = None, home: Home = None) -> None:
    """Delete a webhook, with all that was on its way."""
    from client.cli.session import Session

    Session(url, home).run(lambda client: client.delete_webhook(webhook))


@app.command()
def secret(
    webhook: WebhookId,
    hours: Annotated[float, typer.Option("--hours", min=0, max=720, help="For how long the old one signs, too.")] = 24,
    as_json: Json = False,
    url: Url = None,
    home: Home = None,
) -> None:
    """Make a new secret, and print it, this once. The old one signs beside it for a while."""
    from client.cli.session import Session

    session = Session(url, home, as_json)
    _show_secret(as_json, session.run(lambda client: client.rotate_webhook_secret(webhook, hours)))


@app.command()
def deliveries(
    webhook: WebhookId,
    state: Annotated[
        list[str] | None, typer.Option("--state", help="waiting, delivered, failed or withheld; may be repeated.")
    ] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, max=500)] = 50,
    cursor: Annotated[str | None, typer.Option("--cursor", help="Go on where a list ended.")] = None,
    as_json: Json = False,
    url: Url = None,
    home: Home = None,
) -> None:
    """List messages, the newest first, and how they fared."""
    from client.cli.session import Session
    from client.cli.webhook_tables import sent

    session = Session(url, home, as_json)
    asked = {"state": state, "limit": limit, "cursor": cursor}
    page = session.run(lambda client: client.deliveries(webhook, asked))
    session.show(page, lambda: sent(page.items))
    session.tell_more(page.next_cursor)


@app.command()
def delivery(
    webhook: WebhookId, delivery: DeliveryId, as_json: Json = False, url: Url = None, home: Home = None
) -> None:
    """Show every try to deliver one message."""
    from client.cli.session import Session
    from client.cli.webhook_tables import tries

    session = Session(url, home, as_json)
    found = session.run(lambda client: client.delivery(webhook, delivery))
    session.show(found, lambda: tries(found))


@app.command()
def redeliver(
    webhook: WebhookId, delivery: DeliveryId, as_json: Json = False, url: Url = None, home: Home = None
) -> None:
    """Send one message again, under the same id."""
    from client.cli.session import Session
    from client.cli.webhook_tables import sent

    session = Session(url, home, as_json)
    again = session.run(lambda client: client.redeliver(webhook, delivery))
    session.show(again, lambda: sent([again]))


@app.command()
def replay(
    webhook: WebhookId,
    after: Annotated[int, typer.Option("--after", min=0, help="Begin after this place in the log; 0: at the start.")],
    until: Annotated[int | None, typer.Option("--until", min=0, help="The last place; by default now.")] = None,
    as_json: Json = False,
    url: Url = None,
    home: Home = None,
) -> None:
    """Send everything that passes the filter again, from a place in the log on. Messages keep their ids."""
    from rich.text import Text

    from client.cli.session import Session

    session = Session(url, home, as_json)
    begun = session.run(lambda client: client.replay_webhook(webhook, after, until))
    session.show(begun, lambda: Text(f"What the log holds after {begun.after}, to {begun.until}, is sent again."))


def _filter(types: list[str] | None, platforms: list[str] | None) -> dict[str, Any]:
    return {name: value for name, value in (("type", types), ("platform", platforms)) if value}


def _show(found: Webhook, as_json: bool) -> None:
    from client.cli.session import Session
    from client.cli.webhook_tables import one

    Session(as_json=as_json).show(found, lambda: one(found))


def _show_secret(as_json: bool, made: Webhook) -> None:
    from client.cli.session import Session

    if as_json:
        Session.write_json(made.document)
    else:
        Session().say(f"Webhook {made.id}. This secret verifies its messages, and is not shown again:")
        typer.echo(made.secret)
