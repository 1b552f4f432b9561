"""The streams, made by the control plane when they are not there."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import stamina
from nats.errors import NoRespondersError
from nats.js import JetStreamContext
from nats.js.api import (
    AckPolicy,
    ConsumerConfig,
    DiscardPolicy,
    RePublish,
    RetentionPolicy,
    StorageType,
    StreamConfig,
)
from nats.js.errors import BadRequestError, NotFoundError, ServiceUnavailableError

from core.events.ids import Platform, RunnerId
from core.events.subjects import (
    DISPATCH,
    EVENTS,
    LOG_PREFIX,
    REPORTS,
    SCHEDULER_REPORTS,
    dispatch,
    dispatch_consumer,
    event_subjects,
)


@dataclass(frozen=True)
class StreamSettings:
    """``replicas``: 1 on one machine, 3 in a cluster. Windows in seconds, sizes in bytes."""

    replicas: int = 1
    dedupe_s: float = 120.0
    order_dedupe_s: float = 1.0
    """Short: an order that was lost from the stream has to be published again soon."""
    ack_wait_s: float = 30.0
    work_bytes: int = 2**28
    """Of orders, and of reports, that wait. What is over it is refused and sent again: a runner keeps its reports, and none can fill the broker's disk."""


def until_led() -> AsyncIterator[stamina.Attempt]:
    """Tries for a minute: the nodes of a cluster that has just started choose their leaders first, and nobody answers until then."""
    silence = (TimeoutError, NoRespondersError, ServiceUnavailableError)
    return aiter(stamina.retry_context(on=silence, attempts=None, timeout=60.0, wait_max=2.0))


async def ensure_events(js: JetStreamContext, settings: StreamSettings) -> None:
    """The event log: nothing in it is ever deleted, and what was stored is republished for followers."""
    await _ensure(
        js,
        StreamConfig(
            name=EVENTS,
            subjects=event_subjects(),
            retention=RetentionPolicy.LIMITS,
            storage=StorageType.FILE,
            discard=DiscardPolicy.NEW,
            deny_delete=True,
            deny_purge=True,
            allow_direct=True,
            allow_atomic=True,
            duplicate_window=settings.dedupe_s,
            num_replicas=settings.replicas,
            republish=RePublish(src=">", dest=f"{LOG_PREFIX}.>"),
        ),
    )


async def ensure_work(js: JetStreamContext, settings: StreamSettings) -> None:
    """Orders to runners, and their reports, in the broker's memory: orders are published again until a beat lists their attempt, reports until an answer to a beat settles theirs, and what is lost with the broker comes again."""
    for name, subjects, dedupe_s in (
        (DISPATCH, ["dispatch.*.*"], settings.order_dedupe_s),
        (REPORTS, ["report.*.*.*.*"], settings.dedupe_s),
    ):
        await _ensure(
            js,
            StreamConfig(
                name=name,
                subjects=subjects,
                retention=RetentionPolicy.WORK_QUEUE,
                storage=StorageType.MEMORY,
                discard=DiscardPolicy.NEW,
                max_bytes=settings.work_bytes,
                duplicate_window=dedupe_s,
                num_replicas=settings.replicas,
            ),
        )
    await js.add_consumer(
        REPORTS,
        ConsumerConfig(
            durable_name=SCHEDULER_REPORTS,
            ack_policy=AckPolicy.EXPLICIT,
            ack_wait=settings.ack_wait_s,
            max_ack_pending=5000,
        ),
    )


async def ensure_orders_of(
    js: JetStreamContext, platform: Platform, runner: RunnerId, settings: StreamSettings
) -> None:
    """The durable consumer through which one runner takes its orders."""
    await js.add_consumer(
        DISPATCH,
        ConsumerConfig(
            durable_name=dispatch_consumer(runner),
            filter_subject=dispatch(platform, runner),
            ack_policy=AckPolicy.EXPLICIT,
            ack_wait=settings.ack_wait_s,
            max_ack_pending=64,
        ),
    )


async def _ensure(js: JetStreamContext, config: StreamConfig) -> None:
    try:
        known = (await js.stream_info(config.name or "")).config
        is_older = set(config.subjects or ()) - set(known.subjects or ()) or (
            config.allow_atomic and not known.allow_atomic
        )
        if is_older or (config.max_bytes is not None and config.max_bytes != known.max_bytes):
            await js.update_stream(config.evolve(storage=known.storage))  # that can never be changed
    except NotFoundError:
        try:
            await js.add_stream(config)
        except BadRequestError:  # another process made it between the two calls, with the same or a newer configuration
            await js.stream_info(config.name or "")
