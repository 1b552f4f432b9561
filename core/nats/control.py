"""The control plane's side of account RUN: orders out, calls and reports in."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from uuid import UUID

import structlog
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.errors import Error as NatsError
from nats.js.errors import APIError, NotFoundError

from core import trace
from core.events import subjects
from core.events.ids import Platform, RunnerId, TaskId
from core.nats.pull import ConsumerLostError, pull
from core.nats.streams import StreamSettings, ensure_orders_of, ensure_work
from core.protocol.calls import Stop
from core.protocol.live import LIVE_MESSAGE, Shown
from core.protocol.orders import AttemptRef, WorkOrder
from core.protocol.wire import for_runners
from core.trace import Point

logger = structlog.get_logger(__name__)

CallHandler = Callable[[RunnerId, str, bytes], Awaitable[bytes | None]]


class BrokerFaultError(Exception):
    """The broker did not take an order, or did not make a way for it: it will be sent again."""


@dataclass(frozen=True)
class ReportMessage:
    """A report as it lies in the stream. ``runner`` is who the broker says that it is."""

    runner: RunnerId
    payload: bytes
    _message: Msg

    @property
    def at(self) -> Point | None:
        """The attempt's place in its trace, by the runner's word."""
        return trace.read((self._message.headers or {}).get(trace.HEADER))

    async def accept(self) -> None:
        """It counts, or it can never count: it may go."""
        await self._message.ack()

    async def again(self, delay_s: float) -> None:
        await self._message.nak(delay=delay_s)


class ControlLink:
    def __init__(self, nc: Client, settings: StreamSettings, *, timeout_s: float = 5.0) -> None:
        self._nc = nc
        self._js = nc.jetstream(timeout=timeout_s)
        self._settings = settings

    def is_connected(self) -> bool:
        """Whether calls and reports can come in."""
        return self._nc.is_connected

    async def ensure_streams(self) -> None:
        await ensure_work(self._js, self._settings)

    async def ensure_orders_of(self, platform: Platform, runner: RunnerId) -> None:
        """The way for orders to a runner, and the stream if that was lost. Raises BrokerFaultError."""
        try:
            try:
                await ensure_orders_of(self._js, platform, runner, self._settings)
            except NotFoundError:
                await self.ensure_streams()
                await ensure_orders_of(self._js, platform, runner, self._settings)
        except (APIError, NatsError, TimeoutError) as error:
            raise BrokerFaultError(f"no consumer for the orders of runner {runner}: {error!r}") from error

    async def send_order(
        self, platform: Platform, runner: RunnerId, order: WorkOrder, at: Point, *, confirmed: bool = False
    ) -> None:
        """``at``: what the attempt stands under; it goes as a header, which older runners do not look at. ``confirmed``: the broker is asked whether it has it. Raises BrokerFaultError."""
        publish = self._js.publish if confirmed else self._nc.publish
        headers = {"Nats-Msg-Id": str(order.ref), trace.HEADER: trace.written(at)}
        try:
            await publish(subjects.dispatch(platform, runner), for_runners(order), headers=headers)
        except (APIError, NatsError, TimeoutError) as error:
            raise BrokerFaultError(f"order {order.ref} was not taken: {error}") from error

    async def send_stop(self, runner: RunnerId, ref: AttemptRef) -> None:
        """A hint only; the answer to the runner's next beat says it again."""
        await self._nc.publish(subjects.control_stop(runner), for_runners(Stop(ref=ref)))

    async def reports(self) -> AsyncIterator[ReportMessage]:
        """Reports for ever, each until it is accepted. Survives broker restarts."""
        while True:
            try:
                async for messages in pull(self._nc, subjects.REPORTS, subjects.SCHEDULER_REPORTS, batch=100):
                    for message in messages:
                        runner = RunnerId(UUID(message.subject.split(".")[1]))
                        yield ReportMessage(runner, message.data, message)
            except (ConsumerLostError, NatsError) as error:
                logger.warning("reading reports anew", action="reports_reread", error=repr(error))
                await self._recover()

    async def _recover(self) -> None:
        try:
            await self.ensure_streams()
        except (APIError, NatsError, TimeoutError) as error:
            logger.warning("the streams cannot be checked", action="streams_unavailable", error=repr(error))

    async def serve_calls(self, handler: CallHandler) -> None:
        """Answer ``rpc.<runner>.<method>``; returns at once, calls are handled one after the other in the background."""

        async def answer(message: Msg) -> None:
            _rpc, runner, method = message.subject.split(".")
            reply = await handler(RunnerId(UUID(runner)), method, message.data)
            if reply is not None and message.reply:
                await message.respond(reply)

        await self._nc.subscribe("rpc.*.*", cb=answer)


async def live_messages(nc: Client) -> AsyncIterator[Shown]:
    """What runners show. Malformed messages are passed over: nothing depends on them."""
    subscription = await nc.subscribe("rpc.*.live.*")
    async for message in subscription.messages:
        try:
            _, runner, _, task = message.subject.split(".")
            yield Shown(TaskId(UUID(task)), RunnerId(UUID(runner)), LIVE_MESSAGE.validate_json(message.data))
        except ValueError as error:
            logger.info("live message passed over", action="live_malformed", error=str(error))
