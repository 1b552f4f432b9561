"""What the scheduler does about runners that lose what they are given, and when it hears nobody at all."""

import math
from dataclasses import dataclass, field, replace
from typing import cast

import pytest
from pydantic import ValidationError

from core.events.envelope import Fact, Recorded
from core.events.ids import Platform, RunnerId
from core.events.runner import Disabled, Drained, LeaveReason, Left, Revoked
from core.events.subjects import runner_key
from core.nats.control import ControlLink
from core.nats.execute import Known
from core.protocol.calls import BYE, HELLO, Hello, UrlsRequest, Welcome
from core.protocol.orders import AttemptRef
from core.s3.store import ObjectStore
from core.scheduler.assignment import Assignment
from core.scheduler.calls import Calls
from core.scheduler.choose import choose
from core.scheduler.leases import Leases
from core.scheduler.timers import Timers
from tests.unit.core.brain import Brain
from tests.unit.domain.spec import START
from tests.unit.domain.task_facts import RUNNER, SUBMITTED, lost, queued, started
from tests.unit.domain.test_runner import DESCRIBED
from tests.unit.runner.orders import ref
from tests.unit.scheduler.boards import BoardBuilder


def _lost_on(build: BoardBuilder, *runners: RunnerId) -> None:
    facts = [
        fact
        for attempt, runner in enumerate(runners, 1)
        for fact in (started(attempt, runner), lost(attempt, runner), queued(attempt + 1))
    ]
    build.task(1, *facts)


def test_what_a_runner_lost_last_goes_to_another_one() -> None:
    """One that beats and never takes its orders must not fail a task in three attempts of its own."""
    build = BoardBuilder()
    broken, sound = build.runner(50), build.runner(51)
    _lost_on(build, broken.id)
    both = (broken, sound)
    assert choose(build.board.waiting, broken, build.board.held, both) is None
    assert choose(build.board.waiting, sound, build.board.held, both) is not None


def test_it_takes_it_itself_when_no_other_one_can() -> None:
    build = BoardBuilder()
    broken, other_engine, gone = build.runner(50), build.runner(51, engines=("1.12.0",)), build.runner(52)
    build.record(gone.key, Left(reason=LeaveReason.SILENT))
    _lost_on(build, broken.id)
    assert choose(build.board.waiting, broken, build.board.held, (broken, other_engine, gone)) is not None


def test_what_it_lost_before_another_one_did_it_may_take_again() -> None:
    build = BoardBuilder()
    first, second = build.runner(50), build.runner(51)
    _lost_on(build, first.id, second.id)
    both = (first, second)
    assert choose(build.board.waiting, first, build.board.held, both) is not None
    assert choose(build.board.waiting, second, build.board.held, both) is None


def test_other_tasks_are_not_held_back_from_it() -> None:
    build = BoardBuilder()
    broken, sound = build.runner(50), build.runner(51)
    _lost_on(build, broken.id)
    other = build.task(2)
    choice = choose(build.board.waiting, broken, build.board.held, (broken, sound))
    assert choice is not None
    assert choice.task == other.id


@dataclass
class Watch:
    """Timers over one running attempt, with leases of 45 s; ``now`` is the time in seconds."""

    brain: Brain = field(default_factory=Brain)
    now: float = 0.0
    connected: bool = True
    stopped: list[tuple[RunnerId, AttemptRef]] = field(default_factory=list)

    def __post_init__(self) -> None:
        board, decisions = self.brain.board, self.brain.decisions
        self.key = self.brain.task(1, SUBMITTED, queued(), started())
        self.leases = Leases(45, math.inf, lambda: self.now)
        assignment = Assignment(board, decisions, self.leases, SlowLink(self))
        self.timers = Timers(board, decisions, self.leases, assignment, lambda: START, lambda: self.connected)
        self.leases.begin(self.brain.entry(self.key).ref, order_sent=True)

    async def at(self, seconds: float, *, connected: bool = True) -> list[str]:
        """Time passes, tick by tick; gives what came of it until now."""
        while self.now < seconds:
            self.now, self.connected = self.now + 1, connected
            await self.timers.tick()
        keys = (self.key, runner_key(Platform.X86, RUNNER))
        return [type_ for key in keys for type_ in self.brain.types(key) if type_ in {"attempt_lost", "left"}]


