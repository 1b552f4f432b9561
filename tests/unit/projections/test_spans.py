"""Which events the projector tells of, and under what."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from core.events.ids import Platform
from core.events.subjects import task_key
from core.spans.span import of_event
from projections.spans import YOUNG, tell_applied
from tests.unit.core.kept import keeping
from tests.unit.projections.facts import TASKS, recorded, submitted


def test_each_event_of_a_batch_stands_under_its_own_span_and_old_ones_not_at_all() -> None:
    now, key = datetime.now(UTC), task_key(Platform.X86, TASKS[0])
    events = [
        recorded(6, key, submitted(), at=now - YOUNG - timedelta(seconds=1)),
        recorded(7, key, submitted(), at=now),
        recorded(8, key, submitted(), at=now),
    ]
    with keeping() as kept:
        tell_applied(events, 7)
    assert [(one.trace, one.above, one.begun) for one in kept.spans] == [
        (event.correlation_id, of_event(event.id), 7) for event in events[1:]
    ]
    assert [one.attributes["mgeprof.sequence"] for one in kept.spans] == [7, 8]
    assert {one.attributes["mgeprof.event"] for one in kept.spans} == {"task.submitted"}
