"""Questions to the scheduler, in the account CORE: the answer is of the moment and stands in no log."""

from collections.abc import Callable

from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.errors import Error as NatsError
from pydantic import ValidationError

from core.events.ids import TaskId
from core.protocol.waiting import WaitingAnswer, WaitingQuestion

_WAITING = "ask.scheduler.waiting"


class SchedulerSilentError(Exception):
    """No scheduler answered in time."""


async def serve_waiting(nc: Client, answer: Callable[[TaskId], WaitingAnswer]) -> None:
    """Answer from now on; returns at once."""

    async def respond(message: Msg) -> None:
        try:
            asked = WaitingQuestion.model_validate_json(message.data)
        except ValidationError:
            return
        if message.reply:
            await message.respond(answer(asked.task).model_dump_json().encode())

    await nc.subscribe(_WAITING, cb=respond)


class SchedulerLine:
    """The asking side."""

    def __init__(self, nc: Client, *, timeout_s: float = 3.0) -> None:
        self._nc = nc
        self._timeout_s = timeout_s

    async def waiting(self, task: TaskId) -> WaitingAnswer:
        """Raises SchedulerSilentError."""
        question = WaitingQuestion(task=task).model_dump_json().encode()
        try:
            message = await self._nc.request(_WAITING, question, timeout=self._timeout_s)
        except (NatsError, TimeoutError) as error:
            raise SchedulerSilentError("the scheduler does not answer") from error
        return WaitingAnswer.model_validate_json(message.data)
