"""Choosing TCP ports on the loopback interface."""

from __future__ import annotations

import random
import socket
from collections.abc import Mapping

HOST = "127.0.0.1"
# Below the range from which the kernel takes ports for outgoing connections (32768 on Linux): while a part is restarted, no
# client may get its port by chance, nor connect to itself by retrying it.
CHOICE = range(17_000, 32_000)


class PortTakenError(Exception):
    """A port that was asked for is in use."""


def is_free(port: int) -> bool:
    """Whether a server could listen there now."""
    with socket.socket() as listener:
        # As servers do: connections that linger from the last run do not matter.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((HOST, port))
        except OSError:
            return False
    return True


def choose_ports(names: tuple[str, ...], given: Mapping[str, int], last: Mapping[str, int]) -> dict[str, int]:
    """One free port per name: the given, else last time's, else any.

    Raises:
        PortTakenError: a given port is in use.
    """
    chosen: dict[str, int] = {}
    for name in names:
        if name in given:
            if not is_free(given[name]):
                raise PortTakenError(f"port {given[name]} (for {name}) is in use: choose another")
            chosen[name] = given[name]
        elif name in last and last[name] not in chosen.values() and is_free(last[name]):
            chosen[name] = last[name]
        else:
            chosen[name] = fresh_port({*chosen.values(), *given.values(), *last.values()})
    return chosen


def fresh_port(taken: set[int]) -> int:
    """A free port that is not in `taken`."""
    while True:
        port = random.choice(CHOICE)  # noqa: S311 - not a secret
        if port not in taken and is_free(port):
            return port
