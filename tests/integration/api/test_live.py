from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import httpx2

from api.live.hub import Hub, TaskReader
from api.parts import Parts
from core.events.ids import RunnerId, new_id
from core.protocol.live import LogLines, Phase, PhaseBegan
from tests.integration.api.fleet import Fleet
from tests.integration.api.user import User, check_problem

Told = list[tuple[str, str | None, Any]]


@contextlib.asynccontextmanager
async def following(client: httpx2.AsyncClient, task: str, **headers: str) -> AsyncIterator[AsyncIterator[Any]]:
    async with client.stream("GET", f"/api/v1/tasks/{task}/live?log=true", headers=headers) as response:
        assert response.status_code == 200
        assert response.headers["content-type"].startswith("text/event-stream")
        yield aiter(httpx2.EventSource(response))


async def rest(messages: AsyncIterator[Any]) -> Told:
    return [(message.event, message.id or None, message.json()) async for message in messages]


def names(told: Told) -> list[str]:
    return [data["type"] if kind == "event" else kind for kind, _, data in told]


async def test_a_stream_catches_up_goes_on_and_ends(user: User, fleet: Fleet, streaming: httpx2.AsyncClient) -> None:
    task = await user.submit()
    async with following(streaming, task["id"]) as messages:
        first = await anext(messages)
        assert (first.event, first.json()["type"], first.id) == ("event", "task.submitted", str(task["sequence"]))
        await fleet.start(task["id"])
        assert [(await anext(messages)).json()["type"] for _ in range(2)] == ["task.queued", "task.started"]
        at = datetime.now(UTC)
        await fleet.show(task["id"], PhaseBegan(attempt=1, phase=Phase.LOADING, at=at))
        phase = await anext(messages)
        assert (phase.event, phase.json()["phase"], phase.json()["attempt"]) == ("phase", "loading", 1)
        await fleet.show(task["id"], LogLines(attempt=1, n=1, lines=("one", "two")))
        lines = [await anext(messages) for _ in range(2)]
        assert [line.json() for line in lines] == [
            {"attempt": 1, "n": 1, "line": "one"},
            {"attempt": 1, "n": 2, "line": "two"},
        ]
        last = await fleet.complete(task["id"], log__txt=b"one\ntwo\nthree\n")
        told = await rest(messages)
    assert names(told) == ["log", "task.completed"]
    assert told[0][2] == {"attempt": 1, "n": 3, "line": "three"}
    assert told[1][1] == str(last)


async def test_a_task_that_has_ended_is_told_whole(user: User, fleet: Fleet, streaming: httpx2.AsyncClient) -> None:
    task = await user.submit()
    started = await fleet.start(task["id"])
    await fleet.complete(task["id"], log__txt=b"one\ntwo")
    async with following(streaming, task["id"]) as messages:
        told = await rest(messages)
    assert names(told) == ["task.submitted", "task.queued", "task.started", "log", "log", "task.completed"]
    async with following(streaming, task["id"], **{"Last-Event-ID": str(started)}) as messages:
        assert names(await rest(messages)) == ["log", "log", "task.completed"]
    async with following(streaming, task["id"], **{"Last-Event-ID": told[-1][1] or ""}) as messages:
        assert await rest(messages) == []


async def test_who_comes_late_sees_what_was_shown_last(user: User, fleet: Fleet, streaming: httpx2.AsyncClient) -> None:
    task = await user.submit()
    await fleet.start(task["id"])
    async with following(streaming, task["id"]) as early, asyncio.timeout(120):
        await fleet.show(task["id"], PhaseBegan(attempt=1, phase=Phase.TIMING, at=datetime.now(UTC)))
        while (await anext(early)).event != "phase":
            pass
        async with following(streaming, task["id"]) as late:
            assert [(await anext(late)).event for _ in range(4)] == ["event", "event", "event", "phase"]


async def test_only_who_was_given_the_task_has_a_say(user: User, fleet: Fleet, streaming: httpx2.AsyncClient) -> None:
    task = await user.submit()
    stranger = RunnerId(new_id())
    async with following(streaming, task["id"]) as messages:
        await fleet.show(task["id"], LogLines(attempt=1, n=1, lines=("before it began",)), by=stranger)
        await fleet.start(task["id"])
        for by, line in ((stranger, "nonsense"), (fleet.id, "truth")):
            await fleet.show(task["id"], LogLines(attempt=1, n=1, lines=(line,)), by=by)
        async with asyncio.timeout(10):
            while (told := await anext(messages)).event != "log":
                pass
        assert told.json()["line"] == "truth"
    async with following(streaming, task["id"]) as late, asyncio.timeout(10):
        while (told := await anext(late)).event != "log":
            pass
        assert told.json()["line"] == "truth"


async def test_many_readers_see_every_event_once_in_order(
    user: User, fleet: Fleet, streaming: httpx2.AsyncClient
) -> None:
    tasks = [await user.submit() for _ in range(4)]

    async def follow(task: str) -> list[str]:
        async with following(streaming, task) as messages:
            return names(await rest(messages))

    readers = [asyncio.create_task(follow(task["id"])) for task in tasks for _ in range(5)]
    for task in tasks:
        await fleet.start(task["id"])
        await fleet.complete(task["id"])
    for told in await asyncio.gather(*readers):
        assert told == ["task.submitted", "task.queued", "task.started", "task.completed"]


async def test_what_cannot_be_followed_is_a_problem(user: User) -> None:
    unknown = "01990d5d-ac96-774b-bcce-b302099a8057"
    check_problem(await user.http.get(f"/api/v1/tasks/{unknown}/live"), 404, "task_unknown")


async def test_a_slow_reader_is_cut_off_and_others_are_not(user: User, fleet: Fleet, parts: Parts) -> None:
    task = await user.submit()
    hub = parts.hub
    with hub.reader(_id(task)) as slow, hub.reader(_id(task)) as quick:
        taken = asyncio.create_task(_take(quick, 1200))
        for n in range(1, 1201):
            await fleet.show(task["id"], LogLines(attempt=1, n=n, lines=("x",)))
        assert len(await asyncio.wait_for(taken, 20)) == 1200
        assert slow.over
        assert not quick.over


async def _take(reader: TaskReader, count: int) -> list[Any]:
    taken: list[Any] = []
    async for item in reader.items():
        taken.append(item)
        if len(taken) == count:
            break
    return taken


def _id(task: Any) -> UUID:
    return UUID(task["id"])


async def test_closing_the_hub_ends_its_streams(user: User, parts: Parts) -> None:
    task = await user.submit()
    hub = Hub(parts.tail, parts.hub._shown, parts.numbers, queue=10)
    with hub.reader(_id(task)) as reader:
        taken = asyncio.create_task(_take(reader, 1))
        await asyncio.sleep(0)
        hub.close()
        assert await asyncio.wait_for(taken, 5) == []
