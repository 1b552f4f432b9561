"""Many appends at once: they go to the broker as batches, and each has the outcome that it would have had alone."""

import asyncio
from collections import Counter

import pytest
from nats.aio.client import Client
from nats.js.errors import APIError

from core.events import task
from core.events.envelope import Fact, Recorded
from core.events.subjects import EVENTS, AggregateKey
from core.nats.commit import LEAST, MOST
from core.nats.log import Appended, ConflictError, EventLog, LogUnavailableError
from infra.embedded.services import Services
from tests.integration.nats.test_log import new_origin, new_task, read
from tests.unit.domain.task_facts import SUBMITTED, queued

MANY = 60


async def submitted(log: EventLog, key: AggregateKey) -> Appended:
    return await log.append(key, SUBMITTED, new_origin(), expected=0)


async def whole(log: EventLog) -> list[Recorded[Fact]]:
    return await read(log, 0, await log.last_sequence())


async def batches(core: Client) -> Counter[str]:
    """How many messages of the log came in each batch; those that came alone under the empty name."""
    js = core.jetstream()
    last = (await js.stream_info(EVENTS)).state.last_seq
    stored = [await js.get_msg(EVENTS, sequence, direct=True) for sequence in range(1, last + 1)]
    return Counter((message.headers or {}).get("Nats-Batch-Id", "") for message in stored)


async def test_each_of_many_is_stored_once_where_it_is_told(core: Client, log: EventLog) -> None:
    keys = [new_task() for _ in range(MANY)]
    placed = await asyncio.gather(*(submitted(log, key) for key in keys))
    assert {event.key: event.sequence for event in await whole(log)} == {
        key: one.sequence for key, one in zip(keys, placed, strict=True)
    }
    assert len(await whole(log)) == MANY
    sizes = await batches(core)
    assert max(sizes.values()) >= LEAST
    assert sizes[""] < MANY / 2, "they did not go together"


async def test_one_alone_does_not_become_a_batch(core: Client, log: EventLog) -> None:
    for _ in range(2):
        await submitted(log, new_task())
    assert await batches(core) == {"": 2}


async def test_those_that_come_after_a_batch_may_gather_for_the_next(core: Client) -> None:
    log = EventLog(core, gather_s=2.0)
    await asyncio.gather(*(submitted(log, new_task()) for _ in range(MANY)))
    async with asyncio.TaskGroup() as group:
        for _ in range(LEAST):
            group.create_task(submitted(log, new_task()))
            await asyncio.sleep(0.002)  # time enough for each to go alone
    assert sorted((await batches(core)).values())[-2:] == [LEAST, MANY - 1], "one went alone before all"


async def test_none_that_gathers_waits_for_others_for_ever(core: Client) -> None:
    log = EventLog(core, gather_s=0.5)
    await asyncio.gather(*(submitted(log, new_task()) for _ in range(MANY)))
    async with asyncio.timeout(20):
        last = await submitted(log, new_task())
    assert last.sequence == MANY + 1
    assert (await batches(core))[""] == 2


async def test_a_full_batch_gathers_no_longer(core: Client) -> None:
    log = EventLog(core, gather_s=60.0)
    await asyncio.gather(*(submitted(log, new_task()) for _ in range(MANY)))
    async with asyncio.timeout(20):
        await asyncio.gather(*(submitted(log, new_task()) for _ in range(MOST)))
    assert MOST in (await batches(core)).values()


async def test_of_two_decisions_on_one_state_in_a_crowd_one_wins(log: EventLog) -> None:
    """In one batch the broker would store both."""
    keys = [new_task() for _ in range(MANY)]
    placed = await asyncio.gather(*(submitted(log, key) for key in keys))

    async def decide(key: AggregateKey, fact: task.TaskEvent, expected: int) -> bool:
        try:
            await log.append(key, fact, new_origin(), expected=expected)
        except ConflictError:
            return False
        return True

    facts = (queued(), task.Cancelled(attempt=0), task.CancelRequested())
    won = await asyncio.gather(
        *(decide(key, fact, one.sequence) for key, one in zip(keys, placed, strict=True) for fact in facts)
    )
    assert sum(won) == MANY
    assert Counter(event.key for event in await whole(log)) == Counter(dict.fromkeys(keys, 2))


async def test_one_that_is_refused_takes_no_other_with_it(log: EventLog) -> None:
    keys = [new_task() for _ in range(MANY)]
    await submitted(log, keys[MANY // 2])
    placed = await asyncio.gather(*(submitted(log, key) for key in keys), return_exceptions=True)
    refused = [number for number, one in enumerate(placed) if isinstance(one, ConflictError)]
    assert refused == [MANY // 2]
    assert sorted(one.sequence for one in placed if isinstance(one, Appended)) == list(range(2, MANY + 1))


async def test_a_command_that_comes_again_in_a_crowd_counts_once(log: EventLog) -> None:
    keys = [new_task() for _ in range(MANY)]
    origin = new_origin()
    first = await log.append(keys[0], SUBMITTED, origin, expected=0)
    again, *_ = await asyncio.gather(
        log.append(keys[0], SUBMITTED, origin, expected=0), *(submitted(log, key) for key in keys[1:])
    )
    assert (again.sequence, again.duplicate) == (first.sequence, True)
    assert len(await whole(log)) == MANY


async def test_a_stream_that_takes_no_batches_is_written_to_one_by_one(core: Client, log: EventLog) -> None:
    js = core.jetstream()
    config = (await js.stream_info(EVENTS)).config
    config.allow_atomic = False
    try:
        await js.update_stream(config)
    except APIError as error:
        pytest.fail(f"the broker does not let it be turned off: {error}")
    await asyncio.gather(*(submitted(log, new_task()) for _ in range(MANY)))
    assert await batches(core) == {"": MANY}


async def test_nothing_is_lost_or_doubled_when_the_broker_is_killed_under_a_crowd(
    broker: Services, log: EventLog
) -> None:
    keys = [new_task() for _ in range(3 * MANY)]

    async def patiently(key: AggregateKey) -> int:
        origin = new_origin()
        while True:
            try:
                return (await log.append(key, SUBMITTED, origin, expected=0)).sequence
            except LogUnavailableError:
                await asyncio.sleep(0.1)

    async with asyncio.timeout(120):
        working = asyncio.gather(*map(patiently, keys))
        await asyncio.sleep(0.02)
        await broker["nats"].kill()
        placed = await working
    stored = {event.key: event.sequence for event in await whole(log)}
    assert stored == dict(zip(keys, placed, strict=True))
    assert len(await whole(log)) == len(keys)


async def test_one_that_is_cancelled_on_its_way_holds_up_nobody(log: EventLog) -> None:
    first = asyncio.create_task(submitted(log, new_task()))
    await asyncio.sleep(0)
    others = [asyncio.create_task(submitted(log, new_task())) for _ in range(MANY)]
    await asyncio.sleep(0)
    first.cancel()
    async with asyncio.timeout(10):
        placed = await asyncio.gather(*others)
    assert len({one.sequence for one in placed}) == MANY
    assert first.cancelled()
