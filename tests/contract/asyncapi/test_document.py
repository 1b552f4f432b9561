"""The AsyncAPI document is one by its own specification, and every event that is told is as it says."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from uuid import UUID

import jsonschema_rs
import pytest

from api.asyncapi.document import document
from api.asyncapi.page import page
from api.events.resources import EventResource
from core.events import cloud, codec
from core.events.catalogue import EVENT_NAMES
from core.events.ids import Aggregate, Platform, event_id_of
from core.events.subjects import AggregateKey
from infra.embedded.nats_server import VIEWED
from tests.contract.events.examples import EXAMPLES
from tests.contract.events.golden_files import ORIGIN, written_today
from tests.contract.events.test_golden import TIME

SPECIFICATION = Path(__file__).parents[3] / "frontend/node_modules/@asyncapi/specs/schemas/3.0.0.json"
DOCUMENT = document("https://mgeprof.example.org")
THING = UUID("01890a5d-ac96-774b-bcce-b302099a0c01")


def problems(schema: Any, thing: Any) -> list[str]:
    return [
        f"{error.instance_path}: {error.message}"[:300]
        for error in jsonschema_rs.validator_for(schema).iter_errors(thing)
    ]


def payload_of(message: str) -> Any:
    """The schema of a message's payload, with what it refers to."""
    return {"components": DOCUMENT["components"], "$ref": f"#/components/messages/{message}/payload"}


def test_it_is_what_asyncapi_says() -> None:
    if not SPECIFICATION.exists():
        pytest.skip("AsyncAPI's own schema comes with the packages of the pages: infra/setup/web")
    specification = json.loads(SPECIFICATION.read_text(encoding="utf-8"))
    assert problems(specification, DOCUMENT) == []
    assert problems(specification, {**DOCUMENT, "asyncapi": "2.6.0"})
    assert problems(specification, {**DOCUMENT, "channels": {"stream": {"address": 7}}})


def test_every_event_is_on_every_way() -> None:
    channels = DOCUMENT["channels"]
    assert set(channels["stream"]["messages"]) == set(EVENT_NAMES)
    assert set(channels["webhook"]["messages"]) == {f"posted.{name}" for name in EVENT_NAMES}
    heard = {subject.split(".")[1] for subject in VIEWED}
    assert set(channels["log"]["messages"]) == {f"stored.{name}" for name in EVENT_NAMES if name.split(".")[0] in heard}
    assert set(channels["log"]["parameters"]["aggregate"]["enum"]) == heard


@pytest.mark.parametrize("name", written_today())
def test_what_is_told_is_as_described(name: str) -> None:
    aggregate, event_type, _ = name.split(".")
    key = AggregateKey(Aggregate(aggregate), Platform.X86, THING)
    body = codec.encode(EXAMPLES[name], ORIGIN)
    told = json.loads(EventResource.of(codec.decode(key.subject(event_type), 17, TIME, body)).structured())
    message = f"{aggregate}.{event_type}"
    assert problems(payload_of(message), told) == []
    assert problems(payload_of(message), {**told, "type": "nothing.happened"})
    assert problems(payload_of(message), {**told, "data": {"unheard": "of"}})
    if aggregate != "account":
        assert problems(payload_of(f"stored.{message}"), json.loads(body)) == []
        headers = cloud.headers(event_id_of(ORIGIN.command_id), key, event_type)
        told_headers = {**headers, "Nats-Sequence": "17", "Nats-Time-Stamp": "2026-07-30T12:00:00.123456Z"}
        assert problems(DOCUMENT["components"]["messages"][f"stored.{message}"]["headers"], told_headers) == []


class Page(HTMLParser):
    """What a browser would fetch or run."""

    def __init__(self) -> None:
        super().__init__()
        self.fetched: list[str] = []
        self.anchors: set[str] = set()
        self.forbidden: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        if tag in {"script", "style", "iframe", "object", "embed", "img"} or "style" in told:
            self.forbidden.append(tag)
        self.forbidden += [name for name in told if name.startswith("on")]
        self.fetched += [value for name in ("src", "href") if (value := told.get(name)) and not value.startswith("#")]
        self.anchors |= {value} if (value := told.get("id")) else set()


def test_the_page_is_whole_and_fetches_nothing_from_elsewhere() -> None:
    found = Page()
    text = page(DOCUMENT)
    found.feed(text)
    assert not found.forbidden, "no script and no style inside: the policy would not run them"
    assert set(found.fetched) == {"asyncapi.css", "asyncapi.json", "docs"}
    assert found.anchors == set(EVENT_NAMES)
    assert not re.search(r"https?://", text)
    assert "<code>latency.p50</code>" in text
