"""Where a model's inspection stands."""

from api.errors.problem import RefusedError
from api.grouping.choose import names
from api.identity import Identity
from api.inspections.resources import InspectionResource, LoadedBy, ModelDetail
from api.models.resources import Figures, ModelResource
from api.parts import Parts
from api.tasks.describe import task_url
from api.tasks.kills import runners_lost
from core.domain.grouping import UNGROUPED, Grouping
from core.domain.told import Told
from core.events.ids import AccountId, ModelId
from core.events.task import TaskKind
from core.postgres.connection import Connection
from core.protocol.inspection import INSPECTION
from core.s3 import keys
from projections.model_catalogue import queries as catalogue
from projections.task_detail import queries as details
from projections.task_detail.fold import KeptArtifact
from projections.task_list import queries as task_list
from projections.task_list.fold import ListedTask
from projections.task_state import State


async def describe(parts: Parts, model: ModelResource, who: Identity, grouping: Grouping | None = None) -> ModelDetail:
    """``who``: whoever looks. ``grouping``: as a command has just left it; None: as the catalogue has it."""
    id_, owner = ModelId(model.id), AccountId(model.owner)
    async with parts.pool.acquire() as connection:
        catalogued = await catalogue.model(connection, id_)
        last = await last_inspection(connection, id_, owner)
        grouped = grouping or catalogued or UNGROUPED
        groups = await names(connection, who, [grouped])
        engines = await task_list.engines_of_model(connection, id_, owner)
        lost = await runners_lost(connection, id_)
    return ModelDetail(
        **model.model_dump(exclude={"inspected", "project", "tags"}),
        project=groups.project_of(grouped),
        tags=groups.tags_of(grouped),
        inspected=Figures.of(catalogued) if catalogued else None,
        inspection=None if last is None else _task(parts.settings.api_url, last),
        loaded_by=[LoadedBy(platform=platform, engine=engine) for platform, engine in engines],
        runners_lost=lost,
    )


def _task(base_url: str, last: ListedTask) -> InspectionResource:
    return InspectionResource(
        task_id=last.id,
        url=task_url(base_url, last.id),
        state=last.state,
        failure=last.failure,
        submitted_at=last.submitted_at,
    )


async def last_inspection(connection: Connection, model: ModelId, owner: AccountId) -> ListedTask | None:
    where = task_list.Filter(kind=(TaskKind.INSPECT,), model_id=(model,), owner=(owner,))
    page = await task_list.tasks(connection, where, limit=1)
    return page.items[0] if page.items else None


async def found(parts: Parts, model: ModelId, name: str = INSPECTION) -> tuple[str, KeptArtifact] | None:
    """What the newest inspection that ended well left under a name, and where it is stored; None while there is none.

    By the tasks and not by the model's own fact, which follows a moment later.
    """
    where = task_list.Filter(kind=(TaskKind.INSPECT,), model_id=(model,), state=(State.COMPLETED,))
    async with parts.pool.acquire() as connection:
        page = await task_list.tasks(connection, where, limit=1)
        task = await details.task(connection, page.items[0].id) if page.items else None
    kept = task.artifact(name) if task else None
    if task is None or kept is None:
        return None
    return keys.artifact(task.id, kept.attempt, kept.name), kept


async def not_ready(parts: Parts, model: ModelResource) -> RefusedError:
    """Why there is no inspection to show."""
    async with parts.pool.acquire() as connection:
        last = await last_inspection(connection, ModelId(model.id), AccountId(model.owner))
    if last is None:
        return RefusedError(
            "inspection_not_ready", Told("Nobody has asked for an inspection of model {model} yet.", model=model.id)
        )
    how = f"{last.state} ({last.failure})" if last.failure else last.state
    return RefusedError(
        "inspection_not_ready",
        Told("The inspection of model {model}, task {last}, is {how}.", model=model.id, last=last.id, how=how),
    )
