"""``/tasks/{id}/events``: a task's history, straight from the log."""

from uuid import UUID

from api.errors.documents import documented
from api.events.resources import EventList, EventResource
from api.parts import PartsOf
from api.routing import router_at
from api.sharing.looking import Looking
from api.tasks import reading

router = router_at("/tasks", tag="events")


@router.get("/{task_id}/events", responses=documented("task_unknown", "broker_unavailable"))
async def task_events(task_id: UUID, viewer: Looking, parts: PartsOf) -> EventList:
    """Everything that ever happened to the task, oldest first. It comes from the log itself and is never behind."""
    history = await parts.log.history(await reading.visible_key(parts, viewer, task_id))
    if not history:
        raise reading.unknown(task_id)
    return EventList(items=[EventResource.of(event) for event in history])
