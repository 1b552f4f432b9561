"""Valid histories of several tasks, runners and models, made by running the deciders on random commands."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from random import Random
from typing import Any
from uuid import UUID

from hypothesis import strategies as st

from core.domain import account as account_domain
from core.domain import grouping
from core.domain import model as model_domain
from core.domain import ownership as owning
from core.domain import project as project_domain
from core.domain import runner as runner_domain
from core.domain import task as task_domain
from core.domain.decider import Decider, RejectedError
from core.events import account, model, runner, task
from core.events.envelope import Fact, Recorded
from core.events.failure import FailureKind
from core.events.ids import AccountId, Aggregate, LabelId, Platform, TagId
from core.events.ownership import LinkId, Visibility
from core.events.subjects import AggregateKey, project_key
from core.events.values import Artifact, ProfileOptions
from tests.unit.projections.facts import (
    BEGIN,
    DIGEST,
    MODELS,
    OWNERS,
    PROJECTS,
    RUNNERS,
    TASKS,
    by_type,
    completed,
    described,
    inspected,
    recorded,
    started,
    submitted,
    totals,
)


@dataclass
class World:
    """The state of each aggregate, and what has happened so far."""

    states: dict[AggregateKey, Any] = field(default_factory=dict)
    history: list[Recorded[Fact]] = field(default_factory=list)

    def record(self, decider: Decider[Any, Any, Any], key: AggregateKey, fact: Any, owner: AccountId) -> None:
        event = recorded(len(self.history) + 1, key, fact, owner=owner)
        self.states[key] = decider.evolve(self.state(decider, key), fact, event.time)
        self.history.append(event)

    def state(self, decider: Decider[Any, Any, Any], key: AggregateKey) -> Any:
        return self.states.get(key, decider.initial)


@dataclass(frozen=True)
class Step:
    """One command, or one fact that no command makes yet, for one thing."""

    which: int
    what: str
    runner: int
    number: int
    seconds: float


TASK_STEPS = (
    "cancel",
    "confirm",
    "expire",
    "lose",
    "give_up",
    "reanalysed",
    "complete",
    "fail",
    "stopped",
    "start",
    "submit",
    "show",
    "file",
    "tag",
    "share",
    "unshare",
    "delete_files",
    "delete",
)
RUNNER_STEPS = (
    *("enroll", "describe", "appear", "leave", "drain", "resume", "disable", "enable", "grant", "revoke_grant"),
    *("pool", "owner", "label", "revoke"),
)
SWITCHES: dict[str, runner_domain.Command] = {
    "drain": runner_domain.Drain(),
    "resume": runner_domain.Resume(),
    "disable": runner_domain.Disable(),
    "enable": runner_domain.Enable(),
    "revoke": runner_domain.Revoke(),
}
MODEL_STEPS = ("upload", "inspect", "show", "file", "tag", "delete")
PROJECT_STEPS = ("create", "create", "archive", "show", "delete")
ACCOUNT_STEPS = ("register", "register", "register", "role", "disable", "enable", "quota", "delete")
STEPS = {
    "task": TASK_STEPS,
    "runner": RUNNER_STEPS,
    "model": MODEL_STEPS,
    "project": PROJECT_STEPS,
    "account": ACCOUNT_STEPS,
}
_AHEAD = {
    task_domain.Status.NEW: "submit",
    task_domain.Status.SUBMITTED: "queue",
    task_domain.Status.QUEUED: "start",
    task_domain.Status.RUNNING: "complete",
    task_domain.Status.LOST: "queue",
}


def histories(max_steps: int = 150) -> st.SearchStrategy[list[Recorded[Fact]]]:
    """Contiguous from sequence 1, each event a second later than the one before.

    The steps come from a seed: drawn one by one, nearly all would be refused and the histories stay empty.
    """
    return st.builds(play, st.integers(0, 2**32), st.integers(0, max_steps))


def play(seed: int, steps: int) -> list[Recorded[Fact]]:
    return played(seed, steps).history


def played(seed: int, steps: int) -> World:
    chance, world = Random(seed), World()
    for _ in range(steps):
        kind = chance.choices(("task", "runner", "model", "project", "account"), (8, 3, 1, 1, 1))[0]
        names = STEPS[kind]
        step = Step(
            which=chance.randrange(len(TASKS)),
            what=chance.choice(names),
            runner=chance.randrange(len(RUNNERS)),
            number=chance.randrange(3),
            seconds=10 ** chance.uniform(-9, 3),
        )
        if kind == "task":
            _task_step(world, step, onward=chance.random() < 0.6)
        elif kind == "runner":
            _runner_step(world, step)
        elif kind == "model":
            _model_step(world, step)
        elif kind == "project":
            _project_step(world, step)
        else:
            _account_step(world, step)
    return world


def _run(world: World, decider: Decider[Any, Any, Any], key: AggregateKey, command: Any, owner: AccountId) -> None:
    now = BEGIN + timedelta(seconds=len(world.history) + 50)
    try:
        fact = decider.decide(world.state(decider, key), command, now)
    except RejectedError:
        return
    if fact is not None:
        world.record(decider, key, fact, owner)


def _task_step(world: World, step: Step, *, onward: bool) -> None:
    key = AggregateKey(Aggregate.TASK, (Platform.X86, Platform.CUDA)[step.which % 2], TASKS[step.which])
    state: task_domain.TaskState = world.state(task_domain.TASK, key)
    owner = OWNERS[step.which % 2]
    if onward:
        step = replace(step, what=_AHEAD.get(state.status, step.what))
    if step.what == "reanalysed":
        inspection = state.submitted is not None and state.submitted.kind is task.TaskKind.INSPECT
        if state.status is task_domain.Status.COMPLETED and not inspection:
            world.record(task_domain.TASK, key, _reanalysed(state, step), owner)
        return
    command = _plain_command(step) or _command_on_attempt(state, step)
    _run(world, task_domain.TASK, key, command, owner)


def _reanalysed(state: task_domain.TaskState, step: Step) -> task.Reanalysed:
    return task.Reanalysed(
        attempt=state.attempt,
        analyser=2 + step.number,
        totals=totals(step.seconds),
        by_type=by_type(step.seconds),
        artifacts=_artifacts(step),
    )


def _plain_command(step: Step) -> task_domain.Command | None:
    if step.what == "submit":
        kind = task.TaskKind.INSPECT if step.runner == 2 else task.TaskKind.PROFILE
        options = ProfileOptions(queue_limit_s=(1.0, 100.0, 86_400.0)[step.number])
        return task_domain.Submit(submitted(kind=kind, options=options, model_id=MODELS[step.number % 2]))
    plain: dict[str, task_domain.Command] = {
        "queue": task_domain.Queue(),
        "give_up": task_domain.GiveUp(),
        "cancel": task_domain.Cancel(),
        "confirm": task_domain.ConfirmCancelled(),
        "expire": task_domain.Expire(),
        "show": owning.ChangeVisibility(tuple(Visibility)[step.number % 2]),
        "file": _file(step),
        "tag": _tag(step),
        "share": owning.Share(LinkId(UUID(int=step.number)), BEGIN),
        "unshare": owning.RevokeShare(LinkId(UUID(int=step.number))),
        "delete_files": owning.DeleteFiles(),
        "delete": owning.Delete(),
    }
    return plain.get(step.what)


def _command_on_attempt(state: task_domain.TaskState, step: Step) -> task_domain.Command:
    # A report is mostly of the present attempt by the runner that has it, sometimes late or of somebody else.
    attempt = max(1, state.attempt - step.number // 2)
    reporter = state.runners[attempt - 1] if state.runners and step.runner < 2 else RUNNERS[step.runner]
    match step.what:
        case "start":
            return task_domain.Start(started(state.attempt + 1, RUNNERS[step.runner]))
        case "complete":
            return task_domain.Finish(reporter, _result(state, attempt, step))
        case "fail":
            kind = (FailureKind.BAD_INPUT, FailureKind.ENGINE_CRASH, FailureKind.TIME_LIMIT)[step.number]
            failed = task.Failed(attempt=attempt, kind=kind, exit_code=139, artifacts=_artifacts(step))
            return task_domain.Finish(reporter, failed)
        case "stopped":
            return task_domain.Finish(reporter, task.Cancelled(attempt=attempt, artifacts=_artifacts(step)))
        case _:
            return task_domain.LoseAttempt(attempt, reporter, task.LossReason.LEASE_ENDED)


def _result(state: task_domain.TaskState, attempt: int, step: Step) -> task.Completed | task.Inspected:
    """What the task's kind asks for; now and then it is the other, which is refused."""
    inspection = state.submitted is not None and state.submitted.kind is task.TaskKind.INSPECT
    if inspection != (step.number == 2 and step.seconds > 100):
        return inspected(attempt, _artifacts(step))
    return completed(attempt, step.seconds, _artifacts(step))


