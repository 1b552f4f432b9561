"""``python -m runner --config FILE``."""

import argparse
import asyncio
import shutil
import sys
from collections.abc import Callable, Coroutine
from contextlib import AsyncExitStack
from functools import partial
from pathlib import Path

import httpx2
import structlog

from core.configuration import TraceSettings
from core.events.ids import Platform
from core.events.runner import Described
from core.events.values import EngineOffer
from core.nats.connection import BrokerUnreachableError, connect
from core.nats.edge import RunnerLink
from core.process import begin_as, notify_ready, run_until, stop_on_signals, unless_stopped
from core.protocol.calls import Hello
from core.spans.start import send_spans
from runner import gpu, machine
from runner.attempt import Device
from runner.cache import Cache
from runner.config import ConfigError, RunnerConfig, load_config, read_seed
from runner.daemon import Daemon, RunnerRefusedError
from runner.engine.drivers.megengine import worker_command
from runner.engine.drivers.of import announced_sandbox, driver_of
from runner.engine.job import EngineLimits
from runner.engine.probe import EngineUnusable
from runner.engine.spares import Spares
from runner.peaks import engine_peaks
from runner.registration import ENROLLED, RegistrationError, key_state
from runner.sandbox.sandbox import Sandbox
from runner.spans import NOT_MEANWHILE_S
from runner.spool import Spool
from runner.transfer import Transfer

logger = structlog.get_logger(__name__)

_ASK_S = 5.0


async def main(config: RunnerConfig) -> None:
    """Raises EngineUnusable, RunnerRefusedError, ConfigError or BrokerUnreachableError."""
    send_spans("runner", TraceSettings(url=config.traces_url), pause_s=NOT_MEANWHILE_S)
    stop = stop_on_signals()
    async with AsyncExitStack() as stack:
        introduced = await unless_stopped(stop, _introduced(config, stack, stop))
        if introduced is None:
            return
        daemon, link = introduced
        notify_ready()
        try:
            loops: list[Callable[[], Coroutine[object, object, object]]] = [*daemon.loops()]
            loops += [partial(until_removed, config, link), partial(until_finished, stop, daemon, config.drain_s)]
            await run_until(asyncio.Event(), *(asyncio.create_task(loop()) for loop in loops))
        finally:
            await daemon.leave()


async def _introduced(config: RunnerConfig, stack: AsyncExitStack, stop: asyncio.Event) -> tuple[Daemon, RunnerLink]:
    """A daemon that may work; what it holds open goes with ``stack``."""
    sandbox = await announced_sandbox(config)
    description = await _describe(config, sandbox)
    hello = Hello(platform=config.platform, description=description)
    nc = await connect(
        config.nats_url,
        read_seed(config),
        name=f"runner {config.name}",
        inbox_prefix=f"_INBOX_{config.id}",
        closed=stop.set,
        refusals_pass=True,
    )
    stack.push_async_callback(nc.close)
    client = await stack.enter_async_context(httpx2.AsyncClient(timeout=httpx2.Timeout(30.0)))
    link = RunnerLink(nc, config.id)
    device = _device(config, link, Transfer(client), description.engines, sandbox)
    stack.push_async_callback(device.spares.close)
    daemon = Daemon(link, device, Spool(config.state_dir / "spool"), hello, config.beat_s)
    daemon.give_up_leftovers()
    await daemon.introduce()
    return daemon, link


async def until_finished(stop: asyncio.Event, daemon: Daemon, seconds: float) -> None:
    """Ends when this runner was told to end, and has finished what it had; a second signal is not waited for."""
    await stop.wait()
    await unless_stopped(stop_on_signals(), daemon.finish(seconds))


async def until_removed(config: RunnerConfig, link: RunnerLink) -> None:
    """While the broker is away, or refuses, ask the api which it is: the broker's words are the same. Raises RunnerRefusedError once it was removed."""
    seed = read_seed(config)  # now: whoever removes the runner on this machine deletes it
    while True:
        await asyncio.sleep(_ASK_S)
        if config.url is None or link.is_connected():
            continue
        try:
            state = await key_state(config.url, seed)
        except RegistrationError as error:
            logger.info("the api is away, too", action="api_away", error=str(error))
            continue
        if state != ENROLLED:
            raise RunnerRefusedError(
                f"The server let this runner go: its key is {state}. Register it anew to come back."
            )


async def _describe(config: RunnerConfig, sandbox: Sandbox) -> Described:
    builds = await asyncio.gather(*(driver_of(engine, config.platform, sandbox).probe() for engine in config.engine))
    peaks = await engine_peaks(config.engine, builds, config.peaks_file or config.state_dir / "peaks.json")
    offers = (
        EngineOffer(version=engine.version, driver=engine.driver, build=build.build, peaks=best)
        for engine, build, best in zip(config.engine, builds, peaks, strict=True)
    )
    return Described(
        engines=tuple(offers),
        slots=config.slots,
        cpu=machine.cpu_model(),
        cores=machine.cores(),
        memory=machine.memory_bytes(),
        kernel=machine.kernel(),
        software=machine.software(),
        sandbox=sandbox.kind,
        gpus=await asyncio.to_thread(gpu.names),
    )


def _device(
    config: RunnerConfig, link: RunnerLink, transfer: Transfer, offers: tuple[EngineOffer, ...], sandbox: Sandbox
) -> Device:
    scratch = config.state_dir / "scratch"
    scratch.mkdir(parents=True, exist_ok=True)
    for leftover in scratch.iterdir():
        shutil.rmtree(leftover, ignore_errors=True)
    commands = [worker_command(engine.program, sandbox) for engine in config.engine if engine.driver == "megengine"]
    spares = Spares(scratch / "spares", commands, most=config.warm_spares, each=config.slots)
    drivers = {engine.version: driver_of(engine, config.platform, sandbox, spares) for engine in config.engine}
    return Device(
        link=link,
        transfer=transfer,
        cache=Cache(config.state_dir / "cache", transfer, config.cache_bytes),
        drivers=drivers,
        peaks={offer.version: offer.peaks for offer in offers},
        spares=spares,
        scratch=scratch,
        platform=config.platform,
        limits=EngineLimits(
            memory_bytes=config.memory_bytes or machine.memory_bytes() * 4 // 5 // config.slots,
            address_space=config.platform is not Platform.CUDA,
        ),
    )


def _run() -> None:
    parser = argparse.ArgumentParser(prog="python -m runner", description="Run tasks on this device.")
    parser.add_argument("--config", type=Path, required=True, help="the runner's TOML file")
    path: Path = parser.parse_args().config
    begin_as("runner")
    try:
        asyncio.run(main(load_config(path)))
    except (BrokerUnreachableError, ConfigError, EngineUnusable, RunnerRefusedError) as error:
        sys.exit(f"mgeprof runner: {error}")


if __name__ == "__main__":
    _run()
