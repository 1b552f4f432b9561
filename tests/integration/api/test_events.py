"""The whole log over HTTP: in pages and as a stream, as far as each person may see it."""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import httpx2

from api.events.fan import EventReader, Fan
from api.events.filters import EventFilter
from api.identity import Identity
from api.parts import Parts
from core.events.account import Role
from core.events.envelope import Origin
from core.events.ids import AccountId, CommandId, ModelId, RunnerId, new_id
from core.events.model import Uploaded
from core.events.runner import Pool
from core.events.subjects import model_key
from core.process import cancel_all
from tests.integration.api.conftest import MakeUser
from tests.integration.api.fleet import Fleet
from tests.integration.api.user import Json, User, check_problem

EVENTS, STREAM = "/api/v1/events", "/api/v1/events/stream"


async def page(user: User, **query: Any) -> Json:
    answer: Json = await user.get("/events", **query)
    return answer


def types(answer: Json) -> list[str]:
    return [one["type"] for one in answer["items"]]


async def append(parts: Parts, owner: UUID, count: int) -> list[int]:
    """Events of an account: uploads of models that are not there. Gives their sequences."""
    told = []
    for _ in range(count):
        origin = Origin(CommandId(new_id()), AccountId(owner), owner, new_id())
        fact = Uploaded(sha256="ab" * 32, size=1)
        told.append((await parts.log.append(model_key(ModelId(new_id())), fact, origin, expected=0)).sequence)
    return told


async def test_the_log_in_pages(user: User, fleet: Fleet) -> None:
    task = await user.submit()
    await fleet.start(task["id"])
    other = await user.submit()
    last = await fleet.complete(task["id"])
    whole = await page(user, thing=task["id"])
    assert types(whole) == ["task.submitted", "task.queued", "task.started", "task.completed"]
    assert not whole["more"]
    assert whole["next_after"] >= last  # others' events may have followed
    assert whole["items"][0] == (await user.get(f"/tasks/{task['id']}/events"))["items"][0]

    found: list[Json] = []
    after, more = task["sequence"] - 1, True
    while more:
        one = await page(user, thing=[task["id"], other["id"]], after=after, limit=2)
        assert len(one["items"]) <= 2
        found, after, more = found + one["items"], one["next_after"], one["more"]
    assert [one["subject"][-36:] for one in found] == [task["id"]] * 3 + [other["id"], task["id"]]

    found, before, more = [], None, True
    while more:
        asked = {"thing": [task["id"], other["id"]], "order": "desc", "limit": 2}
        one = await page(user, **asked, **({} if before is None else {"before": before}))
        assert len(one["items"]) <= 2
        found, before, more = found + one["items"], one["next_before"], one["more"]
    assert [one["type"][5:] for one in found] == ["completed", "submitted", "started", "queued", "submitted"]
    assert [one["sequence"] for one in found] == sorted((one["sequence"] for one in found), reverse=True)

    both = {"thing": task["id"], "type": ["task.queued", "task.completed"]}
    assert types(await page(user, **both)) == ["task.queued", "task.completed"]
    assert types(await page(user, **both, actor=str(fleet.id))) == ["task.queued", "task.completed"]
    assert types(await page(user, **both, platform="cuda")) == []
    assert types(await page(user, thing=task["id"], aggregate="runner")) == []
    started = whole["items"][2]["time"]
    assert types(await page(user, thing=task["id"], since=started)) == ["task.started", "task.completed"]
    assert types(await page(user, thing=task["id"], until=started)) == ["task.submitted", "task.queued"]
    newest = {"thing": task["id"], "order": "desc"}
    assert types(await page(user, **newest, since=started)) == ["task.completed", "task.started"]
    assert types(await page(user, **newest, until=started)) == ["task.queued", "task.submitted"]
    second = whole["items"][1]["sequence"]
    assert types(await page(user, thing=task["id"], after=second, before=last)) == ["task.started"]
    assert types(await page(user, **newest, after=second, before=last)) == ["task.started"]
    assert await page(user, **newest, before=0) == {"items": [], "next_after": None, "next_before": 0, "more": False}
    check_problem(await user.http.get(EVENTS, params={"type": "task.exploded"}), 422, "invalid_request")


