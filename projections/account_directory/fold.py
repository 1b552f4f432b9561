"""What happens to an account's entry."""

from dataclasses import dataclass
from datetime import datetime

from core.changed import changed
from core.domain.account import AccountState, Standing, evolve
from core.events.account import AccountEvent, Admission, QuotaSet, Registered, Role
from core.events.envelope import Recorded
from core.events.ids import AccountId, Aggregate
from projections.read_model import OrphanEventError, ReadModel


@dataclass(frozen=True)
class DirectoryEntry:
    """``tasks_a_day``, ``running`` and ``stored_bytes`` are None where no quota was set for this account."""

    id: AccountId
    role: Role
    standing: Standing
    admission: Admission
    tasks_a_day: int | None
    running: int | None
    stored_bytes: int | None
    registered_at: datetime
    sequence: int


def fold(row: DirectoryEntry | None, event: Recorded[AccountEvent]) -> DirectoryEntry:
    """The domain's own fold, laid out in columns."""
    if row is None:
        return _first(event)
    if event.sequence <= row.sequence:
        return row
    state = evolve(AccountState(row.standing, row.role), event.data, event.time)
    row = changed(row, standing=state.standing, role=state.role or row.role, sequence=event.sequence)
    if isinstance(event.data, QuotaSet):
        quota = event.data
        row = changed(row, tasks_a_day=quota.tasks_a_day, running=quota.running, stored_bytes=quota.stored_bytes)
    return row


def _first(event: Recorded[AccountEvent]) -> DirectoryEntry:
    if not isinstance(event.data, Registered):
        raise OrphanEventError(f"account {event.key.id} was never registered")
    return DirectoryEntry(
        id=AccountId(event.key.id),
        role=event.data.role,
        standing=Standing.ACTIVE,
        admission=event.data.admission,
        tasks_a_day=None,
        running=None,
        stored_bytes=None,
        registered_at=event.time,
        sequence=event.sequence,
    )


ACCOUNT_DIRECTORY = ReadModel(__file__, DirectoryEntry, Aggregate.ACCOUNT, fold, begins=Registered)
