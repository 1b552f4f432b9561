from __future__ import annotations

from uuid import UUID

import pytest
import structlog

from core.trace import Point, current, new_span, read, tracing, written

TRACE = UUID("4bf92f3577b34da6a3ce929d0e0e4736")


@pytest.mark.parametrize("recorded", [True, False])
def test_what_is_written_is_read(recorded: bool) -> None:
    point = Point(TRACE, new_span(), recorded)
    assert read(written(point)) == point
    header = f"00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0{int(recorded)}"
    assert read(header) == Point(TRACE, 0x00F067AA0BA902B7, recorded)


def test_at_the_top_of_a_trace_a_span_is_named_that_nobody_has() -> None:
    assert written(Point(TRACE)) != written(Point(TRACE))
    assert read(written(Point(TRACE))) is not None


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "00-0-0-00",
        f"00-{'0' * 32}-00f067aa0ba902b7-01",
        f"00-{TRACE.hex}-{'0' * 16}-01",
        f"00-{TRACE.hex.upper()}-00f067aa0ba902b7-01",
        "x" * 9999,
    ],
)
def test_anything_else_is_none(header: str | None) -> None:
    assert read(header) is None


def test_lines_carry_it_meanwhile() -> None:
    point = Point(TRACE, 7)
    with tracing(point):
        assert current() == point
        assert structlog.contextvars.get_contextvars()["trace_id"] == TRACE.hex
        with tracing() as inner:
            assert current() == inner
            assert inner.trace != TRACE
    assert current() is None
    assert "trace_id" not in structlog.contextvars.get_contextvars()
