from __future__ import annotations

import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest

from client.client import Client
from client.connection import Connection
from client.http import Patience
from client.live import Reconnect
from tests.integration.client.scripted import TOKEN, Script, make_app, serving


@dataclass(frozen=True)
class Scripted:
    """A server that misbehaves as its script says, and a client of it."""

    script: Script
    url: str
    client: Client


@pytest.fixture
async def scripted() -> AsyncIterator[Scripted]:
    script = Script()
    async with serving(make_app(script)) as url, patient_client(url) as client:
        yield Scripted(script, url, client)


def patient_client(url: str, token: str = TOKEN) -> Client:
    return Client(
        Connection(url, token),
        patience=Patience(first_s=10, within_s=10, wait_max_s=0.02),
        reconnect=Reconnect(wait_s=0.01, within_s=0.5),
    )


@pytest.fixture
def free_port() -> int:
    """A port on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