async def test_who_may_see_follows_ownership_as_it_is_now(make_user: MakeUser, user: User, fleet: Fleet) -> None:
    owner, other, guest = await make_user(), await make_user(), await make_user(role=Role.GUEST)
    admin = await make_user(role=Role.ADMIN)
    task = await owner.submit()

    async def seen_by(who: User, thing: str, sequence: int = 0) -> bool:
        await user.get("/me", sequence)
        return bool((await page(who, thing=thing))["items"])

    assert [await seen_by(who, task["id"]) for who in (owner, admin, other, guest)] == [True, True, False, False]
    shown = await owner.http.patch(f"/api/v1/tasks/{task['id']}", json={"visibility": "team"})
    now = int(shown.headers["Mgeprof-Sequence"])
    assert [await seen_by(who, task["id"], now) for who in (owner, admin, other, guest)] == [True, True, True, False]
    hidden = await owner.http.patch(f"/api/v1/tasks/{task['id']}", json={"visibility": "private"})
    assert not await seen_by(other, task["id"], int(hidden.headers["Mgeprof-Sequence"]))

    runner = Fleet(fleet.log, fleet.store, fleet.run, RunnerId(new_id()))
    enrolled = await runner.enrol(Pool.PRIVATE, owner.member.account)
    assert [await seen_by(who, str(runner.id), enrolled) for who in (owner, other)] == [True, False]
    body = {"account": str(other.member.account)}
    granted = await owner.http.post(f"/api/v1/runners/{runner.id}/grants", json=body)
    assert await seen_by(other, str(runner.id), int(granted.headers["Mgeprof-Sequence"]))
    assert "runner.granted" in types(await page(other, thing=str(runner.id)))
    assert "runner.granted" not in types(await page(guest, thing=str(runner.id)))
    mine = types(await page(other, thing=str(other.member.account)))
    assert mine == ["account.registered"] != types(await page(owner, thing=str(other.member.account)))


@contextlib.asynccontextmanager
async def reading(client: httpx2.AsyncClient, query: Json, **headers: str) -> AsyncIterator[AsyncIterator[Any]]:
    async with client.stream("GET", STREAM, params=query, headers=headers) as answer:
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("text/event-stream")
        yield (message async for message in httpx2.EventSource(answer) if message.event == "event")


async def sequences(client: httpx2.AsyncClient, query: Json, **headers: str) -> list[int]:
    async with reading(client, query, **headers) as messages:
        return [int(message.id) async for message in messages]


async def test_a_stream_replays_and_goes_on(user: User, fleet: Fleet, streaming: httpx2.AsyncClient) -> None:
    task = await user.submit()
    await fleet.start(task["id"])
    mine = {"thing": task["id"], "after": 0}
    async with reading(streaming, mine) as messages, asyncio.timeout(60):
        told = [(await anext(messages)).json() for _ in range(3)]
        last = await fleet.complete(task["id"])
        told.append((await anext(messages)).json())
    items = (await page(user, thing=task["id"]))["items"]
    assert told == [{name: value for name, value in one.items() if value is not None} for one in items]
    assert told[-1]["sequence"] == last
    ended = {"thing": task["id"], "follow": "false"}
    assert await sequences(streaming, {**ended, "after": 0}) == [one["sequence"] for one in told]
    assert await sequences(streaming, {**ended, "after": 0}, **{"Last-Event-ID": str(told[2]["sequence"])}) == [last]
    assert await sequences(streaming, {**ended, "since": told[2]["time"], "type": "task.completed"}) == [last]
    assert await sequences(streaming, ended) == []


async def test_what_is_shown_while_it_is_followed(
    make_user: MakeUser, fleet: Fleet, streaming: httpx2.AsyncClient
) -> None:
    owner, other = await make_user(), await make_user()
    task = await owner.submit()
    query = {"thing": task["id"], "after": 0}
    async with (
        reading(streaming, query, Authorization=f"Bearer {other.member.key}") as messages,
        asyncio.timeout(60),
    ):
        await fleet.queue(task["id"])
        for visibility in ("team", "private"):
            await owner.http.patch(f"/api/v1/tasks/{task['id']}", json={"visibility": visibility})
        await owner.http.patch(f"/api/v1/tasks/{task['id']}", json={"visibility": "team"})
        told = await anext(messages)
        while told.json()["data"] != {"visibility": "team"}:
            told = await anext(messages)
        last = await fleet.start(task["id"])
        while int(told.id) < last:
            told = await anext(messages)


