"""Headers are read as the client's own library reads them."""

from __future__ import annotations

import pytest
from nats.aio.client import Client

from core.nats.connection import _Client

BLOCKS = [
    b"",
    b"Nats-Msg-Id: 1\r\nNats-Expected-Stream: EVENTS\r\n\r\n",
    b"a:b\r\na: c\r\n",
    b"no colon\r\n: empty\r\nin side: x\r\n\ttab\t: y \r\n",
    "naïve: x\r\nvalue: naïve \udcff".encode(errors="surrogateescape"),
    b"value: a:b:c\r\n\r\nlast: z",
]


@pytest.mark.parametrize("block", BLOCKS)
def test_the_same_headers(block: bytes) -> None:
    assert _Client._parse_header_lines(block) == Client._parse_header_lines(block)
