import asyncio

import httpx2
import pytest
from nats.errors import Error as NatsError

from core.domain.task import MAX_LOSSES, Status
from core.events import model, task
from core.events.failure import FailureKind
from core.events.ids import Aggregate, ModelId, Platform, TaskId, new_id
from core.events.subjects import DISPATCH, AggregateKey, model_key
from core.nats.connection import connect
from core.protocol.calls import HELLO, URLS, Hello, Urls, UrlsRequest, Welcome
from core.protocol.orders import Abandoned, AttemptRef
from infra.embedded.services import Services
from tests.integration.scheduler.conftest import OWNER, SchedulerRun, ScriptedRunner, Tasks
from tests.unit.domain.task_facts import SUBMITTED, completed, failed, inspected
from tests.unit.domain.test_runner import DESCRIBED

RUNNER_EVENTS = 3
"""Enrolled, described, appeared."""
NOBODYS_ENGINE = "0.0.1"
BEGUN = ("submitted", "queued", "started")


async def test_a_waiting_task_goes_to_the_runner_that_is_ready_and_its_report_ends_it(
    tasks: Tasks, runner: ScriptedRunner
) -> None:
    key = await tasks.submit(iterations=3)
    await runner.ready()
    message = await runner.take()
    history = await tasks.until(key, *BEGUN)
    started = history[-1].data
    assert isinstance(started, task.Started)
    assert (started.attempt, started.runner_id, started.engine_build) == (1, runner.id, "1.13.0+abc")
    assert history[-1].causation_id == history[-2].id
    assert history[-1].correlation_id == history[0].correlation_id
    assert message.order is not None
    assert (message.ref.task, message.order.model, message.order.options.iterations) == (key.id, SUBMITTED.model, 3)
    await runner.report(message.ref, completed())
    history = await tasks.until(key, *BEGUN, "completed")
    assert history[-1].data == completed()


async def test_a_report_is_settled_when_what_follows_from_it_is_in_the_log(
    tasks: Tasks, runner: ScriptedRunner
) -> None:
    key = await tasks.submit()
    await runner.ready()
    ref = (await runner.take()).ref
    assert (await runner.beat(ref)).settled == ()
    await runner.report(ref, completed())
    await tasks.until_ended(key)
    async with asyncio.timeout(30):
        while (await runner.beat(ref)).settled != (ref,):  # noqa: ASYNC110 - the log has it a moment before the scheduler knows
            await asyncio.sleep(0.02)


async def test_a_runner_gets_one_task_for_a_slot(tasks: Tasks, runner: ScriptedRunner) -> None:
    keys = [await tasks.submit() for _ in range(3)]
    for _ in range(3):
        await runner.ready()
    for key in keys:
        ref = (await runner.take()).ref
        assert ref.task == key.id
        others = [other for other in keys if other != key]
        running = [other for other in others if (await tasks.log.history(other))[-1].type == "started"]
        assert running == []
        await runner.report(ref, completed())
        await tasks.until_ended(key)
        await runner.ready()


async def test_an_order_that_was_lost_from_the_stream_comes_again(
    tasks: Tasks, runner: ScriptedRunner, broker: Services
) -> None:
    run = await connect(broker.environment["MGEPROF_NATS_URL"], broker.environment["MGEPROF_NATS_RUN_SEED"], name="t")
    key = await tasks.submit()
    await runner.ready()
    await tasks.until(key, *BEGUN)
    await run.jetstream().purge_stream(DISPATCH)
    await run.close()
    assert (await runner.take()).ref.task == key.id


async def test_an_attempt_that_no_beat_lists_is_lost_and_three_losses_fail_the_task(
    tasks: Tasks, runner: ScriptedRunner
) -> None:
    key = await tasks.submit()
    for attempt in (1, 2, 3):
        ref = (await runner.take()).ref
        assert ref.attempt == attempt
        runner.attempts.remove(ref)
    assert await tasks.until_ended(key) is Status.FAILED
    history = await tasks.log.history(key)
    assert [event.type for event in history].count("attempt_lost") == 3
    assert history[-1].data == task.Failed(attempt=3, kind=FailureKind.RUNNER_LOST)


async def test_a_runner_may_be_stopped_in_order_as_often_as_one_likes(tasks: Tasks, runner: ScriptedRunner) -> None:
    key = await tasks.submit()
    for attempt in range(1, MAX_LOSSES + 2):
        await runner.ready()
        ref = (await runner.take()).ref
        await runner.report(ref, Abandoned(attempt=attempt, orderly=True))
    await runner.ready()
    last = (await runner.take()).ref
    await runner.report(last, completed(MAX_LOSSES + 2))
    assert await tasks.until_ended(key) is Status.COMPLETED
    reasons = [event.data.reason for event in await tasks.log.history(key) if isinstance(event.data, task.AttemptLost)]
    assert reasons == [task.LossReason.RUNNER_STOPPED] * (MAX_LOSSES + 1)


