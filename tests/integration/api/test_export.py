"""The log as JSON lines that can be checked: between times, and as far as the caller may see it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from client.chain import CheckedLog, checked_events
from tests.integration.api.conftest import MakeUser
from tests.integration.api.fleet import Fleet
from tests.integration.api.user import Json, User, check_problem

EXPORT = "/api/v1/events/export"


async def copied(user: User, **query: Any) -> tuple[list[Json], CheckedLog]:
    """The events of a copy whose chain of digests holds."""
    answer = await user.http.get(EXPORT, params=query)
    assert answer.status_code == 200, answer.text
    checked = CheckedLog()
    return list(checked_events(answer.text.splitlines(), checked)), checked


async def test_a_copy_between_two_times(user: User, fleet: Fleet) -> None:
    task = await user.submit()
    await fleet.start(task["id"])
    await fleet.complete(task["id"])
    whole, _ = await copied(user, thing=task["id"])
    assert [one["type"][5:] for one in whole] == ["submitted", "queued", "started", "completed"]

    async def between(**times: str) -> list[str]:
        told, checked = await copied(user, thing=task["id"], **times)
        # The same part of the log, asked for by places, is the same to the last digest.
        places = {"after": checked.begin["after"], "upto": checked.begin["upto"]}
        assert (await copied(user, thing=task["id"], **places))[1].digest == checked.digest
        return [one["type"][5:] for one in told]

    queued, started = whole[1]["time"], whole[2]["time"]
    assert await between(since=started) == ["started", "completed"]
    assert await between(until=started) == ["submitted", "queued"]
    assert await between(since=queued, until=started) == ["queued"]
    assert await between(since=started, until=queued) == []
    assert await between(since=(datetime.now(UTC) + timedelta(days=1)).isoformat()) == []
    check_problem(await user.http.get(EXPORT, params={"since": "2026-01-01T00:00:00"}), 422, "invalid_request")


async def test_a_second_person_sees_and_copies_their_own_part_only(make_user: MakeUser, fleet: Fleet) -> None:
    owner, other = await make_user(), await make_user()
    kept = await owner.submit()
    task = await other.submit()
    await fleet.start(kept["id"])
    last = await fleet.start(task["id"])
    hidden = {str(owner.member.account), kept["id"], kept["model"]["id"]}
    own = {str(other.member.account), task["id"], task["model"]["id"]}

    async def things(who: User) -> list[set[str]]:
        """What the log is about for somebody: from its end backwards, from its beginning, and as a copy."""
        await who.get("/me", last)
        part = {"after": owner.member.sequence - 1}
        newest = (await who.get("/events", **part, order="desc", limit=500))["items"]
        oldest = (await who.get("/events", **part, limit=500))["items"]
        copy, _ = await copied(who, **part)
        return [{one["subject"].split(".")[-1] for one in events} for events in (newest, oldest, copy)]

    for seen in await things(other):
        assert own <= seen
        assert not hidden & seen
    for seen in await things(owner):
        assert hidden <= seen
        assert not own & seen
