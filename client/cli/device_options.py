"""Which device a run asks for. Loaded for `--help`: nothing slow is imported here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from client.client import Client


@dataclass(frozen=True)
class Wanted:
    """``device``: name or id. Nothing given: any device that the caller may use."""

    device: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="This device and no other, by its name or id.", show_default=False),
    ] = None
    label: Annotated[
        list[str] | None, typer.Option(help="A label that the device has to have; may be repeated.", show_default=False)
    ] = None
    pool: Annotated[str | None, typer.Option(help="Only public devices, or only private ones.", show_default=False)] = (
        None
    )

    async def told(self, client: Client) -> dict[str, Any]:
        """``device`` as the server takes it, or nothing. Raises ProblemError when there is no such device."""
        if not (self.device or self.label or self.pool):
            return {}

        from client.fleet import Fleet

        return {"device": await Fleet(client.http).wanted(self.device, self.label or (), self.pool)}
