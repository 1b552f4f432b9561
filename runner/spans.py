"""Attempts in their traces. All of it is told when an attempt is over, so that nothing is sent while something is measured."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from core.protocol.orders import Result, WorkOrder
from core.spans.span import Attributes, Kind, flush_soon, span

NOT_MEANWHILE_S = 3600.0
"""A pause that does not end by itself: what is to be sent is sent between attempts."""
_FAILED = frozenset({"failed", "abandoned"})


@contextmanager
def attempt_told(order: WorkOrder) -> Iterator[Callable[[Result], None]]:
    """Around an attempt; call what it gives with the result."""
    about: Attributes = {
        "mgeprof.id": order.ref.task,
        "mgeprof.attempt": order.ref.attempt,
        "mgeprof.engine": order.engine,
    }
    with span("attempt", kind=Kind.CONSUMER, attributes=about) as telling:

        def over(result: Result) -> None:
            if telling is not None:
                telling.failed = result.type in _FAILED
                telling.attributes["mgeprof.result"] = result.type

        yield over
    flush_soon()
