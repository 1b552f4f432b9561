from dataclasses import dataclass
from itertools import cycle
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from core.domain.task import Status
from core.events.account import QuotaSet
from core.events.ids import AccountId, Aggregate, LabelId, Platform, RunnerId, TaskId
from core.events.runner import GrantRevoked, Labelled, OwnerChanged, Pool, SandboxKind
from core.events.subjects import AggregateKey
from core.events.task import ChoiceReason, TaskKind
from core.scheduler.board import KnownRunner, may_serve, suits
from core.scheduler.choose import Choice, choose
from core.scheduler.open_task import OpenTask
from tests.unit.domain.task_facts import completed, lost, queued, started
from tests.unit.scheduler.boards import ALICE, BOB, BoardBuilder


def test_nothing_for_a_runner_of_another_platform_or_engine() -> None:
    build = BoardBuilder()
    build.task(1, platform=Platform.CUDA)
    build.task(2, engine="1.12.0")
    runner = build.runner(50)
    assert chosen_of(build, runner) is None


def test_a_runner_without_a_sandbox_takes_its_owners_alone() -> None:
    build = BoardBuilder()
    bare = build.runner(50, sandbox=SandboxKind.NONE, grants=(BOB,))
    build.record(bare.key, OwnerChanged(owner=ALICE))
    build.task(1, owner=BOB)
    build.task(2, owner=BOB, kind=TaskKind.INSPECT)
    assert chosen_of(build, bare) is None
    own = build.task(3, owner=ALICE)
    choice = chosen_of(build, bare)
    assert choice is not None
    assert (choice.task, choice.waiting) == (own.id, 1)


def test_the_only_one_is_taken_and_says_so() -> None:
    build = BoardBuilder()
    task = build.task(1)
    choice = chosen_of(build, build.runner(50))
    assert choice is not None
    assert (choice.task, choice.reason, choice.waiting) == (task.id, ChoiceReason.ONLY, 1)


def test_the_oldest_goes_first() -> None:
    build = BoardBuilder()
    older, _newer = build.task(2), build.task(1)
    choice = chosen_of(build, build.runner(50))
    assert choice is not None
    assert (choice.task, choice.reason, choice.waiting) == (older.id, ChoiceReason.OLDEST, 2)


def test_who_has_fewest_running_goes_before_the_oldest() -> None:
    build = BoardBuilder()
    build.task(1, started(runner=RunnerId(build.runner(60).id)), owner=ALICE)
    build.task(2, owner=ALICE)
    bobs = build.task(3, owner=BOB)
    choice = chosen_of(build, build.runner(50))
    assert choice is not None
    assert (choice.task, choice.reason) == (bobs.id, ChoiceReason.FAIR_SHARE)


def test_an_inspection_waits_for_a_runner_that_can_look_into_models() -> None:
    build = BoardBuilder()
    profile = build.task(1)
    inspection = build.task(2, kind=TaskKind.INSPECT)
    binary, wheel = build.runner(50, driver="load_and_run"), build.runner(60)
    choice = chosen_of(build, binary)
    assert choice is not None
    assert (choice.task, choice.waiting) == (profile.id, 1)
    choice = chosen_of(build, wheel)
    assert choice is not None
    assert (choice.task, choice.waiting) == (inspection.id, 2)


def test_inspections_go_before_everything() -> None:
    build = BoardBuilder()
    build.task(1)
    build.task(3, owner=BOB)
    build.task(4, started(runner=RunnerId(build.runner(60).id)), owner=ALICE)
    inspection = build.task(2, kind=TaskKind.INSPECT, owner=ALICE)
    choice = chosen_of(build, build.runner(50))
    assert choice is not None
    assert (choice.task, choice.reason) == (inspection.id, ChoiceReason.INSPECTION_FIRST)


def test_a_task_for_one_runner_waits_for_it() -> None:
    build = BoardBuilder()
    wanted = build.runner(50)
    build.task(1, runner=wanted.id)
    assert chosen_of(build, build.runner(51)) is None
    assert chosen_of(build, wanted) is not None


def test_a_private_runner_takes_only_what_it_was_granted_for() -> None:
    build = BoardBuilder()
    build.task(1, owner=ALICE)
    private = build.runner(50, pool=Pool.PRIVATE, grants=(BOB,))
    assert chosen_of(build, private) is None
    bobs = build.task(2, owner=BOB)
    choice = chosen_of(build, private)
    assert choice is not None
    assert choice.task == bobs.id


def test_a_runner_has_all_labels_that_are_asked_for_and_is_of_the_pool() -> None:
    build = BoardBuilder()
    runner = build.runner(50)
    fast, quiet = (LabelId(UUID(int=number)) for number in (11, 12))
    build.record(runner.key, Labelled(labels=(fast,)))
    build.task(1, labels=(fast, quiet))
    build.task(2, pool=Pool.PRIVATE)
    assert chosen_of(build, runner) is None
    wanted = build.task(3, labels=(fast,), pool=Pool.PUBLIC)
    choice = chosen_of(build, runner)
    assert choice is not None
    assert choice.task == wanted.id


def test_a_grant_that_is_revoked_counts_at_once_also_for_what_waits() -> None:
    build = BoardBuilder()
    runner = build.runner(50, pool=Pool.PRIVATE, grants=(BOB,))
    build.task(1, owner=BOB)
    assert chosen_of(build, runner) is not None
    build.record(runner.key, GrantRevoked(account=BOB))
    assert chosen_of(build, runner) is None


