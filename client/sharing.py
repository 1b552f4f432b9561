"""Who sees what one made: visibility, and links that open a run or a sweep to whoever holds them."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import quote

from client.connection import Connection
from client.errors import ClientError
from client.http import Http, Patience
from client.resource import Resource

KINDS = {"run": "tasks", "model": "models", "dataset": "datasets", "project": "projects", "sweep": "sweeps"}
VISIBILITIES = ("private", "team")


class Link(Resource):
    """``url`` and ``token`` are there only when the link was just made. ``open``: whether it lets in now."""

    id: str
    task_id: str | None = None
    sweep_id: str | None = None
    created_at: datetime | None = None
    expires_at: datetime | None = None
    revoked_at: datetime | None = None
    last_used_at: datetime | None = None
    open: bool = False
    url: str = ""
    token: str = ""


class LinkList(Resource):
    items: list[Link] = []


class Shown(Resource):
    """A run, model or dataset, as far as its visibility goes."""

    id: str
    visibility: str = ""


class Opened(Resource):
    """A run, or a sweep with the runs ``tasks``."""

    task_id: str | None = None
    sweep_id: str | None = None
    tasks: list[str] = []
    expires_at: datetime | None = None


class NoLinkError(ClientError):
    """What was given is not a link to a run or a sweep."""

    def __init__(self, text: str) -> None:
        super().__init__(f"{text} is not a link to a run or a sweep: those look like https://…/shared/ID#mgs_….")


class SharingCalls:
    """The client's calls about who sees what."""

    http: Http

    async def show_to(self, kind: str, thing_id: str, visibility: str) -> Shown:
        """Show a ``run``, ``model``, ``dataset`` or ``project`` to the ``team``, or keep it ``private``."""
        changed: Any = await self.http.patch(f"/{KINDS[kind]}/{quote(thing_id, safe='')}", {"visibility": visibility})
        return Shown.read(changed)

    async def share(self, task_id: str, days: float = 30.0) -> Link:
        """A link that opens a run, its profile and its files, to look at, to whoever has it."""
        return Link.read(await self.http.post(_links(task_id), {"days": days}))

    async def links(self, task_id: str) -> LinkList:
        """All links to a run that were ever made, without their secrets."""
        return LinkList.read(await self.http.get(_links(task_id)))

    async def revoke_link(self, task_id: str, link_id: str) -> None:
        """It opens nothing any more, from now on."""
        await self.http.delete(f"{_links(task_id)}/{quote(link_id, safe='')}")

    async def share_sweep(self, sweep_id: str, days: float = 30.0) -> Link:
        """A link that opens a sweep and each of its runs, to look at, to whoever has it."""
        return Link.read(await self.http.post(_links(sweep_id, "sweep"), {"days": days}))

    async def sweep_links(self, sweep_id: str) -> LinkList:
        """All links to a sweep that were ever made, without their secrets."""
        return LinkList.read(await self.http.get(_links(sweep_id, "sweep")))

    async def revoke_sweep_link(self, sweep_id: str, link_id: str) -> None:
        """It opens nothing any more, from now on."""
        await self.http.delete(f"{_links(sweep_id, 'sweep')}/{quote(link_id, safe='')}")


def read_link(link: str) -> tuple[str, str]:
    """The server and the secret that a link names. Raises NoLinkError."""
    address, _, secret = link.strip().partition("#")
    server, _, task = address.rpartition("/shared/")
    if not (server.startswith(("http://", "https://")) and task and secret):
        raise NoLinkError(address)
    return server, secret


async def open_link(server: str, secret: str, patience: Patience | None = None) -> Opened:
    """What a link's secret opens, and for how long. Raises ProblemError (``link_unknown``)."""
    async with Http(Connection(server), patience=patience) as http:
        return Opened.read(await http.post("/shared/open", {"token": secret}))


def _links(id_: str, kind: str = "run") -> str:
    return f"/{KINDS[kind]}/{quote(id_, safe='')}/links"
