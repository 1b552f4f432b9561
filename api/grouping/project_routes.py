"""``/projects``."""

from dataclasses import dataclass, replace
from typing import Annotated, Final
from uuid import UUID, uuid5

from fastapi import Query, Response, status

from api.access import Caller
from api.commands import SEQUENCE_HEADER, IdempotencyKey, now, origin, tell_sequence
from api.errors.documents import documented
from api.freshness import Fresh
from api.grouping import projects
from api.grouping.projects import Project
from api.grouping.resources import NewProject, ProjectChange, ProjectPage, ProjectResource
from api.identity import Identity
from api.parts import Parts, PartsOf
from api.routing import router_at
from api.visibility import Whose, reach
from core.domain.decider import RejectedError
from core.domain.ownership import ChangeVisibility, Delete
from core.domain.project import PROJECT, Archive, Command, Create, ProjectState
from core.events.ids import CommandId, new_id
from core.events.ownership import Visibility
from core.events.subjects import project_key
from core.nats.execute import Known, execute
from core.postgres.queries import escaped_like
from projections.paging import MAX_LIMIT, Cursors

router = router_at("/projects", tag="projects")


@dataclass(frozen=True)
class _Place:
    name: str
    id: UUID


_CURSORS: Final = Cursors(_Place)


@router.post(
    "",
    status_code=status.HTTP_201_CREATED,
    responses={
        201: {"headers": SEQUENCE_HEADER, "description": "The project."},
        **documented("invalid_request", "project_exists", "broker_unavailable"),
    },
)
async def create_project(
    new: NewProject, caller: Caller, parts: PartsOf, response: Response, key: IdempotencyKey = None
) -> ProjectResource:
    """Make a project, to put runs and models into."""
    project, sequence = await _created(parts, caller, new.name, key)
    if new.visibility is not Visibility.PRIVATE:
        project, sequence = await _execute(parts, caller, project, ChangeVisibility(new.visibility))
    response.headers["Location"] = f"{parts.settings.api_url}/api/v1/projects/{project.named.id}"
    tell_sequence(response, sequence)
    return await projects.resource(parts, caller, project)


@router.get("", dependencies=[Fresh], responses=documented("invalid_cursor", "not_fresh_yet"))
async def list_projects(
    caller: Caller,
    parts: PartsOf,
    whose: Whose = Whose.MINE,
    archived: Annotated[bool, Query(description="Those that are archived, too.")] = False,
    q: Annotated[str | None, Query(max_length=200, description="A part of the name.")] = None,
    limit: Annotated[int, Query(ge=1, le=MAX_LIMIT)] = 50,
    cursor: Annotated[str | None, Query()] = None,
) -> ProjectPage:
    """Your projects, or with `whose=anyone` all that you may see, by name."""
    place = None if cursor is None else _CURSORS.read(cursor)
    rows = await projects.page(
        parts.pool,
        caller,
        reach(caller, whose),
        archived=archived,
        pattern=None if not q else f"%{escaped_like(q)}%",
        after=None if place is None else (place.name, place.id),
        limit=limit + 1,
    )
    items = rows[:limit]
    more = len(rows) > limit
    return ProjectPage(items=items, next_cursor=_CURSORS.write(_Place(items[-1].name, items[-1].id)) if more else None)


@router.get("/{project_id}", dependencies=[Fresh], responses=documented("project_unknown", "not_fresh_yet"))
async def get_project(project_id: UUID, caller: Caller, parts: PartsOf) -> ProjectResource:
    """A project. What is in it: `GET /tasks?project=…` and `GET /models?project=…`."""
    return await projects.resource(parts, caller, await projects.found(parts, caller, project_id))


@router.patch(
    "/{project_id}",
    responses={
        200: {"headers": SEQUENCE_HEADER, "description": "The project as it is now."},
        **documented("project_unknown", "not_yours", "project_exists", "broker_unavailable"),
    },
)
async def change_project(
    project_id: UUID, change: ProjectChange, caller: Caller, parts: PartsOf, response: Response
) -> ProjectResource:
    """Rename a project, show or hide it, archive it or take it out of the archive; what is not given stays as it is."""
    project = await projects.changeable(parts, caller, project_id)
    if change.name is not None:
        project = await projects.rename(parts.pool, project, change.name)
    commands: list[Command] = []
    if change.visibility is not None:
        commands.append(ChangeVisibility(change.visibility))
    if change.archived is not None:
        commands.append(Archive(change.archived))
    sequence = 0
    for command in commands:
        project, sequence = await _execute(parts, caller, project, command)
    tell_sequence(response, sequence)
    return await projects.resource(parts, caller, project)


@router.delete(
    "/{project_id}",
    status_code=status.HTTP_204_NO_CONTENT,
    responses={
        204: {"headers": SEQUENCE_HEADER, "description": "It is forgotten."},
        **documented("project_unknown", "not_yours", "broker_unavailable"),
    },
)
async def delete_project(project_id: UUID, caller: Caller, parts: PartsOf, response: Response) -> None:
    """Forget a project. The runs and models in it stay, and are in none."""
    project = await projects.changeable(parts, caller, project_id)
    _, sequence = await _execute(parts, caller, project, Delete())
    tell_sequence(response, sequence)
    await projects.forget(parts.pool, project.named.id)


async def _created(parts: Parts, caller: Identity, name: str, key: str | None) -> tuple[Project, int]:
    """Raises RefusedError with ``project_exists``."""
    for _ in range(2):
        new = Project(await projects.name(parts.pool, caller.account, name), PROJECT.initial)
        command = CommandId(new_id() if key is None else uuid5(new.named.id, key))
        try:
            return await _execute(parts, caller, new, Create(), command, Known(new.state, 0))
        except RejectedError as error:
            if error.code != "project_unknown":
                break
            # It was deleted, and then something broke before its name was forgotten.
            await projects.forget(parts.pool, new.named.id)
    raise projects.taken(name)


async def _execute(
    parts: Parts,
    caller: Identity,
    project: Project,
    command: Command,
    id_: CommandId | None = None,
    known: Known[ProjectState] | None = None,
) -> tuple[Project, int]:
    """The project afterwards, and its sequence."""
    because = origin(caller, id_ or CommandId(new_id()), owner=project.named.owner)
    outcome = await execute(parts.log, PROJECT, project_key(project.named.id), command, because, now, known)
    return replace(project, state=outcome.known.state), outcome.known.sequence
