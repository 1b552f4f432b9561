"""One id for all that a click sets off, by W3C's trace context: in the lines of every process, in the log as correlation id, and with the order to the runner."""

import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from uuid import UUID, uuid4

import structlog

HEADER = "traceparent"
_FORM = re.compile(r"[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}(?:-.*)?")
_current: ContextVar[UUID | None] = ContextVar("trace", default=None)


def current() -> UUID | None:
    """The trace of the request that is being answered, or of the attempt that runs."""
    return _current.get()


def read(header: str | None) -> UUID | None:
    """What a ``traceparent`` names; None when there is none, or it is none."""
    found = _FORM.fullmatch(header or "")
    return UUID(found.group(1)) if found and int(found.group(1), 16) else None


def written(trace: UUID) -> str:
    """A ``traceparent`` for what follows."""
    return f"00-{trace.hex}-{secrets.token_hex(8)}-01"


@contextmanager
def tracing(trace: UUID | None = None) -> Iterator[UUID]:
    """Meanwhile every line of the log carries the trace; a new one if none is given."""
    known = trace or uuid4()
    token = _current.set(known)
    try:
        with structlog.contextvars.bound_contextvars(trace_id=known.hex):
            yield known
    finally:
        _current.reset(token)
