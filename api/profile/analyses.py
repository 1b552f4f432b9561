"""``/tasks/{id}/analyses``: what each analyser has read out of a task's raw profiles."""

import asyncio
import hashlib
from datetime import datetime
from uuid import UUID

from fastapi import Response
from pydantic import BaseModel

from api.access import Caller
from api.commands import SEQUENCE_HEADER, IdempotencyKey, command_id, now, origin, tell_sequence
from api.errors.documents import documented
from api.errors.problem import RefusedError
from api.freshness import Fresh
from api.parts import Parts, PartsOf
from api.profile.documents import name_of, newest
from api.profile.reading import check_completed, completed
from api.routing import router_at
from api.sharing.looking import Looking
from api.tasks import artifacts, reading
from api.visibility import Viewer, check_change
from core.domain.analysis import totals_of, type_sums_of
from core.domain.task import TASK, Reanalyse
from core.domain.told import Told
from core.events.subjects import task_key
from core.events.task import Reanalysed
from core.events.values import Artifact, Totals, TypeSum
from core.nats.execute import execute
from core.profile.document import ANALYSER, DocumentUnreadable, ProfileDocument, dump_document
from core.profile.malformed import RawProfileMalformed
from core.s3 import keys
from projections.profile_summary.fold import PROFILE_SUMMARY, Analysis
from projections.task_detail.fold import TaskDetail

router = router_at("/tasks", tag="profile")

REFUSALS = ("task_unknown", "profile_not_ready", "no_profile", "storage_unavailable", "broker_unavailable")


class AnalysisResource(BaseModel):
    """Times in seconds, memory in bytes; sums by type in the order of the analyser."""

    analyser: int
    analysed_at: datetime
    totals: Totals
    by_type: tuple[TypeSum, ...]


class AnalysisList(BaseModel):
    """Newest first. ``outdated``: the server's analyser, ``newest``, has not read this task's raw profiles for good; profiles are shown as it reads them all the same."""

    task_id: UUID
    newest: int
    outdated: bool
    items: list[AnalysisResource]


@router.get("/{task_id}/analyses", dependencies=[Fresh], responses=documented(*REFUSALS, "not_fresh_yet"))
async def list_analyses(task_id: UUID, viewer: Looking, parts: PartsOf) -> AnalysisList:
    """The totals that each analyser has found in a completed task's raw profiles: what a newer one sees differently."""
    return await _analyses(parts, await completed(parts, viewer, task_id))


@router.post(
    "/{task_id}/analyses",
    dependencies=[Fresh],
    responses={
        200: {"headers": SEQUENCE_HEADER, "description": "All analyses, the new one first."},
        **documented(*REFUSALS, "not_yours", "artifact_unknown", "profile_outdated", "not_fresh_yet"),
    },
)
async def reanalyse_task(
    task_id: UUID, caller: Caller, parts: PartsOf, response: Response, key: IdempotencyKey = None
) -> AnalysisList:
    """Have the server's analyser read a completed task's raw profiles again, and keep what it finds; the old result stays. Nothing happens when it has done so before."""
    task = await reading.visible_task(parts, Viewer(caller), task_id)
    check_change(caller, task, f"Task {task_id}")
    check_completed(task)
    attempt, document = await _again(parts, task)
    sequence = 0
    if document is not None:
        fact = Reanalysed(
            attempt=attempt,
            analyser=document.analyser,
            totals=totals_of(document),
            by_type=type_sums_of(document),
            artifacts=(await _kept(parts, task, attempt, document),),
        )
        said = origin(caller, command_id(caller, f"POST /tasks/{task_id}/analyses", key), owner=task.owner)
        outcome = await execute(parts.log, TASK, task_key(task.platform, task.id), Reanalyse(fact), said, now)
        sequence = outcome.known.sequence
    tell_sequence(response, sequence)
    return await _analyses(parts, task)


async def _again(parts: Parts, task: TaskDetail) -> tuple[int, ProfileDocument | None]:
    """The attempt, and what the present analyser makes of its raw profiles; None when it was the last one to read them. Raises RefusedError."""
    stored = newest(task) or artifacts.find(task, "profile.json")
    artifacts.find(task, "raw-1.json", stored.attempt)
    content = await parts.store.read_bytes(keys.artifact(task.id, stored.attempt, stored.name))
    try:
        return stored.attempt, await parts.documents.again(task, stored.attempt, content)
    except (DocumentUnreadable, RawProfileMalformed) as error:
        raise RefusedError("profile_outdated", Told("Task {task}: {error}", task=task.id, error=error)) from error


async def _kept(parts: Parts, task: TaskDetail, attempt: int, document: ProfileDocument) -> Artifact:
    """Before the event: what it names is there. Written twice it is the same."""
    name, content = name_of(document.analyser), await asyncio.to_thread(dump_document, document)
    await parts.store.put_bytes(keys.artifact(task.id, attempt, name), content)
    return Artifact(name=name, sha256=hashlib.sha256(content).hexdigest(), size=len(content))


async def _analyses(parts: Parts, task: TaskDetail) -> AnalysisList:
    """From the log itself: a command's answer shows what it did, however far the read models are."""
    row = PROFILE_SUMMARY.fold({}, await parts.log.history(task_key(task.platform, task.id))).get(task.id)
    if row is None:
        raise RefusedError("no_profile", Told("Task {task} left no profile.", task=task.id))
    found = [Analysis(row.analyser, row.analysed_at, row.totals, row.by_type), *reversed(row.earlier)]
    return AnalysisList(
        task_id=task.id,
        newest=ANALYSER,
        outdated=row.analyser < ANALYSER,
        items=[AnalysisResource.model_validate(one, from_attributes=True) for one in found],
    )
