"""``/tasks/{id}/live``: server-sent events."""

from collections.abc import AsyncIterator
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Header, Query
from fastapi.sse import EventSourceResponse, ServerSentEvent

from api.errors.documents import documented
from api.errors.problem import RefusedError
from api.live.stream import LiveStream
from api.parts import PartsOf
from api.routing import router_at
from api.sharing.looking import Looking, still
from api.tasks import reading

router = router_at("/tasks", tag="events")


async def open_stream(
    task_id: UUID,
    viewer: Looking,
    parts: PartsOf,
    log: Annotated[bool, Query(description="Whether to tell the lines of the engine's log too.")] = False,
    last_event_id: Annotated[int | None, Header(alias="Last-Event-ID", ge=0)] = None,
) -> AsyncIterator[LiveStream]:
    """What can go wrong goes wrong here, while the answer can still be a problem document."""
    key = await reading.visible_key(parts, viewer, task_id)
    with parts.hub.reader(task_id) as reader:
        history = await parts.log.history(key)
        if not history:
            raise reading.unknown(task_id)

        async def may_go_on(sequence: int) -> bool:
            await parts.position.reached(sequence, parts.settings.api_freshness_s)
            try:
                await reading.visible_key(parts, await still(parts, viewer), task_id)
            except RefusedError:
                return False
            return True

        yield LiveStream(parts.store, key, reader, history, may_go_on, told=last_event_id or 0, with_log=log)


@router.get(
    "/{task_id}/live", response_class=EventSourceResponse, responses=documented("task_unknown", "broker_unavailable")
)
async def follow_task(stream: Annotated[LiveStream, Depends(open_stream)]) -> AsyncIterator[ServerSentEvent]:
    """Follow a task.

    `event`: every recorded event from the beginning, or after `Last-Event-ID`; `phase` and, with `log=true`, `log`: what its
    runner shows meanwhile. The stream ends after the task's last event; when it breaks off before, connect again.
    """
    async for message in stream.messages():
        yield message
