"""``python -m bench.fleet.null_runner --config FILE``: the runner's daemon with an engine that does nothing.

Everything of a runner but the engine: it takes orders through its consumer, has them on disk before it acknowledges them, beats, keeps each report on disk until the
broker has it. Only its attempts are over at once: they fetch nothing, run nothing, and leave no files. Not part of what is installed.
"""

from __future__ import annotations

import argparse
import asyncio
from pathlib import Path

from core.events.runner import Described, SandboxKind
from core.events.task import Completed
from core.events.values import EngineOffer, Latency, Totals
from core.nats.connection import connect
from core.nats.edge import RunnerLink
from core.process import begin_as, notify_ready, run_until, stop_on_signals, unless_stopped
from core.protocol.calls import Hello
from core.protocol.orders import WorkOrder
from runner.config import RunnerConfig, load_config, read_seed
from runner.daemon import Daemon
from runner.spool import Spool

_NOTHING = Latency(count=1, min=0, p50=0, p90=0, p99=0, max=0, mean=0, std=0)


class NullEngine:
    """Each attempt is over at once."""

    async def work(self, order: WorkOrder) -> Completed:
        return Completed(
            attempt=order.ref.attempt,
            analyser=1,
            latency=_NOTHING,
            totals=Totals(operators=0, device_s=0, computation=0, memory=0),
            by_type=(),
            phases={},
            peak_memory=0,
            artifacts=(),
        )

    async def keep(self) -> None:
        await asyncio.Event().wait()


def null_description(slots: int) -> Described:
    """As if it could keep anybody's model in: it reads none."""
    offer = EngineOffer(version="1.13.0", driver="megengine", build="1.13.0+null")
    return Described(
        engines=(offer,), slots=slots, cpu="null", cores=1, memory=0, kernel="none", software="0",
        sandbox=SandboxKind.BUBBLEWRAP,
    )  # fmt: skip


async def main(config: RunnerConfig) -> None:
    stop = stop_on_signals()
    prefix = f"_INBOX_{config.id}"
    nc = await connect(config.nats_url, read_seed(config), name=config.name, inbox_prefix=prefix, closed=stop.set)
    try:
        hello = Hello(platform=config.platform, description=null_description(config.slots))
        daemon = Daemon(
            RunnerLink(nc, config.id), NullEngine(), Spool(config.state_dir / "spool"), hello, config.beat_s
        )
        daemon.give_up_leftovers()
        await unless_stopped(stop, daemon.introduce())
        notify_ready()
        await run_until(stop, *(asyncio.create_task(loop()) for loop in daemon.loops()))
    finally:
        await nc.close()


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--config", type=Path, required=True)
    begin_as("runner")
    asyncio.run(main(load_config(parser.parse_args().config)))
