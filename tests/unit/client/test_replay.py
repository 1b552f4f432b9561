"""What `mgeprof replay` asks for and prints."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
import typer

from client.cli.replay import fleet_report, moment_of, replay_report, step_report
from client.replay import FleetThen, Replay, ReplayStep
from tests.unit.client.test_render import line_with, shown

RUNNING = {"status": "running", "attempt": 2, "losses": 1}
STEP: dict[str, Any] = {
    "event": {"id": "e", "type": "task.started", "sequence": 41, "data": {"reason": "fair_share", "waiting": 3}},
    "state": RUNNING,
    "changes": [{"field": "status", "before": "queued", "after": "running"}],
}


def test_a_moment_is_a_place_in_the_log_or_a_time() -> None:
    assert moment_of(None, "--at") is None
    assert moment_of("120", "--at") == 120
    assert moment_of("2026-01-31T12:00:00Z", "--at") == datetime(2026, 1, 31, 12, tzinfo=UTC)
    local = moment_of("2026-01-31 12:00", "--at")
    assert isinstance(local, datetime)
    assert local == datetime(2026, 1, 31, 12).astimezone()
    with pytest.raises(typer.BadParameter, match="neither a sequence"):
        moment_of("yesterday", "--at")


def test_a_replay_says_what_each_event_changed_and_what_differs() -> None:
    told = {"before": {"status": "queued"}, "after": RUNNING, "changes": STEP["changes"], "steps": [STEP], "more": 2}
    text = shown(replay_report(Replay.read(told)))
    assert "status queued → running" in line_with(text, "41")
    assert "since then: status queued → running" in text
    assert "2 more events came later" in text
    assert "since then" not in shown(replay_report(Replay.read({**told, "before": {"status": "new"}})))


def test_a_step_says_why_it_was_decided() -> None:
    text = shown(step_report(ReplayStep.read(STEP)))
    assert "because: reason fair_share, waiting 3" in text
    assert "stands: running, attempt 2, 1 lost" in text


def test_the_fleet_shows_who_was_chosen_and_who_could_not_be() -> None:
    runner = {"platform": "x86", "pool": "public", "engines": [{"version": "1.13.0"}], "slots": 1}
    found = {
        "choice": {
            "attempt": 1,
            "runner": "first",
            "reason": "only",
            "waiting": 1,
            "beat_age_s": 0.25,
            "sequence": 41,
            "time": "2026-01-31T12:00:00Z",
        },
        "runners": [
            {**runner, "id": "first", "usable": True, "chosen": True, "present": True},
            {**runner, "id": "second", "drained": True, "present": True},
            {**runner, "id": "third"},
        ],
    }
    text = shown(fleet_report(FleetThen.read(found)))
    assert "Why: only; 1 could have gone there; its last beat was 0.2 s old." in text
    for name, *words in (("first ", "usable", "chosen"), ("second", "drained"), ("third", "away")):
        assert all(word in line_with(text, name + " ") for word in words)
