"""Spans stand under each other as the work does."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
from pydantic import ValidationError

from core.configuration import TraceSettings
from core.events.ids import new_id
from core.spans.span import Kind, anybody_collects, in_share, is_kept, nanoseconds, of_event, span, tell
from core.spans.start import send_spans
from core.trace import Point, current, tracing
from tests.unit.core.kept import keeping

TRACE = UUID("4bf92f3577b34da6a3ce929d0e0e4736")


def test_one_stands_under_the_other_and_in_the_same_trace() -> None:
    with keeping() as kept, tracing(Point(TRACE, 7)), span("outer", kind=Kind.SERVER), span("inner"):
        assert is_kept(Point(TRACE))
    inner, outer = kept.spans
    assert (inner.name, inner.above, inner.trace) == ("inner", outer.id, TRACE)
    assert (outer.name, outer.above, outer.kind, outer.trace) == ("outer", 7, Kind.SERVER, TRACE)
    assert 0 < outer.begun <= inner.begun <= inner.ended <= outer.ended
    assert not inner.failed


def test_a_place_that_is_named_counts_before_the_one_where_we_are() -> None:
    other = uuid4()
    with keeping() as kept, tracing(Point(TRACE, 7)):
        with span("elsewhere", at=Point(other, 9)):
            assert (at := current()) is not None
            assert at.trace == other
        tell("over", Point(other, 9), 1, 2, {"mgeprof.id": "x"})
    assert [(one.trace, one.above) for one in kept.spans] == [(other, 9), (other, 9)]
    assert (kept.spans[1].begun, kept.spans[1].ended, kept.spans[1].attributes) == (1, 2, {"mgeprof.id": "x"})


def test_what_raises_has_failed_and_says_of_what_kind_and_not_in_which_words() -> None:
    with keeping() as kept, tracing(), pytest.raises(ValueError, match="secret"), span("it"):
        raise ValueError("a secret word")
    [failed] = kept.spans
    assert (failed.failed, failed.attributes) == (True, {"error.type": "ValueError"})


def test_nothing_is_kept_where_nobody_collects_and_of_traces_that_are_not_recorded() -> None:
    with tracing(Point(TRACE, 7)) as at, span("unheard") as telling:
        assert telling is None
        assert current() == at
        assert not is_kept(at)
    with keeping() as kept:
        with tracing(Point(TRACE, 7, recorded=False)), span("unwanted"):
            tell("unwanted, too", Point(TRACE, 7, recorded=False), 1, 2)
        with span("of no trace"):
            pass
    assert kept.spans == []


def test_a_share_is_the_same_for_all_and_as_large_as_it_says() -> None:
    traces = (
        [UUID(int=number) for number in range(2000)] + [uuid4() for _ in range(2000)] + [new_id() for _ in range(2000)]
    )
    assert all(in_share(one, 1.0) for one in traces)
    assert not any(in_share(one, 0.0) for one in traces)
    for first in range(0, 6000, 2000):
        assert 300 < sum(in_share(one, 0.2) for one in traces[first : first + 2000]) < 500
    assert all(in_share(one, 0.5) for one in traces if in_share(one, 0.2))


def test_the_span_of_an_event_is_known_from_its_id() -> None:
    event = new_id()
    assert f"{of_event(event):016x}" == event.hex[16:]


def test_times_are_counted_as_clocks_count_them() -> None:
    assert nanoseconds(datetime(1970, 1, 1, 0, 0, 1, tzinfo=UTC)) == 10**9


def test_a_collector_without_what_sends_to_it_is_a_fault_that_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "core.spans.otlp", None)
    send_spans("runner", TraceSettings(url=""))
    with pytest.raises(SystemExit, match=r"http://collector/v1/traces.*infra/setup/runner traces"):
        send_spans("runner", TraceSettings(url="http://collector/v1/traces"))
    assert not anybody_collects()


@pytest.mark.parametrize("url", ["collector:4318", "grpc://collector:4317", "http://a b"])
def test_what_is_no_address_is_refused_before_anything_starts(url: str) -> None:
    with pytest.raises(ValidationError):
        TraceSettings(url=url)
