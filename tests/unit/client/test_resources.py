from __future__ import annotations

import pytest

from client.models import RecordedEvent, Task


def test_unknown_fields_are_kept_in_the_document() -> None:
    document = {"id": "t", "state": "queued", "lane": {"name": "x"}, "summary": None}
    task = Task.read(document)
    assert task.document == document
    assert not task.ended


@pytest.mark.parametrize("written", ["completed", "task.completed", "mgeprof.task.completed.v2"])
def test_an_event_knows_its_short_type(written: str) -> None:
    assert RecordedEvent(id="e", type=written, sequence=1).short_type == "completed"


def test_artifacts_are_found_by_name() -> None:
    task = Task.read({"id": "t", "state": "failed", "artifacts": [{"name": "log.txt"}]})
    found = task.artifact("log.txt")
    assert found is not None
    assert found.name == "log.txt"
    assert task.artifact("profile.json") is None
