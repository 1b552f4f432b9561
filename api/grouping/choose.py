"""From what somebody chose by name to what the log holds, and back."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from api.grouping import projects, tags
from api.grouping.resources import GroupingChange, ProjectRef
from api.identity import Identity
from api.parts import Parts
from core.domain.grouping import ChangeTags, File, GroupingCommand
from core.events.ids import AccountId, ProjectId, TagId
from core.postgres.connection import Connection, Pool


class Grouped(Protocol):
    """A row of a task or a model."""

    @property
    def project(self) -> ProjectId | None: ...

    @property
    def tags(self) -> Iterable[TagId]: ...


@dataclass(frozen=True)
class Names:
    """What projects and tags are called that somebody may see."""

    projects: Mapping[UUID, ProjectRef]
    words: Mapping[UUID, str]

    def project_of(self, thing: Grouped) -> ProjectRef | None:
        return None if thing.project is None else self.projects.get(thing.project)

    def tags_of(self, thing: Grouped) -> list[str]:
        return sorted(self.words[tag] for tag in thing.tags if tag in self.words)


async def names(connection: Connection | Pool, who: Identity | None, things: Iterable[Grouped]) -> Names:
    things = list(things)
    filed = [thing.project for thing in things if thing.project is not None]
    tagged = {tag for thing in things for tag in thing.tags}
    words = await tags.words(connection, tagged) if tagged else {}
    return Names(await projects.refs(connection, who, filed), words)


async def chosen(
    parts: Parts, caller: Identity, project: UUID | None, words: Iterable[str]
) -> tuple[ProjectId | None, tuple[TagId, ...]]:
    """For a new run of the caller's. Raises RefusedError with ``project_unknown`` or ``project_archived``."""
    into = None if project is None else await projects.taking_in(parts, caller, project)
    return into, tuple(sorted(await tags.made(parts.pool, caller.account, words)))


async def commands(parts: Parts, caller: Identity, owner: AccountId, change: GroupingChange) -> list[GroupingCommand]:
    """Raises RefusedError with ``project_unknown`` or ``project_archived``."""
    wanted: list[GroupingCommand] = []
    if "project" in change.model_fields_set:
        project = change.project
        wanted.append(File(None if project is None else await projects.taking_in(parts, caller, project)))
    if change.add_tags or change.remove_tags:
        added = await tags.made(parts.pool, owner, change.add_tags)
        wanted.append(ChangeTags(added, await tags.known(parts.pool, owner, change.remove_tags)))
    return wanted
