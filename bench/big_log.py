"""A log of a million events, made once and kept in the user's data folder: a broker's home with nothing but the stream in it."""

from __future__ import annotations

import asyncio
import itertools
import shutil
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid5

from core.events import codec, grouping, ownership, task
from core.events.envelope import Fact, Origin
from core.events.failure import FailureKind
from core.events.ids import AccountId, CommandId, ModelId, Platform, RunnerId, TagId, TaskId, event_id_of
from core.events.ownership import LinkId, Visibility
from core.events.subjects import EVENTS, AggregateKey, task_key
from core.events.values import Artifact, Latency, ProfileOptions, Totals, TypeSum
from core.nats.connection import connect
from core.nats.streams import StreamSettings, ensure_events
from infra.embedded.home import Home
from infra.embedded.nats_server import configuration
from infra.embedded.ports import HOST
from infra.embedded.services import Services
from infra.engines.environment import engines_folder

MILLION = 1_000_000
LONG_HISTORY = 100
"""So many events has one of the tasks."""
_FORM = 1
"""To be raised when another log is made."""
_NAMES = UUID("00000000-0000-0000-0000-00000000be9c")
_AT_ONCE = 64
"""Tasks that are under way at the same time."""
_BURST = 2_000
_DIGEST = "ab" * 32
_PLATFORMS = (Platform.X86, Platform.CUDA, Platform.ARM)


@dataclass(frozen=True)
class BigLog:
    """A running broker with the log. ``long``: the task with the long history."""

    services: Services
    events: int
    long: AggregateKey


@asynccontextmanager
async def big_log(events: int = MILLION) -> AsyncIterator[BigLog]:
    """Serve the log; the first time it is made, which takes some minutes."""
    folder = engines_folder().parent / "bench" / f"log-{events}-{_FORM}"
    if not (folder / "whole").exists():
        shutil.rmtree(folder, ignore_errors=True)
        await _make(folder, events)
        (folder / "whole").touch()
    async with Services(folder, {"nats"}) as services:
        yield BigLog(services, events, _key(0))


async def _make(folder: Path, events: int) -> None:
    """With a broker that does not sync each message: nothing is lost that could not be made again."""
    with Home(folder) as home:
        secrets, ports = home.secrets(), home.ports(("nats", "nats_monitor"), {})
        store = folder / "nats" / "store"
        store.mkdir(parents=True)
        text = configuration(store, ports["nats"], ports["nats_monitor"], secrets)
        config = folder / "making.conf"
        config.write_text(text.replace("sync_interval: always", "sync_interval: 2m"))
        server = await asyncio.create_subprocess_exec(
            str(Path(sys.prefix, "bin", "nats-server")), "--config", str(config), stderr=asyncio.subprocess.DEVNULL
        )
        try:
            await _fill(f"nats://{HOST}:{ports['nats']}", secrets.nats_core, events)
        finally:
            server.terminate()
            await server.wait()


async def _fill(url: str, seed: str, events: int) -> None:
    nc = await connect(url, seed, name="bench")
    js = nc.jetstream(timeout=60)
    await ensure_events(js, StreamSettings())
    for number, (key, fact, origin) in enumerate(itertools.islice(history(), events), 1):
        headers = {"Nats-Msg-Id": str(event_id_of(origin.command_id)), "Nats-Expected-Stream": EVENTS}
        await nc.publish(key.subject(fact.type), codec.encode(fact, origin), headers=headers)
        if number % _BURST == 0 or number == events:
            await nc.flush()
            async with asyncio.timeout(60):  # what the broker could not take in time it would drop
                while (await js.stream_info(EVENTS)).state.messages < number:  # noqa: ASYNC110 - the broker tells nobody
                    await asyncio.sleep(0.005)
    await nc.close()


def history() -> Iterator[tuple[AggregateKey, Fact, Origin]]:
    """Endless: tasks begin one after the other, and many are under way at once. The first one has a long life."""
    numbers = itertools.count()
    under_way = [_life(next(numbers)) for _ in range(_AT_ONCE)]
    while True:
        for place, life in enumerate(under_way):
            step = next(life, None)
            if step is None:
                under_way[place] = _life(next(numbers))
                step = next(under_way[place])
            yield step


def _life(number: int) -> Iterator[tuple[AggregateKey, Fact, Origin]]:
    key = _key(number)
    owner = AccountId(uuid5(_NAMES, f"owner {number % 100}"))
    for place, fact in enumerate(_facts(number)):
        command = CommandId(uuid5(_NAMES, f"command {number} {place}"))
        yield key, fact, Origin(command, owner, owner, key.id)


def _key(number: int) -> AggregateKey:
    return task_key(_PLATFORMS[number % 3], TaskId(uuid5(_NAMES, f"task {number}")))


def _facts(number: int) -> Iterator[Fact]:
    runner = RunnerId(uuid5(_NAMES, f"runner {number % 20}"))
    yield task.Submitted(
        kind=task.TaskKind.PROFILE,
        model_id=ModelId(uuid5(_NAMES, f"model {number % 1000}")),
        model=_DIGEST,
        inputs=(_DIGEST,),
        request=_DIGEST,
        engine="1.13.0",
        options=ProfileOptions(iterations=20),
    )
    if number == 0:
        yield from itertools.islice(_changes(), LONG_HISTORY - 4)
    yield task.Queued(attempt=1, reason=task.QueueReason.SUBMITTED)
    yield task.Started(
        attempt=1,
        runner_id=runner,
        engine_build="megengine 1.13.0 cp310",
        lease_s=45.0,
        reason=task.ChoiceReason.FAIR_SHARE,
        waiting=7,
        beat_age_s=2.5,
    )
    yield _ended(number)


def _ended(number: int) -> Fact:
    if number % 10 == 9:
        return task.Failed(attempt=1, kind=FailureKind.BAD_INPUT, exit_code=1, artifacts=_files(number))
    p50 = 0.001 + number % 997 / 1000
    return task.Completed(
        attempt=1,
        analyser=3,
        latency=Latency(count=20, min=p50, p50=p50, p90=p50, p99=p50, max=p50, mean=p50, std=0.0),
        totals=Totals(operators=42, device_s=p50 * 0.9, computation=3.5e9, memory=1.25e8),
        by_type=tuple(
            TypeSum(type=name, count=5, device_s=p50 / 4, computation=1e9, memory=1e7)
            for name in ("Convolution", "Elemwise", "MatrixMul", "Pooling")
        ),
        phases={"fetching": 0.5, "loading": 0.1, "timing": 1.25, "profiling": 0.4},
        peak_memory=300_000_000 + number,
        artifacts=_files(number),
    )


def _files(number: int) -> tuple[Artifact, ...]:
    names = ("log.txt", "raw-1.json", "profile.json", "environment.json")
    return tuple(Artifact(name=name, sha256=_DIGEST, size=1000 + number) for name in names)


def _changes() -> Iterator[Fact]:
    expires = datetime(2027, 1, 1, tzinfo=UTC)
    for number in itertools.count():
        link = LinkId(uuid5(_NAMES, f"link {number}"))
        yield ownership.Shared(link=link, expires_at=expires + timedelta(days=number))
        yield ownership.ShareRevoked(link=link)
        yield ownership.VisibilityChanged(visibility=tuple(Visibility)[(number + 1) % 2])
        yield grouping.Tagged(tags=(TagId(uuid5(_NAMES, f"tag {number}")),))
