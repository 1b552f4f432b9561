"""Why a task waits, and what each runner of its platform would need to take it. Pure."""

from core.events.ids import TaskId
from core.protocol.waiting import Candidate, Verdict, WaitingAnswer
from core.scheduler.board import Board, KnownRunner, may_serve, suits
from core.scheduler.waiting import Lane, Place, Queue


def explain(board: Board, task: TaskId) -> WaitingAnswer:
    """What the board says of a task now."""
    if task not in board.waiting:
        return WaitingAnswer(waits=False)
    place = board.waiting.where(task)
    queue, lane = place.queue, place.queue.lane
    mine = queue.ahead_of(place)
    runners = [
        one for one in board.runners.values() if one.key.platform == lane.platform and not one.known.state.revoked
    ]
    held = board.held.by_owner.get(queue.owner, 0) if board.held.full(queue.owner) else None
    return WaitingAnswer(
        waits=True,
        ahead=mine + _others_ahead(board, place, mine),
        own_ahead=mine,
        quota=held,
        withheld=lane.withheld,
        candidates=tuple(_candidate(board, one, lane, queue) for one in runners),
    )


def _candidate(board: Board, runner: KnownRunner, lane: Lane, queue: Queue) -> Candidate:
    running = len(board.held.on(runner.id))
    return Candidate(
        runner=runner.id, verdict=_verdict(runner, lane, queue, running), running=running, slots=runner.slots
    )


def _verdict(runner: KnownRunner, lane: Lane, queue: Queue, running: int) -> Verdict:
    state = runner.known.state
    hindrances = (
        (lane.runner not in {None, runner.id}, Verdict.OTHER_ASKED),
        (lane.engine not in runner.engines, Verdict.NO_ENGINE),
        (lane.pool not in {None, state.pool}, Verdict.WRONG_POOL),
        (not lane.labels <= state.labels, Verdict.LABELS_MISSING),
        (not state.open_to(queue.owner), Verdict.NOT_GRANTED),
        (not may_serve(runner, queue.owner), Verdict.UNSANDBOXED),
        (state.disabled, Verdict.DISABLED),
        (state.drained, Verdict.DRAINED),
        (not state.present, Verdict.OFFLINE),
        (running >= runner.slots or runner.free < 1, Verdict.BUSY),
    )
    return next((verdict for hinders, verdict in hindrances if hinders), Verdict.IDLE)


def _others_ahead(board: Board, place: Place, mine: int) -> int:
    """Others' tasks that the same runners could take: as many of each owner as turns give before this one, and inspections first."""
    queue, lane = place.queue, place.queue.lane
    able = [one for one in board.runners.values() if suits(one, lane) and may_serve(one, queue.owner)]
    my_share = _share(board, queue)
    ahead = 0
    for other_lane, by_owner in board.waiting.lanes.items():
        for owner, other in by_owner.items():
            if other is queue:
                continue
            if not any(suits(one, other_lane) and may_serve(one, owner) for one in able):
                continue
            turns = mine + (_share(board, other) < my_share)
            first = other.inspections if place.profile else 0
            ahead += min(len(other), max(turns, first))
    return ahead


def _share(board: Board, queue: Queue) -> tuple[int, int]:
    return board.held.by_owner.get(queue.owner, 0), board.held.served.get(queue.owner, 0)
