from __future__ import annotations

import pytest

from client.errors import CallerProblemError, NoAnswerError
from client.live import LiveItem, LogLine, Phase
from client.models import RecordedEvent
from tests.integration.client.conftest import Scripted
from tests.integration.client.scripted import TASK_ID, event, line, phase, problem


def told(items: list[LiveItem]) -> list[str]:
    return [
        item.type if isinstance(item, RecordedEvent) else item.phase if isinstance(item, Phase) else item.line
        for item in items
    ]


async def follow(scripted: Scripted) -> list[str]:
    return told([item async for item in scripted.client.follow(TASK_ID, log=True)])


async def test_tells_events_phases_and_lines_to_the_end(scripted: Scripted) -> None:
    scripted.script.streams.append(
        [event(1, "submitted"), ": ping\n\n", phase("loading"), line(1, "a: b"), event(9, "completed")]
    )
    assert await follow(scripted) == ["submitted", "loading", "a: b", "completed"]


async def test_goes_on_behind_the_last_event(scripted: Scripted) -> None:
    streams = scripted.script.streams
    streams.append([event(1, "submitted"), event(2, "queued")])
    streams.append([event(2, "queued"), event(3, "started"), line(1, "one"), line(2, "two")])
    streams.append([line(2, "two"), line(3, "three"), event(4, "failed")])
    scripted.script.fail("GET tasks/live", None, problem(503, "stopping"))
    assert await follow(scripted) == ["submitted", "queued", "started", "one", "two", "three", "failed"]
    asked = [headers.get("last-event-id") for headers in scripted.script.headers["GET tasks/live"]]
    assert asked == [None, "2", "2", "3"]


async def test_a_lost_attempt_is_not_the_end(scripted: Scripted) -> None:
    scripted.script.streams.append([event(3, "attempt_lost"), event(4, "queued"), event(5, "expired")])
    assert await follow(scripted) == ["attempt_lost", "queued", "expired"]


async def test_an_event_cut_in_two_is_told_once_and_whole(scripted: Scripted) -> None:
    whole = event(2, "completed")
    scripted.script.streams.append([event(1, "submitted"), whole[:25]])
    scripted.script.streams.append([whole[:25], whole[25:]])
    assert await follow(scripted) == ["submitted", "completed"]


async def test_an_unknown_run_is_said_at_once(scripted: Scripted) -> None:
    scripted.script.fail("GET tasks/live", problem(404, "task_unknown"))
    with pytest.raises(CallerProblemError, match="task_unknown"):
        await follow(scripted)


async def test_gives_up_when_the_server_stays_away(scripted: Scripted) -> None:
    scripted.script.streams.append([event(1, "submitted")])
    scripted.script.fail("GET tasks/live", None, *[problem(503, "stopping")] * 1000)
    with pytest.raises(NoAnswerError):
        await follow(scripted)


async def test_wait_gives_the_run_as_its_last_event_left_it(scripted: Scripted) -> None:
    scripted.script.streams.append([event(1, "submitted"), line(1, "x"), event(12, "completed")])
    scripted.script.task["state"] = "completed"
    seen: list[LiveItem] = []
    task = await scripted.client.wait(TASK_ID, seen.append, log=True)
    assert task.state == "completed"
    assert isinstance(seen[1], LogLine)
    assert scripted.script.headers["GET tasks"][0]["mgeprof-sequence"] == "12"
