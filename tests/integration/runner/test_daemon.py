"""The daemon, whole and in a process of its own, against a scripted control plane and a real broker."""

import json
import os
import signal
from pathlib import Path

import pytest

from core.events.failure import FailureKind
from core.events.task import Cancelled, Completed, Failed
from core.protocol.calls import BEAT, HELLO, URLS, Welcome
from core.protocol.orders import Abandoned
from core.protocol.wire import for_runners
from infra.embedded.services import Services
from runner.spool import JOURNAL
from tests.integration.engine.conftest import Examples
from tests.integration.runner.control_plane import ControlPlane, until
from tests.integration.runner.daemon import Runner, taken
from tests.integration.runner.objects import SECRET
from tests.unit.runner.orders import order, ref, report

MODEL = (1000).to_bytes(4, "little") + b"\0\0\0\0mgv2" + bytes(992)
"""Begins as a dumped graph does; only the fake engine gets to see it."""


def _alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


async def test_it_says_what_it_is_and_that_it_is_free(control: ControlPlane, runner: Runner) -> None:
    await runner.start()
    await until(lambda: bool(control.readies and control.beats))
    (offer,) = control.hellos[0].description.engines
    assert (offer.version, offer.driver, offer.build) == ("1.13.0", "megengine", "1.13.0+fake")
    assert control.readies[0].free == control.beats[0].free == 1
    assert await runner.end() == 0
    await until(lambda: control.byes == 1)


async def test_a_model_is_measured_and_all_of_it_arrives(
    control: ControlPlane, runner: Runner, examples: Examples, engine_python: Path
) -> None:
    runner.python = engine_python
    runner.configure(warm_spares="1")
    await runner.start()
    inputs = {name: path.read_bytes() for name, path in examples.inputs("two_inputs").items()}
    order = await control.order(examples.model("two_inputs").read_bytes(), inputs)
    result = await control.result(order.ref)
    assert isinstance(result, Completed), runner.said
    assert result.latency.count == order.options.iterations
    stored = {name: control.objects.bodies[f"{order.ref}-{name}"] for name in (one.name for one in result.artifacts)}
    assert {"profile.json", "log.txt", "raw-1.json"} <= stored.keys()
    assert {one.name: one.size for one in result.artifacts} == {name: len(body) for name, body in stored.items()}
    assert set(result.phases) >= {"fetching", "loading", "timing", "profiling", "analysing", "uploading"}
    assert control.beats[-1].attempts == () or order.ref in control.beats[-1].attempts
    await until(lambda: control.beats[-1].free == 1)
    assert str(order.ref) not in runner.left_in_scratch()
    assert SECRET not in runner.said


async def test_an_order_counts_as_taken_only_when_it_is_on_disk(control: ControlPlane, runner: Runner) -> None:
    """The scheduler may forget an order once it is acknowledged, so nothing but the disk holds it then."""
    await runner.start()
    await until(lambda: bool(control.readies))
    repair = runner.spoil_spool()
    order = await control.order(MODEL)
    assert await runner.ended() != 0
    assert not any(order.ref in beat.attempts for beat in control.beats)
    repair()
    await runner.start()
    await control.running(order.ref)
    assert taken(runner, order.ref)


async def test_an_order_that_comes_again_is_run_once(control: ControlPlane, runner: Runner) -> None:
    await runner.start()
    order = await control.order(MODEL)
    await until(lambda: len(runner.begun()) == 1)
    await control.send(order)
    runner.behave("fail")
    other = await control.order(MODEL)
    await control.stop(order.ref)
    assert isinstance(await control.result(other.ref), Failed)
    await control.send(order)
    last = await control.order(MODEL)
    assert isinstance(await control.result(last.ref), Failed)
    assert len(runner.begun()) == 3
    assert [one.ref for one in control.reports] == [order.ref, other.ref, last.ref]


