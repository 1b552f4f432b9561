"""What outsiders are told is a CloudEvent 1.0, by the judgement of CloudEvents' own SDK."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from uuid import UUID

import pytest
from cloudevents.core.bindings.http import HTTPMessage, from_structured_event
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent

from api.events.resources import MEDIA_TYPE, EventResource
from core.events import codec
from core.events.envelope import Fact, Recorded
from core.events.ids import Aggregate, Platform
from core.events.subjects import AggregateKey
from tests.contract.events.examples import EXAMPLES
from tests.contract.events.golden_files import body_file

TIME = datetime(2026, 7, 30, 12, 0, 0, 123456, tzinfo=UTC)
THING = UUID("01890a5d-ac96-774b-bcce-b302099a0c01")


def event_of(name: str) -> Recorded[Fact]:
    aggregate, event_type, _version = name.split(".")
    key = AggregateKey(Aggregate(aggregate), Platform.X86, THING)
    return codec.decode(key.subject(event_type), 17, TIME, body_file(name).read_bytes())


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_event_is_a_cloudevent(name: str) -> None:
    event = event_of(name)
    told = EventResource.of(event).structured()
    read = JSONFormat().read(CloudEvent, told)
    assert (read.get_id(), read.get_type(), read.get_time()) == (str(event.id), event.name, TIME)
    assert read.get_subject() == f"{event.key.aggregate}.x86.{THING}"
    assert read.get_dataschema() == f"urn:mgeprof:event:{event.name}:{event.version}"
    assert read.get_extension("sequence") == 17
    assert read.get_extension("version") == event.version
    assert read.get_extension("causationid") == str(event.causation_id)
    assert read.get_data() == event.data.model_dump(mode="json", exclude={"type"})
    assert json.loads(JSONFormat().write(read)) | {"time": ""} == json.loads(told) | {"time": ""}


def test_what_an_event_does_not_have_is_left_out() -> None:
    told = json.loads(EventResource.of(event_of("model.uploaded.v1")).structured())
    assert "attempt" not in told
    assert json.loads(EventResource.of(event_of("task.started.v1")).structured())["attempt"] == 2


def test_it_travels_as_a_structured_message() -> None:
    body = EventResource.of(event_of("task.completed.v1")).structured().encode()
    read = from_structured_event(HTTPMessage({"content-type": MEDIA_TYPE}, body), JSONFormat())
    assert read.get_type() == "task.completed"
