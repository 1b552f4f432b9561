import json
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from core.events import codec
from core.events.codec import UndecodableEventError, decode, encode
from core.events.envelope import Fact, Origin
from core.events.ids import AccountId, Aggregate, CommandId, EventId, Platform, TaskId, event_id_of
from core.events.subjects import AggregateKey, task_key
from core.events.task import Cancelled
from tests.unit.domain.task_facts import SUBMITTED, completed, failed, lost, queued, started

KEY = task_key(Platform.X86, TaskId(UUID(int=1)))
ORIGIN = Origin(
    command_id=CommandId(UUID(int=2)),
    owner=AccountId(UUID(int=3)),
    actor=UUID(int=4),
    correlation_id=UUID(int=5),
    causation_id=EventId(UUID(int=6)),
)
AT = datetime(2026, 1, 1, tzinfo=UTC)


def _stored(fact: Fact = queued(), **changes: object) -> bytes:  # noqa: B008 - frozen
    return json.dumps(json.loads(encode(fact, ORIGIN)) | changes).encode()


@pytest.mark.parametrize("fact", [SUBMITTED, queued(), started(), completed(), failed(), lost(), Cancelled(attempt=0)])
def test_an_event_comes_back_as_it_went_in(fact: Fact) -> None:
    event = decode(KEY.subject(fact.type), 7, AT, encode(fact, ORIGIN))
    assert (event.data, event.key, event.sequence, event.time) == (fact, KEY, 7, AT)
    assert event.id == event_id_of(ORIGIN.command_id)
    assert (event.owner, event.actor, event.correlation_id, event.causation_id) == (
        ORIGIN.owner,
        ORIGIN.actor,
        ORIGIN.correlation_id,
        ORIGIN.causation_id,
    )


def test_one_command_has_one_event_id() -> None:
    assert event_id_of(ORIGIN.command_id) == event_id_of(CommandId(UUID(int=2))) != event_id_of(CommandId(UUID(int=3)))


@pytest.mark.parametrize(
    ("subject", "payload"),
    [
        (KEY.subject("queued"), b""),
        (KEY.subject("queued"), b"\xff\xfe"),
        (KEY.subject("queued"), b"[]"),
        (KEY.subject("queued"), _stored(type="levitated")),
        (KEY.subject("queued"), _stored(colour="blue")),
        (KEY.subject("queued"), _stored(data={"attempt": 1, "reason": "submitted", "colour": "blue"})),
        (KEY.subject("queued"), _stored(data={"attempt": -1, "reason": "submitted"})),
        (KEY.subject("queued"), _stored(data={})),
        (f"task.abacus.{KEY.id}.queued", _stored()),
        ("task.x86.1.queued", _stored()),
        (f"account.any.{KEY.id}.queued", _stored()),
        (f"task.x86.{KEY.id}", _stored()),
    ],
)
def test_what_is_no_event_is_named_with_its_place(subject: str, payload: bytes) -> None:
    with pytest.raises(UndecodableEventError, match=r"event 7 on .*\..* cannot be read"):
        decode(subject, 7, AT, payload)


def test_a_version_newer_than_this_program_is_not_read_as_if_it_were_known() -> None:
    """Its fields may be the same and mean something else."""
    with pytest.raises(UndecodableEventError, match=r"queued.*version 2.*version 1"):
        decode(KEY.subject("queued"), 7, AT, _stored(version=2))


def test_a_version_without_a_way_to_the_newest_is_not_read_either() -> None:
    with pytest.raises(UndecodableEventError, match="version 0"):
        decode(KEY.subject("queued"), 7, AT, _stored(version=0))


def test_old_versions_are_brought_up_step_by_step(monkeypatch: pytest.MonkeyPatch) -> None:
    def with_attempt(data: dict[str, Any]) -> dict[str, Any]:
        return {**data, "attempt": data["number"]}

    def without_number(data: dict[str, Any]) -> dict[str, Any]:
        return {name: value for name, value in data.items() if name != "number"}

    monkeypatch.setitem(codec.UPCASTERS, (Aggregate.TASK, "queued", -1), with_attempt)
    monkeypatch.setitem(codec.UPCASTERS, (Aggregate.TASK, "queued", 0), without_number)
    old = _stored(version=-1, data={"number": 3, "reason": "attempt_lost"})
    assert decode(KEY.subject("queued"), 7, AT, old).data == queued(3)


def test_a_key_is_what_its_subject_says() -> None:
    assert AggregateKey.parse(KEY.subject("queued")) == KEY
    assert KEY.filter == f"task.x86.{KEY.id}.*"
