"""What goes compressed, and what goes as it is."""

import asyncio
import gzip
import zlib
from collections.abc import AsyncIterator

import httpx2
import pytest
from starlette.applications import Starlette
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route
from starlette.types import Message

from api.compressed import LEAST, Compressed

LARGE = b"operator " * LEAST


def app(response: Response) -> Compressed:
    async def answer(_: object) -> Response:
        return response

    return Compressed(Starlette(routes=[Route("/", answer, methods=["GET", "POST"])]))


@pytest.mark.parametrize(
    ("method", "media_type", "body", "accepted", "compressed"),
    [
        ("GET", "application/json", LARGE, "gzip, br", True),
        ("GET", "text/csv", LARGE, "gzip", True),
        ("GET", "application/json", LARGE, "identity", False),
        ("GET", "application/json", b"{}", "gzip", False),
        ("GET", "application/octet-stream", LARGE, "gzip", False),
        ("GET", "application/zip", LARGE, "gzip", False),
        ("GET", "text/event-stream", LARGE, "gzip", False),
        ("POST", "application/json", LARGE, "gzip", False),
    ],
)
async def test_large_answers_to_questions_go_compressed(
    method: str, media_type: str, body: bytes, accepted: str, compressed: bool
) -> None:
    transport = httpx2.ASGITransport(app(Response(body, media_type=media_type)))
    async with httpx2.AsyncClient(transport=transport, base_url="http://mgeprof") as client:
        answer = await client.request(method, "/", headers={"Accept-Encoding": accepted})
    assert answer.content == body
    assert (answer.headers.get("content-encoding") == "gzip") is compressed
    if compressed:
        assert int(answer.headers["content-length"]) < len(body) / 20
        assert "Accept-Encoding" in answer.headers["vary"]


async def test_a_stream_of_lines_goes_on_as_it_comes() -> None:
    sent: list[bytes] = []

    async def lines() -> AsyncIterator[bytes]:
        for number in range(3):
            yield b"%d" % number * LEAST
            assert len(sent) == number + 1, "nothing is held back"

    async def receive() -> Message:
        await asyncio.Event().wait()  # whoever asked stays
        raise AssertionError

    async def send(message: Message) -> None:
        if message.get("body"):
            sent.append(message["body"])

    scope = {"type": "http", "method": "GET", "path": "/", "headers": [(b"accept-encoding", b"gzip")]}
    await app(StreamingResponse(lines(), media_type="application/jsonl"))(scope, receive, send)
    begun = zlib.decompressobj(16 + zlib.MAX_WBITS).decompress(sent[0])
    assert begun == b"0" * LEAST
    assert gzip.decompress(b"".join(sent)) == b"".join(b"%d" % number * LEAST for number in range(3))
