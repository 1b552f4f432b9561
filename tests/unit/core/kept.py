"""Spans kept in memory, in the place of a collector."""

from collections.abc import Iterator
from contextlib import contextmanager

from core.spans.span import Span, send_to
from core.trace import Point


class Kept:
    """Those of traces that are to be recorded, in the order of their ends."""

    def __init__(self) -> None:
        self.spans: list[Span] = []

    def wants(self, at: Point) -> bool:
        return at.recorded

    def take(self, span: Span) -> None:
        self.spans.append(span)

    def flush(self) -> None:
        """They are here already."""

    def named(self, name: str) -> Span:
        """The one of that name."""
        [found] = [span for span in self.spans if span.name == name]
        return found

    def above(self, span: Span) -> Span | None:
        """The one that it stands under, if that is here."""
        return next((one for one in self.spans if (one.trace, one.id) == (span.trace, span.above)), None)


@contextmanager
def keeping() -> Iterator[Kept]:
    """What is told meanwhile is kept."""
    kept = Kept()
    send_to(kept)
    try:
        yield kept
    finally:
        send_to(None)
