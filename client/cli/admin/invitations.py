"""`mgeprof admin invitations …`: who may still come. `mgeprof invite` makes one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from client.cli.options import Home, Json, Url

if TYPE_CHECKING:
    from rich.console import RenderableType

    from client.administration import InvitationList

app = typer.Typer(no_args_is_help=True, help="List invitations, and take them back.")


@app.command("ls")
def list_(as_json: Json = False, url: Url = None, home: Home = None) -> None:
    """List the invitations that nobody has used yet."""
    from client.cli.session import Session

    session = Session(url, home, as_json)
    page = session.run(lambda client: client.administration.invitations())
    session.show(page, lambda: table(page))


@app.command()
def revoke(
    invitation: Annotated[str, typer.Argument(metavar="ID", help="The invitation's id.", show_default=False)],
    url: Url = None,
    home: Home = None,
) -> None:
    """Take an invitation back: its link lets nobody in any more."""
    from client.cli.session import Session

    Session(url, home).run(lambda client: client.administration.revoke_invitation(invitation))


def table(page: InvitationList) -> RenderableType:
    """Invitations, one a line."""
    from client.cli import units
    from client.cli.tables import listed

    rows = ([one.email or "anybody", one.role, units.moment(one.expires_at), one.id] for one in page.items)
    return listed(("for", "role", "until", "id"), rows, "No invitations. Make one with `mgeprof invite`.")
