"""A runner's side, in account EDGE: it sees nothing but its own subjects."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import suppress
from dataclasses import dataclass
from typing import TypeVar

import structlog
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.errors import Error as NatsError
from nats.js.errors import APIError
from pydantic import BaseModel, ValidationError

from core import trace
from core.events import subjects
from core.events.ids import RunnerId, TaskId
from core.nats.pull import ConsumerLostError, pull
from core.protocol.calls import Stop
from core.protocol.live import LiveMessage
from core.protocol.orders import AttemptRef, Report, WorkOrder
from core.trace import Point

logger = structlog.get_logger(__name__)
A = TypeVar("A", bound=BaseModel)


class ControlPlaneSilentError(Exception):
    """Nobody answered a call in time: ask again later."""


class _Addressed(BaseModel):
    """What stands in an order of any release."""

    ref: AttemptRef


@dataclass(frozen=True)
class OrderMessage:
    """``order`` is None when it asks for what only a later release knows."""

    ref: AttemptRef
    order: WorkOrder | None
    _message: Msg

    @property
    def at(self) -> Point | None:
        """What the attempt stands under, in the trace of the request that the order goes back to."""
        return trace.read((self._message.headers or {}).get(trace.HEADER))

    async def accept(self) -> None:
        """The order is on disk."""
        await self._message.ack()


class RunnerLink:
    def __init__(self, nc: Client, runner: RunnerId, *, timeout_s: float = 5.0) -> None:
        self._nc = nc
        self._runner = runner
        self._timeout_s = timeout_s
        self._js = nc.jetstream(timeout=timeout_s)

    def is_connected(self) -> bool:
        return self._nc.is_connected

    async def call(self, method: str, request: BaseModel, answer: type[A]) -> A:
        """Raises ControlPlaneSilentError."""
        try:
            message = await self._nc.request(
                subjects.rpc(self._runner, method), request.model_dump_json().encode(), timeout=self._timeout_s
            )
            return answer.model_validate_json(message.data)
        except (NatsError, TimeoutError, ValidationError) as error:
            raise ControlPlaneSilentError(f"no answer to {method}: {error!r}") from error

    async def tell(self, method: str, message: BaseModel) -> None:
        """A call that needs no answer; it may be lost."""
        await self._nc.publish(subjects.rpc(self._runner, method), message.model_dump_json().encode())

    async def flush(self) -> None:
        await self._nc.flush(timeout=2)

    async def show(self, task: TaskId, message: LiveMessage) -> None:
        """Droppable: shown while the attempt runs, stored nowhere."""
        with suppress(NatsError):  # a broker that is away, or takes no more, is no fault of the attempt's
            await self._nc.publish(subjects.live(self._runner, task), message.model_dump_json().encode())

    async def send_report(self, report: Report, at: Point | None = None) -> None:
        """``at``: the attempt's place in its trace. Returns when the broker has it, in its memory. Raises ControlPlaneSilentError."""
        subject = subjects.report(self._runner, report.ref.task, report.ref.attempt, report.result.type)
        headers = {"Nats-Msg-Id": str(report.id)} | ({trace.HEADER: trace.written(at)} if at else {})
        try:
            await self._js.publish(subject, report.model_dump_json().encode(), headers=headers)
        except (APIError, NatsError, TimeoutError) as error:
            raise ControlPlaneSilentError(f"report {report.ref} was not taken: {error!r}") from error

    async def orders(self) -> AsyncGenerator[OrderMessage, None]:
        """Work orders for ever, each until it is accepted. Survives broker restarts."""
        while True:
            try:
                async for messages in pull(
                    self._nc, subjects.DISPATCH, subjects.dispatch_consumer(self._runner), batch=16
                ):
                    for message in messages:
                        if (order := _understood(WorkOrder, message)) is not None:
                            yield OrderMessage(order.ref, order, message)
                        elif (addressed := _understood(_Addressed, message)) is not None:
                            yield OrderMessage(addressed.ref, None, message)
                        else:  # as long as it is wanted it is published again
                            await message.term()
            except (ConsumerLostError, NatsError) as error:
                logger.warning("reading orders anew", action="orders_reread", error=repr(error))
                await asyncio.sleep(0.5)

    async def stops(self) -> AsyncGenerator[AttemptRef, None]:
        """Hints that an attempt is no longer wanted."""
        subscription = await self._nc.subscribe(subjects.control_stop(self._runner))
        async for message in subscription.messages:
            if (stop := _understood(Stop, message)) is not None:
                yield stop.ref


def _understood(model: type[A], message: Msg) -> A | None:
    """None for what a newer control plane may say: it must not take the attempts of this runner with it."""
    try:
        return model.model_validate_json(message.data)
    except ValidationError as error:
        logger.warning("message not understood", action="malformed", subject=message.subject, error=str(error))
        return None
