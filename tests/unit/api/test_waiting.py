from uuid import UUID

import pytest

from api.tasks.waiting import HELP, Reason, reason_of
from core.events.ids import RunnerId
from core.protocol.waiting import Candidate, Verdict, WaitingAnswer


def answer(*verdicts: Verdict, quota: int | None = None, withheld: bool = False) -> WaitingAnswer:
    candidates = tuple(
        Candidate(runner=RunnerId(UUID(int=number)), verdict=verdict, running=0, slots=1)
        for number, verdict in enumerate(verdicts)
    )
    return WaitingAnswer(waits=True, candidates=candidates, quota=quota, withheld=withheld)


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        (WaitingAnswer(waits=False), Reason.NOT_WAITING),
        (answer(), Reason.NO_RUNNER),
        (answer(Verdict.NO_ENGINE, Verdict.LABELS_MISSING), Reason.NO_RUNNER),
        (answer(Verdict.OFFLINE, Verdict.BUSY), Reason.RUNNERS_BUSY),
        (answer(Verdict.BUSY, Verdict.IDLE), Reason.STARTING),
        (answer(Verdict.IDLE, quota=3), Reason.QUOTA),
        (answer(Verdict.IDLE, quota=3, withheld=True), Reason.MODEL_KILLS_RUNNERS),
    ],
)
def test_the_reason_is_the_best_that_anybody_can_say(told: WaitingAnswer, reason: Reason) -> None:
    assert reason_of(told) is reason


def test_each_reason_says_what_would_help() -> None:
    assert set(HELP) == set(Reason)
