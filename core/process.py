"""What every process of mgeprof does alike: logs, says that it is ready, and stops when asked to."""

import asyncio
import gc
import logging
import os
import signal
import socket
import sys
from collections.abc import Coroutine, Iterable, Sequence
from typing import Any, TypeVar

import structlog

T = TypeVar("T")


def begin_as(process: str) -> None:
    """What every process of ours does first: logs, and looks for cycles of garbage seldom."""
    configure_logging(process)
    _calm_collector()


def configure_logging(process: str) -> None:
    """Log to standard error: JSON lines, or readable ones on a terminal. Each line carries the process, and each of ours an ``action``."""
    renderer: structlog.typing.Processor = (
        structlog.dev.ConsoleRenderer() if sys.stderr.isatty() else structlog.processors.JSONRenderer()
    )
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    structlog.configure(
        processors=[*shared, renderer],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    structlog.contextvars.bind_contextvars(process=process)
    _log_of_libraries([*shared, structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer])


def _calm_collector() -> None:
    """There are few cycles of garbage, and to look for them as often as Python does by itself takes a twelfth of a busy process's time."""
    gc.set_threshold(20_000, 20, 20)


def _log_of_libraries(processors: Sequence[structlog.typing.Processor]) -> None:
    """What they say through the standard library's logging looks like ours."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(processors=processors))
    logging.basicConfig(handlers=[handler], level=logging.WARNING)


def notify(message: str) -> None:
    """Tell the supervisor through systemd's protocol (``READY=1``, ``STATUS=…``); nothing happens without one."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address:
        return
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as channel:
        channel.sendto(message.encode(), "\0" + address[1:] if address.startswith("@") else address)


def notify_ready() -> None:
    notify("READY=1")


def stop_on_signals() -> asyncio.Event:
    """An event that SIGTERM and SIGINT set. Call it inside the running loop."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    return stop


async def run_until(stop: asyncio.Event, *tasks: asyncio.Task[object]) -> None:
    """Wait for ``stop``, then cancel the tasks. A task that ends or fails before ends all: its exception is raised."""
    waiter = asyncio.create_task(stop.wait(), name="stop")
    everything: set[asyncio.Task[object]] = {waiter, *tasks}
    try:
        done, _ = await asyncio.wait(everything, return_when=asyncio.FIRST_COMPLETED)
        for task in done - {waiter}:
            task.result()
    finally:
        await cancel_all(everything)


async def unless_stopped(stop: asyncio.Event, work: Coroutine[object, object, T]) -> T | None:
    """What ``work`` returns or raises; None when ``stop`` is set before: then it has been cancelled."""
    task = asyncio.create_task(work, name="start-up")
    await run_until(stop, task)
    return None if task.cancelled() else task.result()


async def cancel_all(tasks: Iterable[asyncio.Task[Any]]) -> None:
    """Cancel until all are over: before Python 3.12 ``wait_for`` swallows a cancellation that comes together with its result."""
    everything = set(tasks)
    pending = everything
    while pending:
        for task in pending:
            task.cancel()
        _, pending = await asyncio.wait(pending, timeout=1.0)
    await asyncio.gather(*everything, return_exceptions=True)  # so that no exception is left unlooked-at
