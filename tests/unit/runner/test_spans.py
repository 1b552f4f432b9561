"""What a runner tells of an attempt, and when."""

from __future__ import annotations

import asyncio
from uuid import uuid4

from core.events.failure import FailureKind
from core.events.task import Cancelled, Failed
from core.protocol.live import Phase
from core.spans.span import send_to
from core.trace import Point, current, tracing
from runner.phases import Phases
from runner.spans import attempt_told
from tests.unit.core.kept import Kept, keeping
from tests.unit.runner.orders import order


class Collector(Kept):
    """Counts how often it was asked to send, and what had ended by then."""

    def __init__(self) -> None:
        super().__init__()
        self.sent = asyncio.Queue[int]()

    def flush(self) -> None:
        self.sent.put_nowait(len(self.spans))


async def test_phases_stand_one_after_the_other_under_their_attempt() -> None:
    shown: list[Phase] = []
    phases, at = Phases(shown.append), Point(uuid4(), 7)
    with keeping() as kept, tracing(at), attempt_told(order()) as over:
        phases.enter(Phase.FETCHING)
        phases.leave()
        phases.begin(Phase.TIMING)
        phases.enter(Phase.UPLOADING)
        assert list(phases.seconds) == ["fetching"]
        assert kept.spans == []
        phases.leave()
        phases.tell()
        over(Cancelled(attempt=1))
    assert (list(phases.seconds), shown) == (["fetching", "uploading"], [Phase.FETCHING, Phase.TIMING, Phase.UPLOADING])
    attempt = kept.named("attempt")
    assert (attempt.trace, attempt.above, attempt.failed) == (at.trace, 7, False)
    assert attempt.attributes["mgeprof.result"] == "cancelled"
    first, second, third = kept.spans[:3]
    assert [one.name for one in (first, second, third)] == ["fetching", "timing", "uploading"]
    assert {one.above for one in (first, second, third)} == {attempt.id}
    assert attempt.begun <= first.begun <= first.ended == second.begun <= second.ended == third.begun <= attempt.ended


async def test_an_attempt_that_failed_says_so() -> None:
    with keeping() as kept, tracing(), attempt_told(order()) as over:
        over(Failed(attempt=1, kind=FailureKind.BAD_MODEL))
    assert kept.named("attempt").failed


async def test_an_attempt_whose_trace_is_not_kept_is_still_found_under_its_order() -> None:
    at = Point(uuid4(), 7, recorded=False)
    with keeping() as kept, tracing(at), attempt_told(order()):
        assert current() == at
    assert kept.spans == []


async def test_what_is_told_is_sent_when_the_attempt_is_over() -> None:
    collector = Collector()
    send_to(collector)
    try:
        with tracing(), attempt_told(order()):
            await asyncio.sleep(0)
            assert collector.sent.empty()
        assert await asyncio.wait_for(collector.sent.get(), 30) == 1
    finally:
        send_to(None)
