"""One id from the request to the engine's attempt and back, in every line and in the spans that a collector gets."""

from __future__ import annotations

import asyncio
import json
from collections import defaultdict

import pytest

from infra.embedded.stack import Stack
from tests.e2e.collector import Collector, Seen
from tests.e2e.user import User
from tests.integration.api.user import Json

pytestmark = pytest.mark.engine

PATIENCE_S = 120
CHAIN = (
    ("mgeprof-projector", "apply"),
    ("mgeprof-scheduler", "task.completed"),
    ("mgeprof-scheduler", "report"),
    ("mgeprof-runner", "attempt"),
    ("mgeprof-scheduler", "task.started"),
    ("mgeprof-scheduler", "assign"),
    ("mgeprof-scheduler", "task.queued"),
    ("mgeprof-api", "task.submitted"),
    ("mgeprof-api", "POST /api/v1/tasks"),
)
"""From the last thing that a run sets off up to what the caller sent."""
PHASES = ["fetching", "starting", "loading", "warming_up", "timing", "profiling", "analysing", "uploading"]


async def trace_of(user: User, task: str) -> str:
    events = (await user.get(f"/tasks/{task}/events"))["items"]
    [trace] = {event["correlationid"].replace("-", "") for event in events}
    return str(trace)


async def test_a_trace_leads_through_every_process(stack: Stack, user: User, by_api: dict[str, Json]) -> None:
    trace = await trace_of(user, by_api["resnet"]["id"])
    actions = defaultdict(set)
    for process in ("api", "scheduler", "runner"):
        for line in (stack.home.logs / f"{process}.log").read_text().splitlines():
            if trace in line:
                said = json.loads(line)
                assert said["trace_id"] == trace
                actions[process].add(said["action"])
    assert "request" in actions["api"]
    assert "started" in actions["scheduler"]
    assert "attempt_begins" in actions["runner"]


async def test_a_collector_gets_one_trace_of_a_run(
    user: User, by_command_line: dict[str, Json], collector: Collector
) -> None:
    """Submitted by a command, which names a trace and a span of its own as pages do."""
    task = by_command_line["resnet"]["id"]
    trace = await trace_of(user, task)
    async with asyncio.timeout(PATIENCE_S):
        while (chain := _chain(collector.of(trace))) is None:  # noqa: ASYNC110 - other processes' spans
            await asyncio.sleep(0.1)
    assert [(one.service, one.name) for one in chain] == list(CHAIN)
    top, attempt = chain[-1], chain[3]
    assert top.above not in {"", *(one.id for one in collector.of(trace))}
    assert (top.attributes["http.response.status_code"], attempt.attributes["mgeprof.result"]) == (201, "completed")
    phases = sorted((one for one in collector.of(trace) if one.above == attempt.id), key=lambda one: one.begun)
    assert [one.name for one in phases if one.service == "mgeprof-runner"] == PHASES
    assert attempt.begun <= phases[0].begun
    assert phases[-1].name == "report" or phases[-1].ended <= attempt.ended
    [waited] = [one for one in collector.of(trace) if one.name == "wait"]
    assert waited.above == chain[6].id
    assert not any(one.failed for one in collector.of(trace))
    assert {one.attributes["mgeprof.id"] for one in chain[:8]} == {task}


def _chain(seen: list[Seen]) -> list[Seen] | None:
    """From the completion's reading up to the top; None while a part of it is under way."""
    by_id = {one.id: one for one in seen}
    ends = [one for one in seen if one.name == "apply" and one.attributes["mgeprof.event"] == "task.completed"]
    if not ends:
        return None
    chain = ends[:1]
    while (above := by_id.get(chain[-1].above)) is not None:
        chain.append(above)
    return chain if len(chain) >= len(CHAIN) else None
