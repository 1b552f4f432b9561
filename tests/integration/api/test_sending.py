"""One message to a receiver that nobody vouches for: what is connected to, for how long, and what is read."""

from __future__ import annotations

import asyncio
import shutil
import ssl
import subprocess
from collections.abc import Sequence
from ipaddress import ip_network
from pathlib import Path
from time import monotonic

import pytest

from api.webhooks.sending import Answer, Sender
from tests.integration.api.receiver import Manner, Receiver, Reply, receiving

LOOPBACK = (ip_network("127.0.0.1/32"),)
INSIDE = [
    *("127.0.0.1", "127.0.0.2", "localhost", "0.0.0.0", "0", "127.1", "2130706433", "0x7f000001", "0x7f.0.0.1"),  # noqa: S104
    *("0177.0.0.1", "017700000001", "[::1]", "[::]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[0:0:0:0:0:0:0:1]"),
    *("169.254.169.254", "2852039166", "0xa9fea9fe", "0251.0376.0251.0376", "[::ffff:169.254.169.254]"),
    *("[fd00:ec2::254]", "[fe80::1]", "10.0.0.1", "192.168.0.1", "172.16.0.1", "100.100.100.200", "168.63.129.16"),
]
"""The machine itself and clouds' metadata, in every spelling that a resolver takes."""


async def post(sender: Sender, url: str) -> Answer:
    return await sender.post(url, {"content-type": "text/plain"}, b"a message")


@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize("host", INSIDE)
async def test_nothing_inside_is_connected_to(scheme: str, host: str) -> None:
    async with Receiver("127.0.0.1") as receiver:
        with Sender((), 2) as sender:
            answer = await post(sender, f"{scheme}://{host}:{receiver.port}/hook?a=b")
        assert answer.status is None
        assert answer.error
        assert receiver.connections == 0


async def test_both_loopbacks_are_there_to_be_connected_to() -> None:
    """Else the test before would say nothing."""
    for host, url in (("127.0.0.1", "http://2130706433"), ("127.0.0.1", "http://0x7f.1"), ("::1", "http://[::1]")):
        async with Receiver(host) as receiver:
            with Sender((ip_network("127.0.0.0/8"), ip_network("::1/128")), 5) as sender:
                answer = await post(sender, f"{url}:{receiver.port}/hook?a=b")
            assert answer.status == 204, (url, answer)


async def test_a_name_that_changes_its_mind() -> None:
    """Rebinding: the first answer is public, every later one inside. What was looked at is what is connected to."""
    asked: list[str] = []

    def rebinding(host: str, _port: int) -> Sequence[str]:
        asked.append(host)
        return ["198.41.0.4"] if len(asked) == 1 else ["127.0.0.1"]

    async with receiving() as receiver:
        with Sender((), 0.5, resolver=rebinding) as sender:
            first, second = [await post(sender, f"https://rebinding.test:{receiver.port}/hook?a=b") for _ in range(2)]
        assert first.error
        assert "127.0.0.1 is not on the public internet" in (second.error or "")
        assert asked == ["rebinding.test"] * 2, "a message asks for the name once"
        assert receiver.connections == 0


async def test_what_is_connected_to_is_what_was_looked_at() -> None:
    async with receiving() as receiver:
        with Sender(LOOPBACK, 5, resolver=lambda *_: ["127.0.0.1"]) as sender:
            answer = await post(sender, f"http://anything.test:{receiver.port}/hook?a=b")
        assert answer.status == 204
        assert receiver.got[0].headers["host"] == f"anything.test:{receiver.port}"


async def test_a_redirect_is_not_followed() -> None:
    async with receiving() as inside, receiving() as receiver:
        receiver.plan = lambda _: Reply(302, {"location": inside.url})
        with Sender(LOOPBACK, 5) as sender:
            answer = await post(sender, receiver.url)
        assert (answer.status, answer.accepted) == (302, False)
        assert inside.connections == 0


async def test_a_proxy_of_the_environment_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    async with receiving() as proxy, receiving() as receiver:
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
        with Sender(LOOPBACK, 5) as sender:
            assert (await post(sender, receiver.url)).status == 204
        assert proxy.connections == 0


@pytest.mark.parametrize("manner", [Manner.HANG, Manner.DRIP])
async def test_nobody_is_waited_for_longer_than_the_limit(manner: Manner) -> None:
    async with receiving(lambda _: manner) as receiver:
        with Sender(LOOPBACK, 0.4) as sender:
            began = monotonic()
            answer = await post(sender, receiver.url)
        assert answer.error == "no whole answer within 0.4 s"
        assert 0.4 <= monotonic() - began < 10


async def test_of_an_endless_answer_only_the_beginning_is_read() -> None:
    body = b"\x1b[31mhello\0 " * 100_000
    async with receiving(lambda _: Reply(200, {}, body)) as receiver:
        with Sender(LOOPBACK, 10) as sender:
            answer = await post(sender, receiver.url)
    assert answer.status == 200
    assert answer.text.startswith("[31mhello [31mhello")
    assert len(answer.text) <= 500
    assert answer.text.isprintable()


async def test_what_is_no_http_is_said() -> None:
    async def nonsense(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"\0\1\2 nothing at all\r\n\r\n" * 10)
        writer.close()

    server = await asyncio.start_server(nonsense, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    with Sender(LOOPBACK, 5) as sender:
        for scheme in ("http", "https"):
            answer = await post(sender, f"{scheme}://127.0.0.1:{port}/")
            assert answer.status is None
            assert (answer.error or "").startswith("no ")
    server.close()


async def test_a_receiver_can_say_how_long_to_wait() -> None:
    async with receiving(lambda _: Reply(503, {"retry-after": "120"})) as receiver:
        with Sender(LOOPBACK, 5) as sender:
            answer = await post(sender, receiver.url)
    assert (answer.status, answer.retry_after_s) == (503, 120)


async def test_a_certificate_that_nobody_vouches_for(tmp_path: Path) -> None:
    if shutil.which("openssl") is None:
        pytest.skip("openssl, which makes the certificate, is not installed")
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    made = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"]
    told = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:receiver.test"]
    command = ["openssl", *made, *told, "-keyout", str(key), "-out", str(certificate)]
    await asyncio.to_thread(subprocess.run, command, check=True, capture_output=True)
    ours = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    ours.load_cert_chain(certificate, key)

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"a message")
        writer.write(b"HTTP/1.1 204 so\r\n\r\n")
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0, ssl=ours)
    url = f"https://receiver.test:{server.sockets[0].getsockname()[1]}/"
    known = ssl.create_default_context(cafile=str(certificate))
    for trust, status in ((None, None), (known, 204)):
        with Sender(LOOPBACK, 5, resolver=lambda *_: ["127.0.0.1"], trust=trust) as sender:
            assert (await post(sender, url)).status == status
    with Sender(LOOPBACK, 5, resolver=lambda *_: ["127.0.0.1"], trust=known) as sender:
        assert "no connection" in ((await post(sender, url.replace("receiver", "another"))).error or "")
    server.close()
