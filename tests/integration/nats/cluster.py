"""Three nats-servers on loopback that hold the streams together."""

from __future__ import annotations

import signal
from pathlib import Path
from types import TracebackType
from typing import Self

import psutil
from nats.aio.client import Client

from core.events.subjects import EVENTS
from core.nats.connection import connect
from core.nats.streams import StreamSettings, ensure_events, until_led
from infra.embedded.home import Secrets
from infra.embedded.nats_server import Node, nats_server
from infra.embedded.part import BackOff
from infra.embedded.ports import HOST, fresh_port
from infra.embedded.supervisor import Supervisor

NODES = ("n1", "n2", "n3")


class Cluster:
    """`url` names all nodes. A node that is killed is started again."""

    def __init__(self, folder: Path) -> None:
        taken: set[int] = set()
        for _ in range(3 * len(NODES)):
            taken.add(fresh_port(taken))
        ports = sorted(taken)
        own, monitors, routes = ports[:3], ports[3:6], tuple(ports[6:])
        self.secrets = Secrets.make()
        self.urls = {name: f"nats://{HOST}:{port}" for name, port in zip(NODES, own, strict=True)}
        self.supervisor = Supervisor(folder / "logs", BackOff(first_s=0.05, longest_s=1.0))
        for name, port, monitor, route in zip(NODES, own, monitors, routes, strict=True):
            node = Node(name, route, routes)
            self.supervisor.add(nats_server(folder / name, port, monitor, self.secrets, node))

    async def __aenter__(self) -> Self:
        await self.supervisor.start(*NODES)
        nc = await self.connect()
        async for attempt in until_led():
            with attempt:
                await ensure_events(nc.jetstream(), StreamSettings(replicas=3))
        await nc.close()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.supervisor.stop()

    @property
    def url(self) -> str:
        return ",".join(self.urls.values())

    async def connect(self, first: str = "n1") -> Client:
        """A connection of account CORE that tries this node first."""
        urls = sorted(self.urls.values(), key=lambda url: url != self.urls[first])
        return await connect(",".join(urls), self.secrets.nats_core, name="test")

    async def leader(self, nc: Client) -> str:
        """Which node decides about the log now; an empty text while they still choose."""
        info = await nc.jetstream(timeout=10).stream_info(EVENTS)
        return (info.cluster and info.cluster.leader) or ""

    async def kill(self, node: str) -> None:
        """And wait until it is back with all that it missed."""
        keeper = self.supervisor.keepers[node]
        assert await keeper.kill() == -signal.SIGKILL
        await keeper.until_ready()

    def process(self, node: str) -> psutil.Process:
        return psutil.Process(self.supervisor.keepers[node].pid)
