"""One id from the request to the engine's attempt and back."""

from __future__ import annotations

import json
from collections import defaultdict

import pytest

from infra.embedded.stack import Stack
from tests.e2e.user import User
from tests.integration.api.user import Json

pytestmark = pytest.mark.engine


async def test_a_trace_leads_through_every_process(stack: Stack, user: User, by_api: dict[str, Json]) -> None:
    task = by_api["resnet"]["id"]
    events = (await user.get(f"/tasks/{task}/events"))["items"]
    [trace] = {event["correlationid"].replace("-", "") for event in events}
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
