from __future__ import annotations

from uuid import UUID

import pytest
import structlog

from core.trace import current, read, tracing, written

TRACE = UUID("4bf92f3577b34da6a3ce929d0e0e4736")


def test_what_is_written_is_read() -> None:
    assert read("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01") == TRACE
    assert read(written(TRACE)) == TRACE
    assert written(TRACE) != written(TRACE)


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "00-0-0-00",
        f"00-{'0' * 32}-00f067aa0ba902b7-01",
        f"00-{TRACE.hex.upper()}-00f067aa0ba902b7-01",
        "x" * 9999,
    ],
)
def test_anything_else_is_none(header: str | None) -> None:
    assert read(header) is None


def test_lines_carry_it_meanwhile() -> None:
    with tracing(TRACE):
        assert current() == TRACE
        assert structlog.contextvars.get_contextvars()["trace_id"] == TRACE.hex
        with tracing() as inner:
            assert current() == inner != TRACE
    assert current() is None
    assert "trace_id" not in structlog.contextvars.get_contextvars()