def _artifacts(step: Step) -> tuple[Artifact, ...]:
    names = ("log.txt", "raw-1.json", "profile.json")[: step.number + 1]
    return tuple(Artifact(name=name, sha256=DIGEST, size=step.which * 1000) for name in names)


def _runner_step(world: World, step: Step) -> None:
    key = AggregateKey(Aggregate.RUNNER, Platform.X86, RUNNERS[step.runner])
    account = OWNERS[step.number % 2]
    command: runner_domain.Command
    match step.what:
        case "enroll":
            pool = runner.Pool.PUBLIC if step.number else runner.Pool.PRIVATE
            command = runner_domain.Enroll(pool, account if step.number else None)
        case "describe":
            command = runner_domain.Describe(described(("1.13.0", "1.13.1", "1.12.4")[step.number], step.number + 1))
        case "appear":
            command = runner_domain.Appear()
        case "leave":
            command = runner_domain.Leave(runner.LeaveReason.SILENT)
        case "pool":
            command = runner_domain.ChangePool(runner.Pool.PUBLIC if step.number else runner.Pool.PRIVATE)
        case "owner":
            command = runner_domain.ChangeOwner(account)
        case "label":
            command = runner_domain.Label(frozenset(LabelId(UUID(int=number)) for number in range(step.number)))
        case "grant":
            command = runner_domain.Grant(account)
        case "revoke_grant":
            command = runner_domain.RevokeGrant(account)
        case _:
            command = SWITCHES[step.what]
    _run(world, runner_domain.RUNNER, key, command, OWNERS[0])