async def test_an_attempt_of_which_nobody_beats_is_lost_when_its_lease_is_over() -> None:
    watch = Watch()
    assert await watch.at(44) == []
    assert await watch.at(47) == ["attempt_lost", "left"]


async def test_silence_counts_from_when_the_broker_is_back() -> None:
    """While it was away nobody could be heard, and reports wait on the runners' disks."""
    watch = Watch()
    assert await watch.at(40) == []
    assert await watch.at(1000, connected=False) == []
    assert await watch.at(1044) == []
    assert await watch.at(1047) == ["attempt_lost", "left"]


async def test_a_beat_that_came_while_another_decision_waited_still_counts() -> None:
    watch = Watch()
    other = watch.brain.task(2, SUBMITTED, queued(), started())
    watch.leases.begin(watch.brain.entry(other).ref, order_sent=True)

    def beat_of_the_other(event: Recorded[Fact]) -> None:
        watch.brain.board.apply(event)
        watch.leases.renew(ref(2))

    watch.brain.log.told = beat_of_the_other
    assert await watch.at(45) == ["attempt_lost"]
    assert "attempt_lost" not in watch.brain.types(other)


@dataclass
class SlowLink(ControlLink):
    """Time passes while it does what it is asked to."""

    watch: Watch

    async def send_stop(self, runner: RunnerId, ref: AttemptRef) -> None:
        self.watch.stopped.append((runner, ref))

    async def ensure_orders_of(self, platform: Platform, runner: RunnerId) -> None:
        assert (platform, runner) == (Platform.X86, RUNNER)
        await self.watch.at(self.watch.now + 1)


async def test_a_runner_that_comes_back_is_not_written_off_for_the_silence_before() -> None:
    watch = Watch()
    await watch.at(100)
    brain = watch.brain
    calls = Calls(brain.board, brain.decisions, watch.leases, SlowLink(watch), cast(ObjectStore, None), 3600)
    hello = Hello(platform=Platform.X86, description=DESCRIBED)
    answer = await calls.answer(RUNNER, HELLO, hello.model_dump_json().encode())
    assert answer is not None
    assert Welcome.model_validate_json(answer) == Welcome()
    assert brain.types(runner_key(Platform.X86, RUNNER))[-3:] == ["left", "described", "appeared"]


async def test_a_call_that_is_rejected_is_not_answered() -> None:
    watch = Watch()
    brain = watch.brain
    brain.record(runner_key(Platform.X86, RUNNER), Revoked())
    brain.board.runners[RUNNER].known = Known(replace(brain.board.runners[RUNNER].known.state, present=True), 10**6)
    calls = Calls(brain.board, brain.decisions, watch.leases, SlowLink(watch), cast(ObjectStore, None), 3600)
    assert await calls.answer(RUNNER, BYE, b"{}") is None


@pytest.mark.parametrize("name", ["../../models/a/file", "a/b", "", ".hidden", "a" * 65, "log.txt\n", "Log.txt"])
def test_a_runner_gets_no_url_for_a_name_that_leads_elsewhere(name: str) -> None:
    with pytest.raises(ValidationError):
        UrlsRequest(ref=ref(), put=(name,))


def test_the_names_that_runners_use_are_names() -> None:
    UrlsRequest(ref=ref(), put=("profile.json", "log.txt", "raw-10.json", "failure.json"))


def test_a_runner_gets_no_number_of_urls_that_would_hold_others_up() -> None:
    with pytest.raises(ValidationError):
        UrlsRequest(ref=ref(), put=("log.txt",) * 401)


async def test_what_a_disabled_runner_holds_is_taken_from_it_at_once_and_is_not_blamed() -> None:
    watch = Watch()
    watch.brain.record(runner_key(Platform.X86, RUNNER), Disabled())
    assert await watch.at(1) == ["attempt_lost"]
    entry = watch.brain.entry(watch.key)
    assert watch.stopped == [(RUNNER, entry.ref)]
    assert entry.state.losses == 0


async def test_a_drained_runner_keeps_what_it_holds_and_is_given_nothing() -> None:
    watch = Watch()
    watch.brain.record(runner_key(Platform.X86, RUNNER), Drained())
    assert await watch.at(10) == []
    assert not watch.brain.board.runners[RUNNER].usable
