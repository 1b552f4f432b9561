from core.events.account import QuotaSet
from core.events.ids import Aggregate, Platform, RunnerId
from core.events.runner import Drained, GrantRevoked, LeaveReason, Left, OwnerChanged, Pool, SandboxKind
from core.events.subjects import AggregateKey
from core.protocol.waiting import Verdict
from core.scheduler.board import KnownRunner
from core.scheduler.explain import explain
from tests.unit.domain.task_facts import completed, started
from tests.unit.scheduler.boards import ALICE, BOB, BoardBuilder


def _verdict(build: BoardBuilder, number: int, runner: KnownRunner) -> Verdict:
    task = next(id_ for id_ in build.board.tasks if id_.int == number)
    return next(one.verdict for one in explain(build.board, task).candidates if one.runner == runner.id)


def test_what_does_not_wait_says_so() -> None:
    build = BoardBuilder()
    running = build.task(1, started(runner=RunnerId(build.runner(50).id)))
    assert not explain(build.board, running.id).waits


def test_each_runner_says_what_keeps_it_from_the_task() -> None:
    build = BoardBuilder()
    build.task(1)
    runner, old = build.runner(50), build.runner(51, engines=("1.12.0",))
    private = build.runner(52, pool=Pool.PRIVATE, grants=(ALICE,))
    assert _verdict(build, 1, old) is Verdict.NO_ENGINE
    assert _verdict(build, 1, runner) is Verdict.BUSY
    runner.free = 1
    assert _verdict(build, 1, runner) is Verdict.IDLE
    build.record(runner.key, Drained())
    assert _verdict(build, 1, runner) is Verdict.DRAINED
    build.record(private.key, Left(reason=LeaveReason.SILENT))
    assert _verdict(build, 1, private) is Verdict.OFFLINE
    build.record(private.key, GrantRevoked(account=ALICE))
    assert _verdict(build, 1, private) is Verdict.NOT_GRANTED


def test_a_runner_without_a_sandbox_says_so_to_all_but_its_owner() -> None:
    build = BoardBuilder()
    bare = build.runner(50, sandbox=SandboxKind.NONE)
    build.record(bare.key, OwnerChanged(owner=ALICE))
    build.task(1, owner=ALICE)
    build.task(2, owner=BOB)
    bare.free = 1
    assert [_verdict(build, number, bare) for number in (1, 2)] == [Verdict.IDLE, Verdict.UNSANDBOXED]


def test_turns_decide_how_many_go_first() -> None:
    build = BoardBuilder()
    runner = build.runner(50)
    crowd = [build.task(number, owner=ALICE) for number in range(1, 101)]
    build.record(crowd[0].key, started(runner=RunnerId(runner.id)))
    build.record(crowd[0].key, completed())
    bobs = build.task(200, owner=BOB)
    answer = explain(build.board, bobs.id)
    assert (answer.ahead, answer.own_ahead) == (0, 0)
    last = explain(build.board, crowd[-1].id)
    assert (last.ahead, last.own_ahead) == (99, 98)


def test_a_quota_that_is_used_up_is_named() -> None:
    build = BoardBuilder()
    build.task(1, started(runner=RunnerId(build.runner(50).id)))
    waiting = build.task(2)
    build.record(
        AggregateKey(Aggregate.ACCOUNT, Platform.ANY, ALICE), QuotaSet(tasks_a_day=None, running=1, stored_bytes=None)
    )
    assert explain(build.board, waiting.id).quota == 1
