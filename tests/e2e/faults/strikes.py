"""The faults, each a coroutine that does it to an arena and makes it good again, at moments that chance decides."""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import signal
from collections.abc import Awaitable, Callable, Iterator, Sequence

import psutil

from core.events.subjects import DISPATCH, REPORTS
from infra.embedded.supervisor import Keeper
from tests.e2e.faults.arena import BEHIND_PROXY, LEASE_S, OURS, RUNNERS, SERVICES, Arena
from tests.e2e.processes import engines_in

Strike = Callable[[Arena], Awaitable[None]]


def kill(part: str) -> Strike:
    async def strike(arena: Arena) -> None:
        keeper = arena.stack.keepers[part]
        await keeper.until_ready()
        assert await keeper.kill() == -signal.SIGKILL
        await keeper.until_ready()

    return strike


def stop(part: str) -> Strike:
    """Not dead and not alive, for less than a lease or for more; with its children or without."""

    async def strike(arena: Arena) -> None:
        keeper = arena.stack.keepers[part]
        await keeper.until_ready()
        whole = part == "postgres" or arena.rng.random() < 0.5
        with stopped(keeper, whole=whole):
            await asyncio.sleep(arena.rng.choice((0.3, 1.0, LEASE_S + 1.0)))

    return strike


@contextlib.contextmanager
def stopped(keeper: Keeper, *, whole: bool) -> Iterator[None]:
    """SIGSTOP, and SIGCONT at the end. A process that has just died by itself is past stopping."""
    targets: list[psutil.Process] = []
    if keeper.pid is not None:
        with contextlib.suppress(psutil.NoSuchProcess):
            targets.append(process := psutil.Process(keeper.pid))
            targets += process.children(recursive=True) if whole else ()
    try:
        for one in targets:
            with contextlib.suppress(psutil.NoSuchProcess):
                one.suspend()
        yield
    finally:
        for one in targets:
            with contextlib.suppress(psutil.NoSuchProcess):
                one.resume()


async def kill_an_engine(arena: Arena) -> None:
    await _signal_engines(arena, signal.SIGKILL)


async def stop_an_engine(arena: Arena) -> None:
    pids = await _signal_engines(arena, signal.SIGSTOP)
    await asyncio.sleep(arena.rng.uniform(0.2, 2.0))
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGCONT)


async def _signal_engines(arena: Arena, number: signal.Signals) -> list[int]:
    homes = [arena.stack.home.path / ("runner" if name == "runner" else f"{name}/state") for name in RUNNERS]
    pids = [pid for home in homes for pid in engines_in(home)]
    hit = arena.rng.sample(pids, min(len(pids), 2))
    for pid in hit:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)
    return hit


async def restart_the_broker(arena: Arena) -> None:
    """In order, as an administrator does."""
    keeper = arena.stack.keepers["nats"]
    await keeper.until_ready()
    await keeper.kill(signal.SIGINT)
    await keeper.until_ready()


async def kill_postgres_mid_batch(arena: Arena) -> None:
    """The projector is held up until much waits for it, and let go a moment before."""
    projector, postgres = arena.stack.keepers["projector"], arena.stack.keepers["postgres"]
    await postgres.until_ready()
    await projector.until_ready()
    with stopped(projector, whole=False):
        await asyncio.sleep(arena.rng.uniform(0.5, 1.5))
    await asyncio.sleep(arena.rng.uniform(0.0, 0.05))
    await postgres.kill()
    await postgres.until_ready()


async def take_s3_away(arena: Arena) -> None:
    keeper = arena.stack.keepers["s3"]
    await keeper.until_ready()
    await keeper.stop()
    await asyncio.sleep(arena.rng.uniform(0.5, 3.0))
    await keeper.start()


async def part_the_runner(arena: Arena) -> None:
    """Between runner and broker nothing arrives, for less than a lease or for so long that its work is given to others; then it comes back with what it has."""
    await _until_working(arena)
    arena.proxy.drop()
    await asyncio.sleep(arena.rng.choice((0.5, 1.5, LEASE_S + 1.0)))
    arena.proxy.heal()