async def test_a_stream_ends_with_what_let_in(
    make_user: MakeUser, user: User, parts: Parts, streaming: httpx2.AsyncClient
) -> None:
    for how in ("key", "role"):
        member = await make_user()
        async with (
            reading(streaming, {}, Authorization=f"Bearer {member.member.key}") as messages,
            asyncio.timeout(60),
        ):
            await asyncio.sleep(0.1)
            if how == "key":
                await parts.pool.execute(
                    "UPDATE api_keys SET revoked_at = now() WHERE account = $1", member.member.account
                )
            else:
                changed = await user.http.patch(f"/api/v1/users/{member.member.account}", json={"role": "guest"})
                assert changed.status_code == 200
            async for _ in messages:
                pass  # the account's own events; then the end
        if how == "key":
            answer = await streaming.get(STREAM, headers={"Authorization": f"Bearer {member.member.key}"})
            check_problem(answer, 401, "token_refused")


async def test_a_slow_reader_is_cut_off_and_nobody_notices(parts: Parts, make_user: MakeUser) -> None:
    member = (await make_user()).member
    who = Identity(member.account, member.name)
    fan = Fan(parts.tail, parts.fan.ask, parts.numbers, queue=5)
    handing = asyncio.create_task(fan.run())
    await fan.begun()
    slow, quick = (fan.reader(who, EventFilter()) for _ in range(2))
    with fan.reading(slow), fan.reading(quick):
        fan.go_live(slow)
        fan.go_live(quick)
        taking = asyncio.create_task(take(quick, 20))
        told = []
        for _ in range(20):
            told += await append(parts, member.account, 1)
            await asyncio.sleep(0.06)  # slower than readers are woken
        assert await asyncio.wait_for(taking, 60) == told
        assert slow.over
        assert slow.idle
    await cancel_all([handing])


async def take(reader: EventReader, count: int) -> list[int]:
    told: list[int] = []
    while len(told) < count and not reader.over:
        told += [one.sequence for one in await reader.take(3, 1.0)]
    return told


async def test_reconnecting_loses_nothing_and_doubles_nothing(
    parts: Parts, make_user: MakeUser, streaming: httpx2.AsyncClient, soak: bool
) -> None:
    """Forced at random moments while events come; each reader has its own rhythm."""
    wanted, readers = (1_000, 20) if soak else (24, 3)
    chance, member = random.Random(7), await make_user()
    appended = await append(parts, member.member.account, 1)
    breaks, done = 0, asyncio.Event()

    def is_whole(told: list[int]) -> bool:
        return done.is_set() and told[-1] >= appended[-1]

    async def read_on(told: list[int], rhythm: random.Random) -> None:
        """One connection, until it is broken off."""
        headers = {"Authorization": f"Bearer {member.member.key}", "Last-Event-ID": str(told[-1])}
        async with reading(streaming, {"aggregate": "model"}, **headers) as messages:
            for _ in range(rhythm.choice((1, 3, 30))):
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(rhythm.uniform(0.005, 0.3)):
                        told.append(int((await anext(messages)).id))
                        continue
                return

    async def read(rhythm: random.Random) -> list[int]:
        nonlocal breaks
        told = [appended[0]]
        while not is_whole(told):
            await read_on(told, rhythm)
            breaks += 1
        return told

    tasks = [asyncio.create_task(read(random.Random(chance.random()))) for _ in range(readers)]
    async with asyncio.timeout(900 if soak else 120):
        while breaks < wanted:
            appended += await append(parts, member.member.account, chance.randrange(1, 12))
            await asyncio.sleep(chance.uniform(0, 0.05))
        done.set()
        for told in await asyncio.gather(*tasks):
            assert told == appended