async def test_a_runner_that_falls_silent_is_written_off_and_comes_back(tasks: Tasks, runner: ScriptedRunner) -> None:
    runner.beating = False
    key = AggregateKey(Aggregate.RUNNER, Platform.X86, runner.id)
    await tasks.until(key, "enrolled", "described", "appeared", "left")
    assert not (await runner.beat()).known
    await runner.hello()
    await tasks.until(key, "enrolled", "described", "appeared", "left", "appeared")
    assert (await runner.beat()).known


async def test_a_late_report_is_kept_and_the_next_attempt_goes_on(tasks: Tasks, runner: ScriptedRunner) -> None:
    key = await tasks.submit()
    await runner.ready()
    first = (await runner.take()).ref
    await runner.report(first, Abandoned(attempt=1))
    second = (await runner.take()).ref  # its beats say that it is free
    assert second.attempt == 2
    await runner.report(first, completed(1))
    await tasks.until(key, *BEGUN, "attempt_lost", "queued", "started", "late_report_kept")
    await runner.report(second, completed(2))
    assert await tasks.until_ended(key) is Status.COMPLETED


async def test_a_report_after_the_end_is_kept_too(tasks: Tasks, runner: ScriptedRunner) -> None:
    key = await tasks.submit()
    await runner.ready()
    ref = (await runner.take()).ref
    await runner.report(ref, completed())
    await tasks.until(key, *BEGUN, "completed")
    await runner.report(ref, failed())
    history = await tasks.until(key, *BEGUN, "completed", "late_report_kept")
    assert isinstance(history[-1].data, task.LateReportKept)


async def test_the_same_report_counts_once_however_often_it_arrives(
    tasks: Tasks, runner: ScriptedRunner, scheduler: SchedulerRun
) -> None:
    key = await tasks.submit()
    await runner.ready()
    ref = (await runner.take()).ref
    report = await runner.report(ref, completed())
    await tasks.until(key, *BEGUN, "completed")
    await scheduler.stop()
    await runner.link._js.publish(  # past the broker's own deduplication: without a message id
        f"report.{runner.id}.{ref.task}.1.completed", report.model_dump_json().encode()
    )
    scheduler.start()
    # The scheduler has handled it when it has handled what came after it.
    other = await tasks.submit()
    await runner.report((await runner.take()).ref, completed())
    await tasks.until(other, *BEGUN, "completed")
    assert [event.type for event in await tasks.log.history(key)] == [*BEGUN, "completed"]


async def test_reports_on_what_the_runner_does_not_hold_change_nothing(tasks: Tasks, runner: ScriptedRunner) -> None:
    waiting = await tasks.submit(engine=NOBODYS_ENGINE)
    key = await tasks.submit()
    await runner.report(AttemptRef(task=TaskId(waiting.id), attempt=1), completed())
    await runner.report(AttemptRef(task=TaskId(key.id), attempt=7), completed(7))
    await runner.report(AttemptRef(task=TaskId(new_id()), attempt=1), completed())
    await runner.link._js.publish(f"report.{runner.id}.x.1.completed", b"not a report")
    await runner.report((await runner.take()).ref, completed())
    await tasks.until(key, *BEGUN, "completed")
    await tasks.until(waiting, "submitted", "queued")


async def _first_stop(runner: ScriptedRunner) -> AttemptRef:
    async for ref in runner.link.stops():
        return ref
    raise AssertionError("stops never end")


async def test_cancelling_a_running_task_stops_it(tasks: Tasks, runner: ScriptedRunner) -> None:
    key = await tasks.submit()
    await runner.ready()
    ref = (await runner.take()).ref
    hints = asyncio.create_task(_first_stop(runner))
    await asyncio.sleep(0.1)
    await tasks.cancel(key)
    async with asyncio.timeout(120):
        assert await hints == ref
    assert ref in (await runner.beat()).stop
    await runner.report(ref, task.Cancelled(attempt=1))
    await tasks.until(key, *BEGUN, "cancel_requested", "cancelled")


@pytest.mark.usefixtures("scheduler")
async def test_a_task_expires_when_nobody_can_take_it(tasks: Tasks) -> None:
    key = await tasks.submit(engine=NOBODYS_ENGINE, queue_limit_s=0.3)
    history = await tasks.until(key, "submitted", "queued", "expired")
    expired = history[-1].data
    assert isinstance(expired, task.Expired)
    assert expired.waited_s >= 0.3


async def test_a_scheduler_that_restarts_goes_on_where_it_was(
    tasks: Tasks, runner: ScriptedRunner, scheduler: SchedulerRun
) -> None:
    running, waiting = await tasks.submit(), await tasks.submit()
    await runner.ready()
    ref = (await runner.take()).ref
    await tasks.until(running, *BEGUN)
    await scheduler.stop()
    meanwhile = await tasks.submit()
    await runner.report(ref, completed())
    scheduler.start()
    await tasks.until(running, *BEGUN, "completed")
    for key in (waiting, meanwhile):
        ref = (await runner.take()).ref
        assert ref.task == key.id
        await runner.report(ref, completed())
        await tasks.until(key, *BEGUN, "completed")