async def test_what_is_no_longer_wanted_is_stopped_and_its_slot_is_free_at_once(
    control: ControlPlane, runner: Runner
) -> None:
    runner.configure(beat_s="3600")
    await runner.start()
    order = await control.order(MODEL)
    await until(lambda: len(runner.begun()) == 1)
    (engine,) = runner.begun()
    said_before = len(control.readies)
    await control.stop(order.ref)
    assert await control.result(order.ref) == Cancelled(attempt=1)
    await until(lambda: len(control.readies) > said_before)
    assert control.readies[-1].free == 1
    assert not _alive(engine)
    assert runner.left_in_scratch() == []
    runner.behave("fail")
    assert isinstance(await control.result((await control.order(MODEL)).ref), Failed)


async def test_told_to_end_it_finishes_what_it_has_and_takes_nothing_more(
    control: ControlPlane, runner: Runner
) -> None:
    runner.configure(drain_s="3600")
    runner.behave("wait")
    await runner.start()
    order = await control.order(MODEL)
    await until(lambda: len(runner.begun()) == 1)
    os.kill(runner.pid, signal.SIGTERM)
    await until(lambda: '"finishing"' in runner.said)
    said_before = len(control.readies)
    runner.behave("fail")
    assert isinstance(await control.result(order.ref), Failed)
    assert await runner.ended() == 0
    await until(lambda: control.byes == 1)
    assert len(control.readies) == said_before


async def test_a_second_signal_is_not_waited_for(control: ControlPlane, runner: Runner) -> None:
    runner.configure(drain_s="3600")
    await runner.start()
    order = await control.order(MODEL)
    await until(lambda: len(runner.begun()) == 1)
    os.kill(runner.pid, signal.SIGTERM)
    await until(lambda: '"finishing"' in runner.said)
    assert await runner.end() == 0
    assert await control.result(order.ref) == Abandoned(attempt=1, orderly=True)


async def test_what_waits_for_a_slot_is_stopped_too(control: ControlPlane, runner: Runner) -> None:
    await runner.start()
    running, waiting = await control.order(MODEL), await control.order(MODEL)
    await control.running(waiting.ref)
    await control.stop(waiting.ref)
    assert await control.result(waiting.ref) == Cancelled(attempt=1)
    await until(lambda: control.beats[-1].attempts == (running.ref,))


async def test_a_runner_that_is_asked_to_end_gives_its_attempt_up_and_says_good_bye(
    control: ControlPlane, runner: Runner
) -> None:
    await runner.start()
    order = await control.order(MODEL)
    await until(lambda: len(runner.begun()) == 1)
    assert await runner.end() == 0
    assert await control.result(order.ref) == Abandoned(attempt=1, orderly=True)
    await until(lambda: control.byes == 1)
    assert not _alive(runner.begun()[0])
    assert runner.spooled("orders") == set()


async def test_a_runner_that_was_killed_gives_up_what_it_held_when_it_starts_again(
    control: ControlPlane, runner: Runner
) -> None:
    await runner.start()
    order = await control.order(MODEL)
    await until(lambda: len(runner.begun()) == 1)
    await runner.end(signal.SIGKILL)
    assert control.reports == []
    await until(lambda: not _alive(runner.begun()[0]))
    await runner.start()
    assert await control.result(order.ref) == Abandoned(attempt=1)
    await control.send(order)
    runner.behave("fail")
    assert isinstance(await control.result((await control.order(MODEL)).ref), Failed)
    assert len(runner.begun()) == 2


async def test_a_report_is_kept_and_its_attempt_beaten_for_until_the_broker_takes_it(
    control: ControlPlane, runner: Runner
) -> None:
    runner.behave("fail")
    await control.take_no_reports()
    await runner.start()
    order = await control.order(MODEL)
    await until(lambda: "report not taken yet" in runner.said)
    beats = len(control.beats)
    await until(lambda: len(control.beats) > beats)
    assert order.ref in control.beats[-1].attempts
    await runner.end(signal.SIGKILL)
    assert runner.spooled("reports") == {str(order.ref)}
    await runner.start()
    await control.take_reports_again()
    assert isinstance(await control.result(order.ref), Failed)
    await until(lambda: runner.spooled("ended") == {str(order.ref)})
    assert len(control.reports) == 1


