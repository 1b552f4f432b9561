"""The table of projects' names, and what the log knows of a project."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final
from uuid import UUID

from asyncpg import UniqueViolationError
from pydantic import TypeAdapter

from api.errors.problem import RefusedError
from api.grouping.resources import ProjectRef, ProjectResource
from api.identity import Identity
from api.parts import Parts
from api.visibility import Reach, Whose, check_change, may_see, reach
from core.domain.project import PROJECT, ProjectState
from core.domain.told import Told
from core.events.ids import AccountId, ProjectId, new_id
from core.events.ownership import Visibility
from core.events.subjects import project_key
from core.nats.execute import load
from core.postgres.connection import Connection, Pool
from core.postgres.queries import Queries

_SQL: Final = Queries.beside(__file__)


@dataclass(frozen=True)
class NamedProject:
    """A row alone does not make a project: the log does."""

    id: ProjectId
    owner: AccountId
    name: str
    created_at: datetime


@dataclass(frozen=True)
class Project:
    """As it is now, by the log itself."""

    named: NamedProject
    state: ProjectState

    @property
    def owner(self) -> UUID:
        return self.named.owner

    @property
    def visibility(self) -> Visibility:
        return self.state.custody.visibility


_NAMED: Final = TypeAdapter(NamedProject)


async def name(connection: Connection | Pool, owner: AccountId, called: str) -> NamedProject:
    """The owner's row of this name; a new one if there was none."""
    await connection.execute(_SQL["name_project"], new_id(), owner, called)
    row = await connection.fetchrow(_SQL["project_named"], owner, called)
    return _NAMED.validate_python(dict(row or {}))


async def rename(connection: Connection | Pool, here: Project, called: str) -> Project:
    """Raises RefusedError with ``project_exists``."""
    try:
        await connection.execute(_SQL["rename_project"], here.named.id, called)
    except UniqueViolationError as error:
        raise taken(called) from error
    return replace(here, named=replace(here.named, name=called))


async def forget(connection: Connection | Pool, project: UUID) -> None:
    await connection.execute(_SQL["forget_project"], project)


async def found(parts: Parts, caller: Identity, project: UUID) -> Project:
    """Raises RefusedError with ``project_unknown``, also for what the caller may not see."""
    row = await parts.pool.fetchrow(_SQL["named_project"], project)
    if row is None:
        raise _unknown(project)
    named = _NAMED.validate_python(dict(row))
    here = Project(named, (await load(parts.log, PROJECT, project_key(named.id))).state)
    if not here.state.there or not may_see(caller, here):
        raise _unknown(project)
    return here


async def changeable(parts: Parts, caller: Identity, project: UUID) -> Project:
    """Raises RefusedError with ``project_unknown`` or ``not_yours``."""
    here = await found(parts, caller, project)
    check_change(caller, here, f"Project {project}")
    return here


async def taking_in(parts: Parts, caller: Identity, project: UUID) -> ProjectId:
    """One that the caller may put things into. Raises RefusedError with ``project_unknown`` or ``project_archived``."""
    here = await found(parts, caller, project)
    if here.state.archived:
        raise RefusedError("project_archived", Told("Project {project} is archived.", project=project))
    return here.named.id


async def resource(parts: Parts, caller: Identity, here: Project) -> ProjectResource:
    listed = {"visibility": here.visibility, "archived": here.state.archived, **vars(here.named)}
    [told] = await _counted(parts.pool, caller, [listed])
    return told


async def page(
    pool: Pool,
    caller: Identity,
    eye: Reach,
    *,
    archived: bool,
    pattern: str | None,
    after: tuple[str, UUID] | None,
    limit: int,
) -> list[ProjectResource]:
    """By name, from the one after ``after`` on. ``pattern``: for LIKE. ``archived``: these, too."""
    place = after or (None, None)
    rows = await pool.fetch(_SQL["projects"], eye.owner, eye.team, archived, pattern, *place, limit)
    return await _counted(pool, caller, [dict(row) for row in rows])


async def refs(connection: Connection | Pool, who: Identity | None, ids: Iterable[UUID]) -> dict[UUID, ProjectRef]:
    """Those of the projects that somebody may see; whoever only has a link sees none."""
    wanted = list(set(ids))
    if who is None or not wanted:
        return {}
    eye = reach(who, Whose.ANYONE)
    rows = await connection.fetch(_SQL["project_refs"], wanted, eye.owner, eye.team)
    return {row["id"]: ProjectRef(id=row["id"], name=row["name"]) for row in rows}


def taken(called: str) -> RefusedError:
    return RefusedError("project_exists", Told("You have a project {called!r} already.", called=called))


def _unknown(project: UUID) -> RefusedError:
    return RefusedError("project_unknown", Told("There is no project {project}.", project=project))


async def _counted(pool: Pool, caller: Identity, rows: list[dict[str, object]]) -> list[ProjectResource]:
    eye = reach(caller, Whose.ANYONE)
    counted = await pool.fetch(_SQL["counts"], [row["id"] for row in rows], eye.owner, eye.team)
    counts = {row["project"]: (row["runs"], row["models"]) for row in counted}
    told = []
    for row in rows:
        runs, models = counts.get(row["id"], (0, 0))
        told.append(ProjectResource.model_validate({**row, "runs": runs, "models": models}))
    return told
