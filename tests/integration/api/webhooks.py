"""Deliveries that are quick, to receivers on this machine; and runs for them to tell of."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from dataclasses import replace
from ipaddress import ip_network
from typing import Any

import httpx2

from api.parts import Parts
from api.webhooks.post import deliver_for_ever
from api.webhooks.settings import WebhookSettings
from api.wiring import SEARCH_PATH
from core.process import cancel_all
from tests.integration.api.fleet import Fleet
from tests.integration.api.receiver import Message, Receiver
from tests.integration.api.user import Json, User, a_model, an_npy

QUICK: Json = {
    "key": "a key of thirty-two letters or more",
    "networks": (ip_network("127.0.0.0/8"),),
    "timeout_s": 10.0,
    "retry_first_s": 0.05,
    "retry_longest_s": 0.2,
}
SOON_S = 0.5
"""What has not come by then is not coming, where the test has seen that everything else has."""


def quick(parts: Parts, **changed: Any) -> Parts:
    """The same api, which lets receivers stand here and is soon there again."""
    told = {name: value for name, value in {**QUICK, **changed}.items() if value is not None}
    settings = parts.settings.model_copy(update={"webhooks": WebhookSettings(**told)})
    return replace(parts, settings=settings)


@contextlib.asynccontextmanager
async def delivering(parts: Parts, **changed: Any) -> AsyncIterator[asyncio.Task[None]]:
    task = asyncio.create_task(deliver_for_ever(quick(parts, **changed), search_path=SEARCH_PATH))
    try:
        yield task
    finally:
        await cancel_all([task])


async def made(hooks: httpx2.AsyncClient, receiver: Receiver | str, *types: str, **more: Any) -> Json:
    url = receiver if isinstance(receiver, str) else receiver.url
    asked = {"url": url, "filter": {"type": list(types)} if types else {"aggregate": ["task"]}, **more}
    response = await hooks.post("/api/v1/webhooks", json=asked)
    assert response.status_code == 201, response.text
    webhook: Json = response.json()
    return webhook


async def until(there: Callable[[], bool | Awaitable[bool]], *, within_s: float = 60) -> None:
    async with asyncio.timeout(within_s):
        while True:
            found = there()
            if found if isinstance(found, bool) else await found:
                return
            await asyncio.sleep(0.02)


class Runs:
    """Makes runs of one model and brings them to their ends."""

    def __init__(self, user: User, fleet: Fleet) -> None:
        self.user, self.fleet = user, fleet
        self.given: Json = {}

    async def ready(self) -> None:
        """Upload what all runs are of: that makes an inspection, which is a task, too."""
        model, data = await self.user.upload("model", a_model()), await self.user.upload("input", an_npy())
        self.given = {"model": model, "inputs": {"data": data}}

    async def submit(self) -> str:
        task: Json = await self.user.submit(**self.given)
        return str(task["id"])

    async def whole(self) -> str:
        """One run: submitted, queued, started, completed."""
        task = await self.submit()
        await self.fleet.start(task)
        await self.fleet.complete(task)
        return task


def about(messages: Iterable[Message], *tasks: str) -> list[Message]:
    return [one for one in messages if one.event.get_subject().rpartition(".")[2] in tasks]


def types(messages: Iterable[Message]) -> list[str]:
    return [one.event.get_type() for one in messages]


async def nothing_waits(hooks: httpx2.AsyncClient, path: str) -> bool:
    return bool((await hooks.get(path)).json()["waiting"] == 0)