async def cut_the_runner_off(arena: Arena) -> None:
    for _ in range(arena.rng.randint(1, 4)):
        arena.proxy.cut()
        await asyncio.sleep(arena.rng.uniform(0.0, 0.7))


async def let_a_stale_runner_come_back(arena: Arena) -> None:
    """It stood still while its lease ended, holds an attempt that others do again, and goes on as if nothing had been."""
    await _until_working(arena)
    with stopped(arena.stack.keepers[BEHIND_PROXY], whole=False):
        await asyncio.sleep(LEASE_S + 1.0)


async def _until_working(arena: Arena) -> None:
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(3):
            while not arena.echo.holders.get(arena.ids[BEHIND_PROXY]):  # noqa: ASYNC110 - another process's beats
                await asyncio.sleep(0.02)


async def say_everything_again(arena: Arena) -> None:
    await arena.echo.be_loud(arena.rng.uniform(0.5, 2.0))


def wipe(stream: str) -> Strike:
    """The stream, or what is in it."""

    async def strike(arena: Arena) -> None:
        await arena.stack.keepers["nats"].until_ready()
        await arena.echo.wipe(stream, whole=arena.rng.random() < 0.5)

    return strike


async def forge(arena: Arena) -> None:
    await arena.forger.forge(arena.rng.uniform(0.5, 1.5))


STRIKES: dict[str, Strike] = {
    **{f"kill {part}": kill(part) for part in (*OURS, *SERVICES)},
    **{f"stop {part}": stop(part) for part in (*OURS, *SERVICES)},
    "kill engine": kill_an_engine,
    "stop engine": stop_an_engine,
    "restart broker": restart_the_broker,
    "kill postgres mid-batch": kill_postgres_mid_batch,
    "s3 outage": take_s3_away,
    "partition": part_the_runner,
    "cut off": cut_the_runner_off,
    "stale runner": let_a_stale_runner_come_back,
    "duplicates": say_everything_again,
    "wiped orders": wipe(DISPATCH),
    "wiped reports": wipe(REPORTS),
    "forgery": forge,
}
_TOUCHES = {"restart broker": "nats", "kill postgres mid-batch": "postgres", "s3 outage": "s3"}
_TOUCHES |= {"partition": BEHIND_PROXY, "cut off": BEHIND_PROXY, "stale runner": BEHIND_PROXY}


def part_of(name: str) -> str:
    """What a fault is done to: two at once to the same would be in each other's way."""
    return _TOUCHES.get(name, name.split(" ", 1)[-1])


class Bag:
    """Chance decides the order; each kind of fault comes once before any comes again."""

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        self._left: list[str] = []

    def draw(self, most: int) -> list[str]:
        """Up to so many faults that may happen together, and one at least."""
        chosen: dict[str, str] = {}
        for _ in range(self._rng.randint(1, most)):
            if not self._left:
                self._left = self._rng.sample(list(STRIKES), len(STRIKES))
            fitting = [name for name in self._left if part_of(name) not in chosen]
            if fitting:
                self._left.remove(fitting[0])
                chosen[part_of(fitting[0])] = fitting[0]
        return list(chosen.values())


def in_groups(names: Sequence[str], most: int) -> list[list[str]]:
    """All of them, so many together."""
    groups: list[list[str]] = []
    for name in names:
        fitting = [one for one in groups if len(one) < most and part_of(name) not in map(part_of, one)]
        if fitting:
            fitting[0].append(name)
        else:
            groups.append([name])
    return groups


async def strike(arena: Arena, names: Sequence[str]) -> None:
    """Together, each after a moment of its own; returns when all is whole again."""

    async def one(name: str, after_s: float) -> None:
        await asyncio.sleep(after_s)
        arena.done[name] += 1
        await STRIKES[name](arena)

    await asyncio.gather(*(one(name, arena.rng.uniform(0.0, 0.8)) for name in names))
    await arena.settle()
