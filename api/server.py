"""Serving HTTP until the process is told to stop."""

import asyncio
import socket
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn

from api.accounts.sweep import sweep_accounts_for_ever
from api.app import make_app
from api.deletion.keeper import keep_for_ever
from api.fleet.leaving import let_go_for_ever
from api.parts import Parts
from api.sweeps.submit import resume_for_ever
from api.uploads.sweep import sweep_for_ever
from api.webhooks.post import deliver_for_ever
from api.wiring import SEARCH_PATH
from core.process import cancel_all, notify_ready

IDLE_S = 130
"""A connection without a request is kept longer than by clients (5 s in ours) and proxies (two minutes in Caddy): whoever closes it may cross with a request, and only the other side can send that again."""


class Server(uvicorn.Server):
    """Says when it serves. Signals are the process's business: an open stream would keep uvicorn from ending by itself."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.serving = asyncio.Event()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.serving.set()
        notify_ready()


async def live(parts: Parts) -> None:
    """Keep all streams going until cancelled. Ends, or raises, when the broker's connection is gone for good."""
    tasks = [asyncio.create_task(work) for work in (parts.tail.run(), parts.hub.run(), parts.fan.run())]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in tasks:
            if task.done():
                task.result()
    finally:
        await cancel_all(tasks)


async def serve(parts: Parts, stop: asyncio.Event) -> None:
    """Until ``stop``: then streams end, and open requests have a few seconds. Raises what a background task died of."""
    server = make_server(parts)
    serving = asyncio.create_task(server.serve(), name="http")
    stopping = asyncio.create_task(stop.wait(), name="stop")
    background = [
        asyncio.create_task(live(parts), name="live"),
        asyncio.create_task(sweep_for_ever(parts), name="sweep"),
        asyncio.create_task(parts.door.watch(), name="door"),
        asyncio.create_task(let_go_for_ever(parts), name="removals"),
        asyncio.create_task(sweep_accounts_for_ever(parts.pool), name="sweep-accounts"),
        asyncio.create_task(keep_for_ever(parts), name="keeper"),
        asyncio.create_task(resume_for_ever(parts), name="resume"),
        asyncio.create_task(deliver_for_ever(parts, search_path=SEARCH_PATH), name="webhooks"),
    ]
    try:
        await asyncio.wait({serving, stopping, *background}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        parts.hub.close()
        parts.fan.close()
        server.should_exit = True
        ended = [task for task in background if task.done()]
        await serving
        await cancel_all((stopping, *background))
    for task in ended:
        task.result()


def make_server(parts: Parts) -> Server:
    settings = parts.settings
    config = uvicorn.Config(
        make_app(parts),
        host=settings.api_host,
        port=settings.api_port,
        http="httptools",
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,  # uvicorn would believe whoever comes from this machine: see api/accounts/address.py
        timeout_keep_alive=IDLE_S,
        timeout_graceful_shutdown=settings.api_stop_s,
    )
    return Server(config)