def test_who_has_as_many_running_as_may_be_waits() -> None:
    build = BoardBuilder()
    build.task(1, started(runner=RunnerId(build.runner(60).id)), owner=ALICE)
    mine = build.task(2, owner=ALICE)
    runner = build.runner(50)
    quota = AggregateKey(Aggregate.ACCOUNT, Platform.ANY, ALICE)
    build.record(quota, QuotaSet(tasks_a_day=None, running=1, stored_bytes=None))
    assert chosen_of(build, runner) is None
    build.record(quota, QuotaSet(tasks_a_day=None, running=2, stored_bytes=None))
    choice = chosen_of(build, runner)
    assert choice is not None
    assert choice.task == mine.id
    build.record(quota, QuotaSet(tasks_a_day=None, running=None, stored_bytes=None))
    build.board.held.most = 1
    assert chosen_of(build, runner) is None


def test_turns_decide_between_owners_who_run_nothing() -> None:
    """One runner, which is free whenever it is asked: a thousand tasks of one must not all go before another's one."""
    build = BoardBuilder()
    runner = build.runner(50)
    for number in range(1, 1001):
        build.task(number, owner=ALICE)
    bobs = build.task(2000, owner=BOB)
    order = [served(build, runner) for _ in range(5)]
    assert order.index(bobs.id) == 1
    assert order[2:] == [TaskId(UUID(int=number)) for number in (2, 3, 4)]


@dataclass(frozen=True)
class Wanted:
    """A task of a random board: how it waits. ``lost_by``: place of the runner that lost its first attempt."""

    owner: AccountId
    engine: str
    kind: TaskKind
    runner: int | None
    lost_by: int | None


OWNERS = [AccountId(UUID(int=number)) for number in range(100, 104)]
WANTED = st.builds(
    Wanted,
    st.sampled_from(OWNERS),
    st.sampled_from(["1.13.0", "1.12.0"]),
    st.sampled_from(TaskKind),
    st.none() | st.integers(0, 2),
    st.none() | st.integers(0, 2),
)


@given(tasks=st.lists(WANTED, max_size=12), private=st.booleans(), grants=st.sets(st.sampled_from(OWNERS)))
def test_it_is_what_looking_at_every_task_would_choose(
    tasks: list[Wanted], private: bool, grants: set[AccountId]
) -> None:
    """Task by task until nothing is left for the runners: against the definition, which looks at all of them each time."""
    build = BoardBuilder()
    first = build.runner(50, pool=Pool.PRIVATE if private else Pool.PUBLIC, grants=tuple(grants))
    runners = [first, build.runner(51), build.runner(52, engines=("1.13.0", "1.12.0"))]
    for number, one in enumerate(tasks, 1):
        lost_by = None if one.lost_by is None else runners[one.lost_by].id
        again = () if lost_by is None else (started(1, lost_by), lost(1, lost_by), queued(2))
        wanted = None if one.runner is None else runners[one.runner].id
        build.task(number, *again, owner=one.owner, engine=one.engine, kind=one.kind, runner=wanted)
    for runner in cycle(runners):
        expected = by_definition(build, runner, runners)
        choice = choose(build.board.waiting, runner, build.board.held, runners)
        assert (choice and (choice.task, choice.waiting)) == expected
        if choice is None:
            break
        start(build, build.board.tasks[choice.task], runner)


def by_definition(build: BoardBuilder, runner: KnownRunner, runners: list[KnownRunner]) -> tuple[TaskId, int] | None:
    board = build.board

    def can(one: KnownRunner, entry: OpenTask) -> bool:
        return suits(one, board.waiting.where(entry.id).queue.lane) and may_serve(one, entry.owner)

    def rank(entry: OpenTask) -> tuple[bool, int, int, int]:
        running = sum(other.running and other.owner == entry.owner for other in board.tasks.values())
        turn = board.held.served.get(entry.owner, 0)
        return entry.submitted.kind is not TaskKind.INSPECT, running, turn, entry.since

    def held_back(entry: OpenTask) -> bool:
        lost_here = entry.state.attempt > 0 and entry.runner_id == runner.id
        return lost_here and any(other is not runner and can(other, entry) for other in runners)

    queued_tasks = [entry for entry in board.tasks.values() if entry.state.status is Status.QUEUED]
    candidates = [entry for entry in queued_tasks if can(runner, entry) and not held_back(entry)]
    return (min(candidates, key=rank).id, len(candidates)) if candidates else None


def chosen_of(build: BoardBuilder, runner: KnownRunner) -> Choice | None:
    return choose(build.board.waiting, runner, build.board.held)


def start(build: BoardBuilder, entry: OpenTask, runner: KnownRunner) -> None:
    build.record(entry.key, started(entry.state.attempt + 1, runner.id), entry.owner)


def served(build: BoardBuilder, runner: KnownRunner) -> TaskId:
    """What the runner is given; it is done at once."""
    choice = chosen_of(build, runner)
    assert choice is not None
    entry = build.board.tasks[choice.task]
    start(build, entry, runner)
    build.record(entry.key, completed(), entry.owner)
    return choice.task
