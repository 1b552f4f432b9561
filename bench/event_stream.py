"""`sse_lag_p99_s`: 500 readers of the stream of all events at one api process: how late they hear, and what they cost in memory."""

from __future__ import annotations

import asyncio
import re
import statistics
import tempfile
from collections.abc import Sequence
from pathlib import Path
from time import perf_counter
from typing import Final
from urllib.parse import urlsplit

import psutil

from bench.frame import Figure, Goal
from core.events.envelope import Origin
from core.events.ids import LOCAL_ACCOUNT, CommandId, ModelId, new_id
from core.events.model import Uploaded
from core.events.subjects import model_key
from core.nats.connection import connect
from core.nats.log import EventLog
from infra.embedded.stack import PROGRAMS, Stack

READERS: Final = 500
MOST_LAG_S: Final = 1.0
_SECONDS: Final = 30
_EVENTS_A_SECOND: Final = 20
_PATIENCE_S: Final = 60
_ID: Final = re.compile(rb"event: event\nid: (\d+)\n")


async def run() -> Sequence[Figure]:
    """From the moment at which an event was sent to the broker to its arrival at each reader, on the same machine."""
    programs = {name: PROGRAMS[name] for name in ("scheduler", "projector", "api")}
    with tempfile.TemporaryDirectory(prefix="mgeprof-bench-") as folder:
        async with Stack(Path(folder) / "home", programs=programs) as stack:
            await stack.start()
            api = psutil.Process(stack.keepers["api"].pid)
            before = api.memory_info().rss
            heard: list[tuple[int, float]] = []
            readers = [asyncio.create_task(_read(stack, heard)) for _ in range(READERS)]
            await asyncio.sleep(5)
            told = await _append(stack)
            await _all_heard(heard, READERS * len(told))
            after = api.memory_info().rss
            for reader in readers:
                reader.cancel()
            await asyncio.gather(*readers, return_exceptions=True)
    lags = [at - told[sequence] for sequence, at in heard if sequence in told]
    if len(lags) != READERS * len(told):
        raise RuntimeError(f"{READERS * len(told)} times an event was to be heard, and {len(lags)} times it was")
    return [
        Figure("sse_lag_p99_s", "s", [statistics.quantiles(lags, n=100)[98]], goal=Goal(MOST_LAG_S)),
        Figure("sse_lag_p50_s", "s", [statistics.median(lags)]),
        Figure("sse_memory_per_reader_kb", "kB", [(after - before) / READERS / 1000]),
    ]


async def _all_heard(heard: list[tuple[int, float]], count: int) -> None:
    """Or as long as we are ready to wait: how late they heard is what is measured."""
    until = perf_counter() + _PATIENCE_S
    while len(heard) < count and perf_counter() < until:  # noqa: ASYNC110 - readers that tell somebody are not lean
        await asyncio.sleep(0.5)


async def _append(stack: Stack) -> dict[int, float]:
    """When the append of each event was asked for, by sequence."""
    told: dict[int, float] = {}
    known = stack.services.environment
    nc = await connect(known["MGEPROF_NATS_URL"], known["MGEPROF_NATS_CORE_SEED"], name="bench")
    log, begin = EventLog(nc), perf_counter()
    for number in range(_SECONDS * _EVENTS_A_SECOND):
        await asyncio.sleep(max(0.0, begin + number / _EVENTS_A_SECOND - perf_counter()))
        origin = Origin(CommandId(new_id()), LOCAL_ACCOUNT, LOCAL_ACCOUNT, new_id())
        fact = Uploaded(sha256="ab" * 32, size=number)
        at = perf_counter()
        told[(await log.append(model_key(ModelId(new_id())), fact, origin, expected=0)).sequence] = at
    await nc.close()
    return told


async def _read(stack: Stack, heard: list[tuple[int, float]]) -> None:
    """As lean as can be: the readers share the processors with what is measured."""
    address = urlsplit(stack.url)
    reader, writer = await asyncio.open_connection(address.hostname, address.port)
    request = f"GET /api/v1/events/stream?aggregate=model HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {stack.services.secrets.token}\r\n\r\n"
    writer.write(request.encode())
    rest = b""
    try:
        while piece := await reader.read(65_536):
            at, rest = perf_counter(), rest + piece
            found = list(_ID.finditer(rest))
            heard.extend((int(one[1]), at) for one in found)
            rest = rest[found[-1].end() :] if found else rest[-64:]
    finally:
        writer.close()
