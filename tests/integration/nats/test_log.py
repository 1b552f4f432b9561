import asyncio
import json
from contextlib import aclosing
from datetime import UTC, datetime
from uuid import UUID

import pytest
from nats.aio.client import Client
from nats.js.errors import BadRequestError

from core.domain.decider import RejectedError
from core.domain.task import TASK, Cancel, Queue, Status, Submit, TaskState
from core.events import task
from core.events.envelope import Fact, Origin, Recorded
from core.events.ids import AccountId, CommandId, Platform, TaskId, event_id_of, new_id
from core.events.subjects import EVENTS, LOG_PREFIX, AggregateKey, task_key
from core.events.task import TaskEvent
from core.nats.execute import Outcome, execute, load
from core.nats.log import ConflictError, EventLog, LogUnavailableError
from core.nats.streams import StreamSettings, ensure_events
from infra.embedded.services import Services
from tests.unit.domain.task_facts import SUBMITTED, queued

OWNER = AccountId(UUID(int=7))


def now() -> datetime:
    return datetime.now(UTC)


def new_task() -> AggregateKey:
    return task_key(Platform.X86, TaskId(new_id()))


def new_origin() -> Origin:
    id_ = CommandId(new_id())
    return Origin(command_id=id_, owner=OWNER, actor=OWNER, correlation_id=id_)


async def submit(log: EventLog, key: AggregateKey, origin: Origin | None = None) -> Outcome[TaskState, TaskEvent]:
    return await execute(log, TASK, key, Submit(SUBMITTED), origin or new_origin(), now)


async def read(log: EventLog, after: int, count: int) -> list[Recorded[Fact]]:
    events: list[Recorded[Fact]] = []
    async with aclosing(log.follow(after)) as batches, asyncio.timeout(120):
        async for batch in batches:
            events += batch
            if len(events) >= count:
                break
    return events


async def test_what_was_appended_is_read_back_whole(log: EventLog) -> None:
    key, origin = new_task(), new_origin()
    await submit(log, key, origin)
    (event,) = await log.history(key)
    assert event.id == event_id_of(origin.command_id)
    assert (event.key, event.owner, event.correlation_id, event.data) == (key, OWNER, origin.correlation_id, SUBMITTED)
    assert abs((now() - event.time).total_seconds()) < 60
    assert await log.last_sequence() == event.sequence


async def test_an_aggregate_without_events_has_an_empty_history(log: EventLog) -> None:
    assert await log.history(new_task()) == []
    assert await log.last_sequence() == 0


async def test_a_command_that_is_sent_twice_counts_once(log: EventLog) -> None:
    key, origin = new_task(), new_origin()
    first = await submit(log, key, origin)
    second = await submit(log, key, origin)
    assert first.fact == second.fact == SUBMITTED
    assert len(await log.history(key)) == 1


async def test_another_command_is_decided_on_what_stands(log: EventLog) -> None:
    key = new_task()
    await submit(log, key)
    with pytest.raises(RejectedError):
        await submit(log, key)


async def test_a_stale_expectation_conflicts(log: EventLog) -> None:
    key = new_task()
    await submit(log, key)
    with pytest.raises(ConflictError):
        await log.append(key, queued(), new_origin(), expected=0)
    assert [event.type for event in await log.history(key)] == ["submitted"]


async def test_of_many_racers_one_wins_and_the_others_see_it(log: EventLog, soak: bool) -> None:
    for _ in range(100 if soak else 3):
        key = new_task()
        known = (await submit(log, key)).known
        outcomes = await asyncio.gather(
            *(execute(log, TASK, key, Cancel(), new_origin(), now, known) for _ in range(50))
        )
        assert [outcome.fact for outcome in outcomes if outcome.fact] == [task.Cancelled(attempt=0)]
        assert [event.type for event in await log.history(key)] == ["submitted", "cancelled"]


async def test_the_same_command_from_many_at_once_is_stored_once_and_all_succeed(log: EventLog) -> None:
    key, origin = new_task(), new_origin()
    outcomes = await asyncio.gather(*(submit(log, key, origin) for _ in range(30)))
    assert {outcome.fact for outcome in outcomes} == {SUBMITTED}
    assert len(await log.history(key)) == 1


async def test_an_ambiguous_answer_is_resolved_by_the_history(log: EventLog) -> None:
    """The event was stored but its answer lost; the same command comes again with an expectation that is now stale."""
    key, origin = new_task(), new_origin()
    stored = await log.append(key, SUBMITTED, origin, expected=0)
    await log.append(key, queued(), new_origin(), expected=stored.sequence)
    again = await log.append(key, SUBMITTED, origin, expected=0)
    assert (again.sequence, again.duplicate) == (stored.sequence, True)


async def test_following_gives_everything_in_order_then_what_comes(log: EventLog) -> None:
    keys = [new_task() for _ in range(20)]
    for key in keys:
        await submit(log, key)
    reading = asyncio.create_task(read(log, 5, 16))
    late = new_task()
    await submit(log, late)
    events = await reading
    assert [event.sequence for event in events] == list(range(6, 22))
    assert [event.key for event in events] == [*keys[5:], late]


async def test_what_was_stored_is_republished_and_not_what_was_refused(core: Client, log: EventLog) -> None:
    key = new_task()
    republished = await core.subscribe(f"{LOG_PREFIX}.>")
    await core.flush()
    await submit(log, key)
    with pytest.raises(ConflictError):
        await log.append(key, queued(), new_origin(), expected=0)
    await execute(log, TASK, key, Queue(), new_origin(), now)
    heard = [await republished.next_msg(5) for _ in range(2)]
    assert [
        (message.subject, int((message.headers or {})["Nats-Sequence"]), event_id_in(message.data)) for message in heard
    ] == [
        (f"{LOG_PREFIX}.{event.key.subject(event.type)}", event.sequence, str(event.id))
        for event in await log.history(key)
    ]
    assert republished.pending_msgs == 0


def event_id_in(body: bytes) -> str:
    known: str = json.loads(body)["id"]
    return known


async def test_nothing_is_lost_or_doubled_when_the_broker_is_killed(broker: Services, log: EventLog) -> None:
    keys = [new_task() for _ in range(6)]
    reading = asyncio.create_task(read(log, 0, len(keys)))
    for number, key in enumerate(keys):
        if number == 3:
            await broker["nats"].kill()
        origin = new_origin()
        async with asyncio.timeout(120):
            while True:
                try:
                    await submit(log, key, origin)
                    break
                except LogUnavailableError:
                    continue
    events = await reading
    assert [event.key for event in events] == keys
    for key in keys:
        assert (await load(log, TASK, key)).state.status is Status.SUBMITTED


async def test_the_log_can_neither_be_deleted_from_nor_purged(core: Client, log: EventLog) -> None:
    outcome = await submit(log, new_task())
    js = core.jetstream()
    for attempt in (js.delete_msg(EVENTS, outcome.known.sequence), js.purge_stream(EVENTS)):
        with pytest.raises((BadRequestError, Exception)) as refusal:
            await attempt
        assert "not permitted" in str(refusal.value) or "denied" in str(refusal.value)
    assert await log.last_sequence() == 1


async def test_making_the_stream_twice_is_fine(core: Client) -> None:
    await asyncio.gather(*(ensure_events(core.jetstream(), StreamSettings()) for _ in range(5)))
