from __future__ import annotations

import socket

import pytest

from infra.embedded.ports import CHOICE, PortTakenError, choose_ports, is_free


def test_the_given_port_wins_then_last_times_then_a_fresh_one() -> None:
    last = choose_ports(("a", "b"), {}, {})
    assert last["a"] != last["b"]
    assert set(last.values()) <= set(CHOICE)
    [given] = choose_ports(("x",), {}, last).values()
    chosen = choose_ports(("a", "b", "c"), {"a": given}, last)
    assert (chosen["a"], chosen["b"]) == (given, last["b"])
    assert chosen["c"] not in {given, *last.values()}


def test_a_given_port_that_is_taken_is_an_error() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert not is_free(port)
        with pytest.raises(PortTakenError, match=str(port)):
            choose_ports(("api",), {"api": port}, {})
        assert choose_ports(("api",), {}, {"api": port})["api"] != port
