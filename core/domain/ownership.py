"""Who may see a thing besides its owner, and whether it was given up: a part of the life of tasks, models and datasets."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, assert_never

from core.changed import changed
from core.domain.decider import Decider, RejectedError
from core.events import ownership
from core.events.ownership import DatasetEvent, LinkId, Visibility

OwnershipEvent = (
    ownership.VisibilityChanged | ownership.Shared | ownership.ShareRevoked | ownership.FilesDeleted | ownership.Deleted
)


@dataclass(frozen=True)
class Custody:
    """``links``: those that were made and not revoked, expired ones among them."""

    visibility: Visibility = Visibility.PRIVATE
    links: tuple[LinkId, ...] = ()
    files_deleted: bool = False
    deleted: bool = False


OWNERS_ALONE: Final = Custody()


@dataclass(frozen=True)
class ChangeVisibility:
    visibility: Visibility


@dataclass(frozen=True)
class Share:
    link: LinkId
    expires_at: datetime


@dataclass(frozen=True)
class RevokeShare:
    link: LinkId


@dataclass(frozen=True)
class DeleteFiles:
    pass


@dataclass(frozen=True)
class Delete:
    pass


OwnershipCommand = ChangeVisibility | Share | RevokeShare | DeleteFiles | Delete


def decide(custody: Custody, command: OwnershipCommand) -> OwnershipEvent | None:
    """None for what is so already. What was given up stays so: that is the callers' to refuse."""
    match command:
        case ChangeVisibility():
            same = custody.visibility is command.visibility
            return None if same else ownership.VisibilityChanged(visibility=command.visibility)
        case Share():
            known = command.link in custody.links
            return None if known else ownership.Shared(link=command.link, expires_at=command.expires_at)
        case RevokeShare():
            return ownership.ShareRevoked(link=command.link) if command.link in custody.links else None
        case DeleteFiles():
            return None if custody.files_deleted else ownership.FilesDeleted()
        case Delete():
            return None if custody.deleted else ownership.Deleted()
        case _ as unreachable:
            assert_never(unreachable)


def evolve(custody: Custody, fact: OwnershipEvent) -> Custody:
    match fact:
        case ownership.VisibilityChanged():
            return changed(custody, visibility=fact.visibility)
        case ownership.Shared():
            return changed(custody, links=(*custody.links, fact.link))
        case ownership.ShareRevoked():
            return changed(custody, links=tuple(link for link in custody.links if link != fact.link))
        case ownership.FilesDeleted():
            return changed(custody, files_deleted=True)
        case ownership.Deleted():
            return changed(custody, links=(), files_deleted=True, deleted=True)
        case _ as unreachable:
            assert_never(unreachable)


def _decide_dataset(custody: Custody, command: ChangeVisibility | Delete, _now: datetime) -> DatasetEvent | None:
    """Raises RejectedError with ``dataset_unknown``."""
    if custody.deleted and not isinstance(command, Delete):
        raise RejectedError("dataset_unknown", "There is no such dataset.")
    fact = decide(custody, command)
    if isinstance(fact, ownership.VisibilityChanged | ownership.Deleted):
        return fact
    return None


DATASET: Decider[Custody, ChangeVisibility | Delete, DatasetEvent] = Decider(
    OWNERS_ALONE, _decide_dataset, lambda custody, fact, _at: evolve(custody, fact)
)
"""A dataset stands in a table; the log tells who was let in to it, and that it was given up."""
