"""The scheduler's decisions and reports when answers are lost and messages come again."""

import asyncio
from typing import cast
from uuid import UUID

import pytest
from nats.aio.msg import Msg

from core.domain.task import Start
from core.events.envelope import Origin
from core.events.ids import CommandId, RunnerId, TaskId, new_id
from core.events.subjects import AggregateKey
from core.nats.control import ReportMessage
from core.protocol.orders import Abandoned, AttemptRef, Report, Result
from core.scheduler import decisions as decisions_module
from core.scheduler.reports import Reports
from core.spans.span import of_event
from core.trace import HEADER, Point, written
from tests.unit.core.brain import OWNER, Brain
from tests.unit.core.kept import keeping
from tests.unit.domain.task_facts import OTHER_RUNNER, RUNNER, SUBMITTED, completed, failed, lost, queued, started

RUNNING = (SUBMITTED, queued(), started())


class Message:
    """A report's message in the stream."""

    accepted = 0
    put_off = 0

    def __init__(self, at: Point | None = None) -> None:
        self.headers = {HEADER: written(at)} if at else None

    async def ack(self) -> None:
        self.accepted += 1

    async def nak(self, *, delay: float) -> None:
        assert delay > 0
        self.put_off += 1


async def _hear(brain: Brain, report: Report, runner: RunnerId = RUNNER, at: Point | None = None) -> Message:
    message = Message(at)
    async with asyncio.timeout(10):
        await Reports(brain.board, brain.decisions).handle(
            ReportMessage(runner, report.model_dump_json().encode(), cast(Msg, message))
        )
    return message


def _report(key: AggregateKey, result: Result, *, attempt: int | None = None, id_: UUID | None = None) -> Report:
    ref = AttemptRef(task=TaskId(key.id), attempt=attempt or result.attempt)
    return Report(id=id_ or new_id(), ref=ref, result=result)


@pytest.fixture
def brain(monkeypatch: pytest.MonkeyPatch) -> Brain:
    monkeypatch.setattr(decisions_module, "_RETRY_S", 0.0)
    return Brain()


async def test_a_decision_whose_answer_was_lost_is_known_to_be_our_own(brain: Brain) -> None:
    key = brain.task(1, SUBMITTED, queued())
    brain.log.lose_answers = 1
    assert await brain.decisions.on_task(brain.entry(key), Start(started())) == started()
    assert brain.types(key) == ["submitted", "queued", "started"]


@pytest.mark.parametrize("remembers_ids", [True, False])
async def test_a_report_whose_answer_was_lost_is_recorded_once(brain: Brain, *, remembers_ids: bool) -> None:
    """The broker may be away for longer than it remembers message ids."""
    key = brain.task(1, *RUNNING)
    brain.log.remembers_ids = remembers_ids
    brain.log.lose_answers = 1
    assert (await _hear(brain, _report(key, completed()))).accepted == 1
    assert brain.types(key) == ["submitted", "queued", "started", "completed"]


@pytest.mark.parametrize("remembers_ids", [True, False])
@pytest.mark.parametrize("result", [completed(), failed(), Abandoned(attempt=1)])
async def test_a_report_that_comes_again_is_recorded_once(brain: Brain, result: Result, *, remembers_ids: bool) -> None:
    key = brain.task(1, *RUNNING)
    brain.log.remembers_ids = remembers_ids
    report = _report(key, result)
    for _ in range(3):
        assert (await _hear(brain, report)).accepted == 1
    assert len(brain.types(key)) == len(RUNNING) + 1


@pytest.mark.parametrize("remembers_ids", [True, False])
async def test_a_late_report_that_comes_again_is_kept_once(brain: Brain, *, remembers_ids: bool) -> None:
    key = brain.task(1, *RUNNING, lost(), queued(2), started(2, OTHER_RUNNER))
    brain.log.remembers_ids = remembers_ids
    report = _report(key, completed(1))
    for _ in range(3):
        assert (await _hear(brain, report)).accepted == 1
    assert brain.types(key)[-2:] == ["started", "late_report_kept"]


async def test_one_id_on_two_reports_holds_nobody_up(brain: Brain) -> None:
    first, second = brain.task(1, *RUNNING), brain.task(2, *RUNNING)
    id_ = new_id()
    for key in (first, second):
        assert (await _hear(brain, _report(key, completed(), id_=id_))).accepted == 1
        assert brain.types(key)[-1] == "completed"


async def test_an_id_that_was_used_for_a_command_does_not_pass_for_that_command(brain: Brain) -> None:
    first, second = brain.task(1, SUBMITTED, queued()), brain.task(2, *RUNNING)
    known = CommandId(new_id())
    await brain.decisions.on_task(brain.entry(first), Start(started(runner=OTHER_RUNNER)), known)
    await _hear(brain, _report(second, completed(), id_=known))
    assert brain.types(second)[-1] == "completed"


async def test_a_report_that_speaks_of_another_attempt_than_it_says_is_refused(brain: Brain) -> None:
    key = brain.task(1, *RUNNING)
    assert (await _hear(brain, _report(key, completed(1), attempt=2))).accepted == 1
    assert brain.types(key) == ["submitted", "queued", "started"]


async def test_a_report_of_a_runner_that_does_not_hold_the_attempt_is_refused(brain: Brain) -> None:
    key = brain.task(1, *RUNNING)
    assert (await _hear(brain, _report(key, completed()), OTHER_RUNNER)).accepted == 1
    assert brain.types(key) == ["submitted", "queued", "started"]


async def test_a_report_that_the_board_does_not_know_of_yet_counts(brain: Brain) -> None:
    """As after another scheduler started the attempt and went away."""
    key = brain.task(1, SUBMITTED, queued())
    id_ = CommandId(new_id())
    brain.log.store(key, started(), Origin(id_, OWNER, OWNER, id_))
    assert (await _hear(brain, _report(key, completed()))).accepted == 1
    assert brain.types(key)[-1] == "completed"


async def test_a_report_comes_again_when_the_log_is_not_there(brain: Brain) -> None:
    key = brain.task(1, *RUNNING, lost(), queued(2))
    brain.log.lose_answers = 1
    message = await _hear(brain, _report(key, completed(1)))
    assert (message.accepted, message.put_off) == (0, 1)


async def test_a_report_stands_under_its_attempt_in_the_tasks_trace(brain: Brain) -> None:
    key = brain.task(1, *RUNNING)
    trace = brain.entry(key).at.trace
    with keeping() as kept:
        await _hear(brain, _report(key, completed()), at=Point(trace, 7, recorded=False))
    event, report = kept.spans
    assert (report.name, report.trace, report.above) == ("report", trace, 7)
    assert (event.name, event.trace, event.above) == ("task.completed", trace, report.id)
    assert event.id == of_event(brain.log.events[-1].id)


@pytest.mark.parametrize("at", [None, Point(new_id(), 7)])
async def test_a_runner_cannot_put_a_report_into_another_trace(brain: Brain, at: Point | None) -> None:
    key = brain.task(1, *RUNNING)
    started = brain.entry(key).at
    with keeping() as kept:
        await _hear(brain, _report(key, completed()), at=at)
    assert {span.trace for span in kept.spans} == {started.trace}
    assert kept.named("report").above == started.span
