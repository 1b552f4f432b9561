"""One id for all that a click sets off, by W3C's trace context: in the lines of every process, in the log as correlation id, and with the order to the runner."""

import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from uuid import UUID, uuid4

import structlog

HEADER = "traceparent"
_FORM = re.compile(r"[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(?:-.*)?")
_RECORDED = 1


@dataclass(frozen=True)
class Point:
    """A place in a trace: what comes next stands under ``span``, at the top where there is none. ``recorded``: whether whoever named it keeps spans of this trace."""

    trace: UUID
    span: int | None = None
    recorded: bool = True


_current: ContextVar[Point | None] = ContextVar("trace", default=None)


def current() -> Point | None:
    """Where we are: in the request that is being answered, or in the attempt that runs."""
    return _current.get()


def read(header: str | None) -> Point | None:
    """What a ``traceparent`` names; None when there is none, or it is none."""
    found = _FORM.fullmatch(header or "")
    if found is None or not int(found.group(1), 16) or not int(found.group(2), 16):
        return None
    return Point(UUID(found.group(1)), int(found.group(2), 16), bool(int(found.group(3), 16) & _RECORDED))


def written(at: Point) -> str:
    """A ``traceparent`` for what follows."""
    return f"00-{at.trace.hex}-{at.span or new_span():016x}-{int(at.recorded):02x}"


def new_span() -> int:
    """An id for a span."""
    return secrets.randbits(64) or 1


@contextmanager
def tracing(at: Point | None = None) -> Iterator[Point]:
    """Meanwhile every line of the log carries the trace; a new one if none is given."""
    known = at or Point(uuid4())
    with structlog.contextvars.bound_contextvars(trace_id=known.trace.hex), under(known):
        yield known


@contextmanager
def under(at: Point) -> Iterator[None]:
    """What comes meanwhile stands under a span of the trace that we are in."""
    token = _current.set(at)
    try:
        yield
    finally:
        _current.reset(token)
