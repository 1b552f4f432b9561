"""Machines apart: network namespaces on a bridge of their own, and a way from there to PostgreSQL and S3 on this one."""

from __future__ import annotations

import asyncio
import contextlib
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator, Mapping
from pathlib import Path

HUB = "mgeprof-hub"
NET = "10.77.0"
_RELAY = """
import asyncio, sys
async def both(reader, writer, path):
    there, back = await asyncio.open_unix_connection(path)
    async def copy(a, b):
        try:
            while data := await a.read(65536):
                b.write(data)
                await b.drain()
        except OSError:
            pass
        finally:
            b.close()
    await asyncio.gather(copy(reader, back), copy(there, writer))
async def main():
    for word in sys.argv[2:]:
        port, path = word.split("=")
        await asyncio.start_server(lambda r, w, path=path: both(r, w, path), sys.argv[1], int(port))
    print("ready", flush=True)
    await asyncio.Event().wait()
asyncio.run(main())
"""


def ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True, capture_output=True)


def within(machine: str) -> tuple[str, ...]:
    """What starts a program on a machine."""
    return ("ip", "netns", "exec", f"mgeprof-{machine}")


@contextlib.contextmanager
def machines(addresses: Mapping[str, int]) -> Iterator[None]:
    """One namespace for each name, with an address in NET; they see each other and nothing else."""
    names = [HUB, *(f"mgeprof-{name}" for name in addresses)]
    try:
        for name in names:
            ip("netns", "add", name)
            ip("-n", name, "link", "set", "lo", "up")
        ip("-n", HUB, "link", "add", "bridge", "type", "bridge")
        ip("-n", HUB, "addr", "add", f"{NET}.1/24", "dev", "bridge")
        ip("-n", HUB, "link", "set", "bridge", "up")
        for name, number in addresses.items():
            port, own = f"port{number}", f"mgeprof-{name}"
            ip("-n", HUB, "link", "add", port, "type", "veth", "peer", "name", "eth0", "netns", own)
            ip("-n", HUB, "link", "set", port, "master", "bridge", "up")
            ip("-n", own, "addr", "add", f"{NET}.{number}/24", "dev", "eth0")
            ip("-n", own, "link", "set", "eth0", "up")
        yield
    finally:
        for name in names:
            subprocess.run(["ip", "netns", "del", name], check=False, capture_output=True)


@contextlib.asynccontextmanager
async def lent(folder: Path, ports: Mapping[int, int]) -> AsyncIterator[None]:
    """Ports of this machine's loopback, at the hub's address: sockets of files pass between namespaces."""
    servers, words = [], []
    for at, ours in ports.items():
        path = folder / f"port-{at}"
        servers.append(await asyncio.start_unix_server(_to(ours), path))
        words.append(f"{at}={path}")
    argv = ("ip", "netns", "exec", HUB, sys.executable, "-I", "-c", _RELAY, f"{NET}.1", *words)
    relay = await asyncio.create_subprocess_exec(*argv, stdout=asyncio.subprocess.PIPE)
    try:
        assert relay.stdout is not None
        assert await relay.stdout.readline() == b"ready\n"
        yield
    finally:
        relay.terminate()
        await relay.wait()
        for server in servers:
            server.close()


def _to(port: int):  # type: ignore[no-untyped-def] # a coroutine function of asyncio's own shape
    async def relay(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection("127.0.0.1", port)
        await asyncio.gather(_copy(reader, back), _copy(there, writer))

    return relay


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    writer.close()


def certificates(folder: Path, addresses: list[str]) -> Path:
    """``ca.crt``, and ``tls.crt`` with ``tls.key`` for these addresses."""
    folder.mkdir()

    def openssl(*words: str) -> None:
        subprocess.run(["openssl", *words], check=True, capture_output=True, cwd=folder)

    fresh = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")
    openssl("req", "-x509", *fresh, "-keyout", "ca.key", "-out", "ca.crt", "-subj", "/CN=tests", "-days", "2")
    openssl("req", *fresh, "-keyout", "tls.key", "-out", "tls.csr", "-subj", "/CN=nats")
    (folder / "names").write_text("subjectAltName=" + ",".join(f"IP:{one}" for one in addresses))
    signed = ("-CA", "ca.crt", "-CAkey", "ca.key", "-CAcreateserial", "-extfile", "names", "-days", "2")
    openssl("x509", "-req", "-in", "tls.csr", "-out", "tls.crt", *signed)
    return folder