async def test_a_second_scheduler_stands_by_until_the_first_is_gone(tasks: Tasks, scheduler: SchedulerRun) -> None:
    key = await tasks.submit(engine=NOBODYS_ENGINE)
    await tasks.until(key, "submitted", "queued")
    second = SchedulerRun()
    second.start()
    await scheduler.stop()
    after = await tasks.submit(engine=NOBODYS_ENGINE)
    await tasks.until(after, "submitted", "queued")
    await second.stop()


async def test_urls_open_what_the_attempt_needs_and_nothing_for_others(tasks: Tasks, runner: ScriptedRunner) -> None:
    key = await tasks.submit()
    await runner.ready()
    ref = (await runner.take()).ref
    await tasks.objects.put_bytes(f"models/{SUBMITTED.model}/file", b"model bytes")
    urls = await runner.link.call(URLS, UrlsRequest(ref=ref, put=("log.txt",)), Urls)
    async with httpx2.AsyncClient() as client:
        assert (await client.get(urls.model)).content == b"model bytes"
        assert (await client.get(urls.request)).status_code == 200
        (await client.put(urls.put["log.txt"], content=b"a log")).raise_for_status()
    assert await tasks.objects.read_bytes(f"artifacts/{key.id}/1-log.txt") == b"a log"
    for foreign in (AttemptRef(task=ref.task, attempt=2), AttemptRef(task=TaskId(new_id()), attempt=1)):
        assert (await runner.link.call(URLS, UrlsRequest(ref=foreign), Urls)).refused


async def test_a_device_never_changes_its_platform(runner: ScriptedRunner) -> None:
    welcome = await runner.link.call(HELLO, Hello(platform=Platform.ARM, description=DESCRIBED), Welcome)
    assert welcome.refused is not None
    assert "x86" in welcome.refused


async def test_a_runner_reaches_neither_the_log_nor_other_runners(tasks: Tasks, runner: ScriptedRunner) -> None:
    nc = runner.link._nc
    for subject in (
        "$JS.API.STREAM.LIST",
        "$JS.API.STREAM.DELETE.DISPATCH",
        "$JS.API.STREAM.INFO.EVENTS",
        f"task.x86.{new_id()}.completed",
        f"rpc.{new_id()}.beat",
        f"report.{new_id()}.{new_id()}.1.completed",
    ):
        with pytest.raises(NatsError):
            await nc.request(subject, b"{}", timeout=0.2)
    # A reply subject is not checked by the broker: what is sent there must not reach the other accounts either.
    await nc.publish(f"rpc.{runner.id}.beat", b"{}", reply=f"task.x86.{new_id()}.completed")
    await asyncio.sleep(0.2)
    assert await tasks.log.last_sequence() == RUNNER_EVENTS


async def test_what_an_inspection_found_becomes_a_fact_of_the_model_once(
    tasks: Tasks, runner: ScriptedRunner, scheduler: SchedulerRun
) -> None:
    model_id = ModelId(new_id())
    await tasks.upload(model_id)
    key = await tasks.submit(kind=task.TaskKind.INSPECT, model_id=model_id)
    await runner.ready()
    ref = (await runner.take()).ref
    await runner.report(ref, inspected())
    await tasks.until(key, *BEGUN, "inspected")
    history = await tasks.until(model_key(model_id), "uploaded", "inspected")
    found = inspected()
    assert history[-1].data == model.Inspected(
        task_id=ref.task,
        engine="1.13.0",
        operators=found.operators,
        parameters=found.parameters,
        computation=found.computation,
    )
    assert history[-1].causation_id == (await tasks.log.history(key))[-1].id
    assert history[-1].owner == OWNER
    # Whoever folds the same events again, after a crash before the board was stored, adds nothing.
    await scheduler.stop()
    await tasks.forget_board()
    scheduler.start()
    other = await tasks.submit()
    await runner.hello()
    await runner.ready()
    assert (await runner.take()).ref.task == other.id
    await tasks.until(model_key(model_id), "uploaded", "inspected")


async def test_an_inspection_of_a_model_that_is_gone_changes_nothing(tasks: Tasks, runner: ScriptedRunner) -> None:
    model_id = ModelId(new_id())
    key = await tasks.submit(kind=task.TaskKind.INSPECT, model_id=model_id)
    await runner.ready()
    await runner.report((await runner.take()).ref, inspected())
    await tasks.until(key, *BEGUN, "inspected")
    # The next task's life shows that the scheduler went on.
    after = await tasks.submit()
    await runner.ready()
    assert (await runner.take()).ref.task == after.id
    assert await tasks.log.history(model_key(model_id)) == []