async def test_a_report_that_was_lost_with_the_broker_is_sent_again(
    control: ControlPlane, runner: Runner, broker: Services
) -> None:
    runner.behave("fail")
    control.settles = False
    await runner.start()
    order = await control.order(MODEL)
    await control.result(order.ref)
    beats = len(control.beats)
    await until(lambda: len(control.beats) > beats and control.beats[-1].reported == (order.ref,))
    assert control.beats[-1].free == 1
    await broker["nats"].kill()
    control.reports.clear()
    await broker["nats"].until_ready()
    assert isinstance(await control.result(order.ref), Failed)
    control.settles = True
    await until(lambda: runner.spooled("ended") == {str(order.ref)})
    assert runner.spooled("reports") == set()
    await until(lambda: control.beats[-1].reported == ())


async def test_a_runner_that_ends_while_the_broker_is_away_reports_when_both_are_back(
    control: ControlPlane, runner: Runner, broker: Services
) -> None:
    await runner.start()
    order = await control.order(MODEL)
    await until(lambda: len(runner.begun()) == 1)
    await broker["nats"].stop()
    assert await runner.end() == 0, runner.said
    assert runner.spooled("reports") == {str(order.ref)}
    await runner.start()
    await broker["nats"].start()
    await broker["nats"].until_ready()
    assert await control.result(order.ref) == Abandoned(attempt=1, orderly=True)


async def test_a_broker_that_was_away_takes_nothing_with_it(
    control: ControlPlane, runner: Runner, broker: Services
) -> None:
    await runner.start()
    order = await control.order(MODEL)
    await until(lambda: len(runner.begun()) == 1)
    await broker["nats"].kill()
    await broker["nats"].until_ready()
    beats = len(control.beats)
    await until(lambda: len(control.beats) > beats)
    await control.running(order.ref)
    await control.stop(order.ref)
    assert await control.result(order.ref) == Cancelled(attempt=1)
    runner.behave("fail")
    assert isinstance(await control.result((await control.order(MODEL)).ref), Failed)


async def test_a_scheduler_that_is_away_for_a_while_is_asked_again(control: ControlPlane, runner: Runner) -> None:
    control.deaf_to = {URLS, BEAT}
    runner.behave("fail")
    await runner.start()
    order = await control.order(MODEL)
    await until(lambda: "beat unanswered" in runner.said)
    control.deaf_to = set()
    assert isinstance(await control.result(order.ref), Failed)


async def test_an_attempt_that_belongs_to_somebody_else_now_is_given_up(control: ControlPlane, runner: Runner) -> None:
    control.deaf_to = {URLS}
    await runner.start()
    order = await control.order(MODEL)
    control.gone.add(order.ref)
    control.deaf_to = set()
    assert await control.result(order.ref) == Abandoned(attempt=1)
    assert runner.begun() == []


async def test_a_runner_that_was_written_off_introduces_itself_again(control: ControlPlane, runner: Runner) -> None:
    await runner.start()
    await until(lambda: bool(control.beats))
    control.forget_the_runner()
    await until(lambda: len(control.hellos) == 2)
    assert control.hellos[0] == control.hellos[1]


@pytest.mark.parametrize("lost", ["model", "request"])
async def test_an_object_store_that_fails_is_not_the_users_fault(
    control: ControlPlane, runner: Runner, lost: str
) -> None:
    control.deaf_to = {URLS}
    await runner.start()
    order = await control.order(MODEL)
    del control.objects.bodies[getattr(order, lost)]
    control.deaf_to = set()
    result = await control.result(order.ref)
    assert isinstance(result, Failed)
    assert result.kind is FailureKind.STORAGE_UNAVAILABLE
    assert SECRET not in runner.said
    assert runner.begun() == []


