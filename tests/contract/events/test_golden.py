"""Every event that was ever written can be read, and what is written today stays as it is until it gets a new version."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from uuid import UUID

import pytest

from core.events import codec
from core.events.envelope import Recorded
from core.events.ids import Aggregate, Platform, event_id_of
from core.events.subjects import AggregateKey
from tests.contract.events.examples import EXAMPLES
from tests.contract.events.golden_files import FOLDER, ORIGIN, body_file, schema_file, schema_of, written_today

TIME = datetime(2026, 7, 30, 12, 0, 0, 123456, tzinfo=UTC)
HOW = "raise the event's `version`, add an upcaster, an example, and run `python -m tests.contract.events.golden_files`"


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_version_ever_written_is_read(name: str) -> None:
    aggregate, event_type, _version = name.split(".")
    key = AggregateKey(Aggregate(aggregate), Platform.X86, UUID("01890a5d-ac96-774b-bcce-b302099a0c01"))
    assert codec.decode(key.subject(event_type), 17, TIME, body_file(name).read_bytes()) == Recorded(
        id=event_id_of(ORIGIN.command_id),
        key=key,
        sequence=17,
        time=TIME,
        owner=ORIGIN.owner,
        actor=ORIGIN.actor,
        correlation_id=ORIGIN.correlation_id,
        causation_id=ORIGIN.causation_id,
        data=EXAMPLES[name],
    )


@pytest.mark.parametrize("name", written_today())
def test_what_is_written_today_is_what_the_file_holds(name: str) -> None:
    assert body_file(name).exists(), f"{name} has no golden file: {HOW}"
    assert json.loads(codec.encode(EXAMPLES[name], ORIGIN)) == json.loads(body_file(name).read_bytes())


@pytest.mark.parametrize("name", written_today())
def test_a_changed_schema_needs_a_new_version(name: str) -> None:
    assert schema_file(name).exists(), f"{name} has no schema file: {HOW}"
    stored = json.loads(schema_file(name).read_bytes())
    assert schema_of(written_today()[name]) == stored, f"the data of {name} changed: {HOW}"


def test_no_golden_file_is_forgotten() -> None:
    bodies = {file.name.removesuffix(".json") for file in FOLDER.iterdir() if not file.name.endswith(".schema.json")}
    assert bodies == set(EXAMPLES)


def test_examples_fill_every_field() -> None:
    for name, fact in EXAMPLES.items():
        unset = set(type(fact).model_fields) - fact.model_fields_set - {"type"}
        assert not unset, f"{name} leaves {unset} to defaults, so the file would not notice that they change"
