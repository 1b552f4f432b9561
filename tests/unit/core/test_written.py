from datetime import UTC, datetime
from uuid import UUID

import pytest

from core.events import task
from core.events.codec import UndecodableEventError
from core.events.codec import decode as read
from core.events.envelope import Origin
from core.events.ids import AccountId, CommandId, EventId, Platform, TaskId
from core.events.subjects import task_key
from core.nats.written import Written

AT = datetime(2026, 5, 1, tzinfo=UTC)
KEY = task_key(Platform.ARM, TaskId(UUID(int=7)))
FACT = task.Queued(attempt=1, reason=task.QueueReason.SUBMITTED)
ORIGIN = Origin(CommandId(UUID(int=1)), AccountId(UUID(int=2)), UUID(int=3), UUID(int=4), EventId(UUID(int=5)))


def test_what_was_written_here_is_what_reading_it_anew_gives() -> None:
    written = Written()
    body = written.encode(KEY, FACT, ORIGIN)
    known = written.decode(KEY.subject("queued"), 9, AT, body)
    assert known == read(KEY.subject("queued"), 9, AT, body)
    assert known.data is FACT


def test_what_others_wrote_is_read() -> None:
    body = Written().encode(KEY, FACT, ORIGIN)
    known = Written().decode(KEY.subject("queued"), 9, AT, body)
    assert known.data == FACT
    assert known.data is not FACT


def test_a_body_under_another_subject_is_read() -> None:
    """Nobody wrote it there from here: whatever reading says of it holds."""
    written = Written()
    body = written.encode(KEY, FACT, ORIGIN)
    assert written.decode(KEY.subject("started"), 9, AT, body) == read(KEY.subject("started"), 9, AT, body)


def test_what_no_event_is_is_refused() -> None:
    with pytest.raises(UndecodableEventError):
        Written().decode(KEY.subject("queued"), 9, AT, b"{}")


def test_only_the_latest_are_kept() -> None:
    written = Written(most=2)
    facts = [FACT.model_copy(update={"attempt": number}) for number in (1, 2, 3)]
    bodies = [written.encode(KEY, fact, ORIGIN) for fact in facts]
    found = [written.decode(KEY.subject("queued"), 9, AT, body).data for body in bodies]
    assert found == facts
    assert [one is fact for one, fact in zip(found, facts, strict=True)] == [False, True, True]