async def test_a_model_that_prints_without_end_is_only_shown_less_of(control: ControlPlane, runner: Runner) -> None:
    """The lines of one moment can be more than one message of the broker's."""
    runner.behave("chatter")
    await runner.start()
    result = await control.result((await control.order(MODEL)).ref)
    assert isinstance(result, Failed)
    assert result.kind is FailureKind.UNSUPPORTED
    assert {one.name for one in result.artifacts} == {"failure.json", "log.txt", "environment.json"}


async def test_a_runner_that_is_refused_ends_and_says_why(control: ControlPlane, runner: Runner) -> None:
    control.welcome = Welcome(refused="This runner's credentials were revoked.")
    await runner.start()
    assert await runner.ended() == 1
    assert runner.said.splitlines()[-1] == "mgeprof runner: This runner's credentials were revoked."


async def test_a_runner_to_whom_nobody_answers_ends_when_asked_to(control: ControlPlane, runner: Runner) -> None:
    control.deaf_to = {HELLO}
    await runner.start()
    await until(lambda: "nobody answers yet" in runner.said)
    assert await runner.end() == 0


async def test_a_runner_that_still_looks_for_the_broker_ends_when_asked_to(runner: Runner, broker: Services) -> None:
    await broker["nats"].stop()
    await runner.start()
    await until(lambda: "broker_error" in runner.said)
    assert await runner.end() == 0


async def test_a_runner_that_cannot_keep_a_report_ends_instead_of_holding_a_slot(
    control: ControlPlane, runner: Runner
) -> None:
    await runner.start()
    order = await control.order(MODEL)
    await until(lambda: len(runner.begun()) == 1)
    repair = runner.spoil_spool()
    os.kill(runner.begun()[0], signal.SIGKILL)
    assert await runner.ended() != 0
    assert isinstance(await control.result(order.ref), Failed)  # on its way out it says what it cannot keep
    repair()
    await runner.start()
    await until(lambda: control.reports[-1].result == Abandoned(attempt=1))


async def test_an_order_that_it_does_not_understand_stops_nothing(control: ControlPlane, runner: Runner) -> None:
    await runner.start()
    running = await control.order(MODEL)
    await control.running(running.ref)
    await control.link._js.publish(f"dispatch.x86.{control.runner}", b'{"of": "a newer scheduler"}')
    await control.link._nc.publish(f"ctl.{control.runner}.stop", b"what?")
    waiting = await control.order(MODEL)
    await control.running(waiting.ref)
    assert control.beats[-1].attempts == (running.ref, waiting.ref)


async def test_an_order_for_what_only_a_later_release_can_do_fails_and_says_so(
    control: ControlPlane, runner: Runner
) -> None:
    await runner.start()
    later = json.loads(for_runners(order())) | {"options": {"of_a_later_release": True}}
    await control.link._js.publish(f"dispatch.x86.{control.runner}", json.dumps(later).encode())
    assert await control.result(ref()) == Failed(attempt=1, kind=FailureKind.UNSUPPORTED)
    assert "order_refused" in runner.said


async def test_a_report_on_disk_is_sent_although_the_line_after_it_is_broken_off(
    control: ControlPlane, runner: Runner
) -> None:
    """As it is when the machine stopped between the two steps."""
    runner.spool.mkdir(parents=True)
    (runner.spool / JOURNAL).write_bytes(b"report " + report().model_dump_json().encode() + b'\nended {"task"')
    await runner.start()
    assert isinstance(await control.result(ref()), Completed)


async def test_scratch_may_be_a_link_to_a_larger_disk(control: ControlPlane, runner: Runner, tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    (disk / "left behind").mkdir(parents=True)
    (runner.folder / "state").mkdir()
    (runner.folder / "state" / "scratch").symlink_to(disk)
    await runner.start()
    await until(lambda: bool(control.readies))
    assert not (disk / "left behind").exists()
