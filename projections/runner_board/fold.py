"""What happens to a runner's place on the board."""

from dataclasses import dataclass
from datetime import datetime

from core.changed import changed
from core.domain.runner import RunnerState, evolve
from core.events.envelope import Recorded
from core.events.ids import AccountId, Aggregate, LabelId, Platform, RunnerId
from core.events.runner import Described, Enrolled, Pool, RunnerEvent
from projections.read_model import OrphanEventError, ReadModel


@dataclass(frozen=True)
class BoardRow:
    """``description``: what the runner said that it is, None until it did."""

    id: RunnerId
    platform: Platform
    owner: AccountId | None
    pool: Pool
    description: Described | None
    present: bool
    drained: bool
    disabled: bool
    revoked: bool
    labels: tuple[LabelId, ...]
    grants: tuple[AccountId, ...]
    enrolled_at: datetime
    appeared_at: datetime | None
    left_at: datetime | None
    sequence: int


def fold(row: BoardRow | None, event: Recorded[RunnerEvent]) -> BoardRow:
    """The domain's own fold, laid out in columns, and when the runner came and went."""
    if row is not None and event.sequence <= row.sequence:
        return row
    row = _first(event) if row is None else row
    state = evolve(state_of(row), event.data, event.time)
    return changed(
        row,
        pool=state.pool or row.pool,
        owner=state.owner,
        description=state.description,
        present=state.present,
        drained=state.drained,
        disabled=state.disabled,
        revoked=state.revoked,
        labels=tuple(sorted(state.labels)),
        grants=tuple(sorted(state.grants)),
        appeared_at=event.time if state.present and not row.present else row.appeared_at,
        left_at=event.time if row.present and not state.present else row.left_at,
        sequence=event.sequence,
    )


def state_of(row: BoardRow) -> RunnerState:
    """What the domain knows of it."""
    return RunnerState(
        pool=row.pool,
        owner=row.owner,
        description=row.description,
        present=row.present,
        drained=row.drained,
        disabled=row.disabled,
        revoked=row.revoked,
        labels=frozenset(row.labels),
        grants=frozenset(row.grants),
    )


def _first(event: Recorded[RunnerEvent]) -> BoardRow:
    if not isinstance(event.data, Enrolled):
        raise OrphanEventError(f"runner {event.key.id} was never enrolled")
    return BoardRow(
        id=RunnerId(event.key.id),
        platform=event.key.platform,
        owner=event.data.owner,
        pool=event.data.pool,
        description=None,
        present=False,
        drained=False,
        disabled=False,
        revoked=False,
        labels=(),
        grants=(),
        enrolled_at=event.time,
        appeared_at=None,
        left_at=None,
        sequence=event.sequence,
    )


RUNNER_BOARD = ReadModel(__file__, BoardRow, Aggregate.RUNNER, fold, begins=Enrolled)