def _model_step(world: World, step: Step) -> None:
    key = AggregateKey(Aggregate.MODEL, Platform.ANY, MODELS[step.which % 2])
    command: model_domain.Command
    match step.what:
        case "upload":
            command = model_domain.Upload(model.Uploaded(sha256=DIGEST, size=step.number))
        case "inspect":
            inspected = model.Inspected(
                task_id=TASKS[0], engine="1.13.0", operators=step.number, parameters=7, computation=step.seconds
            )
            command = model_domain.Inspect(inspected)
        case "show":
            command = owning.ChangeVisibility(tuple(Visibility)[step.number % 2])
        case "file":
            command = _file(step)
        case "tag":
            command = _tag(step)
        case _:
            command = owning.Delete()
    _run(world, model_domain.MODEL, key, command, OWNERS[step.which % 2])


def _file(step: Step) -> grouping.File:
    return grouping.File(PROJECTS[step.runner] if step.runner < len(PROJECTS) else None)


def _tag(step: Step) -> grouping.ChangeTags:
    tags = [TagId(UUID(int=number)) for number in range(4)]
    return grouping.ChangeTags(frozenset(tags[: step.number]), frozenset(tags[step.runner :]))


def _project_step(world: World, step: Step) -> None:
    key = project_key(PROJECTS[step.which % 2])
    command: project_domain.Command
    match step.what:
        case "create":
            command = project_domain.Create()
        case "archive":
            command = project_domain.Archive(bool(step.number % 2))
        case "show":
            command = owning.ChangeVisibility(tuple(Visibility)[step.number % 2])
        case _:
            command = owning.Delete()
    _run(world, project_domain.PROJECT, key, command, OWNERS[step.which % 2])


def _account_step(world: World, step: Step) -> None:
    owner = OWNERS[step.which % 2]
    command: account_domain.Command
    match step.what:
        case "register":
            command = account_domain.Register(account.Role.USER, account.Admission.OPEN)
        case "role":
            command = account_domain.ChangeRole(list(account.Role)[step.number])
        case "disable":
            command = account_domain.Disable()
        case "enable":
            command = account_domain.Enable()
        case "quota":
            fact = account.QuotaSet(tasks_a_day=step.number, running=None, stored_bytes=None)
            command = account_domain.SetQuota(fact)
        case _:
            command = account_domain.Delete()
    _run(world, account_domain.ACCOUNT, AggregateKey(Aggregate.ACCOUNT, Platform.ANY, owner), command, owner)


def split(events: list[Recorded[Fact]], sizes: list[int]) -> Iterator[list[Recorded[Fact]]]:
    """The events in batches of these sizes, over and over; no size: all at once."""
    position, turn = 0, 0
    while position < len(events):
        size = sizes[turn % len(sizes)] if sizes else len(events)
        yield events[position : position + size]
        position, turn = position + size, turn + 1


batch_sizes = st.lists(st.integers(1, 20), max_size=5)
