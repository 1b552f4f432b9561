"""``/compare/outputs``: whether two runs computed the same."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Annotated
from uuid import UUID

import numpy as np
from fastapi import Query
from pydantic import BaseModel, ValidationError

from api.errors.documents import documented
from api.errors.problem import RefusedError
from api.freshness import Fresh
from api.parts import Parts, PartsOf
from api.profile.reading import completed
from api.routing import router_at
from api.sharing.looking import LookingAround
from api.tasks import artifacts
from api.visibility import Viewer
from core.domain.told import Told
from core.events.ids import TaskId
from core.profile.header import NPY_HEADER_BYTES, NpyRefused, npy_header
from core.profile.outputs import Measure
from core.protocol.outputs import MOST_BYTES, OUTPUTS, Output, OutputsDocument
from core.s3 import keys
from projections.task_detail.fold import TaskDetail

router = router_at(tag="profile")

PIECE = 64 * 1024
"""Numbers of each side that are compared at a time."""


class OutputDistance(BaseModel):
    """``same_form``: dtype and shape are equal; else nothing was compared, and the figures are None, as they are where an array was not kept.

    ``max_abs``: the largest `|a - b|`; ``max_rel``: the largest `|a - b| / max(|a|, |b|)`; ``rms``: the root mean square of `a - b`; ``rms_a`` and ``rms_b``: of the outputs themselves.
    ``differing``: elements that are not equal; ``unlike``: those of which only one is NaN or infinite, which the other figures leave out.
    """

    name: str
    dtype: str
    shape: list[int]
    same_form: bool
    elements: int | None = None
    differing: int | None = None
    unlike: int | None = None
    max_abs: float | None = None
    max_rel: float | None = None
    rms: float | None = None
    rms_a: float | None = None
    rms_b: float | None = None


class OutputComparison(BaseModel):
    """``outputs``: those that both runs have, in the order in which run ``a`` computes them. ``first_diverging``: the first of them that is not equal, bit for bit or by ``tolerance``."""

    a: UUID
    b: UUID
    tolerance: float
    first_diverging: str | None
    outputs: list[OutputDistance]
    only_a: list[str]
    only_b: list[str]


@router.get(
    "/compare/outputs",
    dependencies=[Fresh],
    responses=documented(
        "task_unknown", "profile_not_ready", "no_profile", "no_outputs", "storage_unavailable", "not_fresh_yet"
    ),
)
async def compare_outputs(
    viewer: LookingAround,
    parts: PartsOf,
    a: Annotated[UUID, Query(description="A completed run with `output_dumps`.")],
    b: Annotated[UUID, Query(description="Another one, of the same outputs.")],
    tolerance: Annotated[
        float, Query(ge=0, description="Largest `max_rel` that still counts as equal; 0: any difference counts.")
    ] = 0.0,
) -> OutputComparison:
    """Two runs' outputs, tensor by tensor: where they first differ, and by how much. Arrays are read in pieces."""
    (one, ours), (other, theirs) = await _outputs(parts, viewer, a), await _outputs(parts, viewer, b)
    found = [await _distance(parts, one, ours[name], other, theirs[name]) for name in ours if name in theirs]
    return OutputComparison(
        a=a,
        b=b,
        tolerance=tolerance,
        first_diverging=next((each.name for each in found if _diverges(each, tolerance)), None),
        outputs=found,
        only_a=[name for name in ours if name not in theirs],
        only_b=[name for name in theirs if name not in ours],
    )


def _diverges(one: OutputDistance, tolerance: float) -> bool:
    if not one.same_form or one.unlike:
        return True
    if one.max_rel is None:
        # Without the arrays there is only one figure to go by.
        return one.rms_a != one.rms_b
    return one.max_rel > tolerance


async def _outputs(parts: Parts, viewer: Viewer, id_: UUID) -> tuple[TaskDetail, dict[str, Output]]:
    task = await completed(parts, viewer, id_)
    if not any(kept.name == OUTPUTS for kept in task.artifacts):
        raise RefusedError("no_outputs", Told("Task {id} kept no outputs.", id=id_))
    kept = artifacts.find(task, OUTPUTS)
    content = await parts.store.read_bytes(keys.artifact(TaskId(task.id), kept.attempt, kept.name), most=MOST_BYTES)
    try:
        return task, {output.name: output for output in OutputsDocument.model_validate_json(content).outputs}
    except ValidationError as error:
        raise RefusedError("no_outputs", Told("The outputs of task {id} cannot be read.", id=id_)) from error


async def _distance(parts: Parts, one: TaskDetail, a: Output, other: TaskDetail, b: Output) -> OutputDistance:
    told = OutputDistance(
        name=a.name,
        dtype=a.dtype,
        shape=list(a.shape),
        same_form=(a.dtype, a.shape) == (b.dtype, b.shape),
        rms_a=a.rms,
        rms_b=b.rms,
    )
    if not told.same_form or a.file is None or b.file is None:
        return told
    measure = Measure()
    async with aclosing(_pieces(parts, one, a.file)) as ours, aclosing(_pieces(parts, other, b.file)) as theirs:
        async for piece in ours:
            against = await anext(theirs, None)
            if against is None or against.shape != piece.shape:
                raise RefusedError(
                    "no_outputs",
                    Told("The kept arrays of output {name!r} are not what they are said to be.", name=a.name),
                )
            measure.take(piece, against)
    found = measure.distance()
    return told.model_copy(
        update={
            "elements": found.elements,
            "differing": found.differing,
            "unlike": found.unlike,
            "max_abs": found.max_abs,
            "max_rel": found.max_rel,
            "rms": found.rms,
        }
    )


async def _pieces(parts: Parts, task: TaskDetail, name: str) -> "AsyncGenerator[np.ndarray, None]":
    """The numbers of an array in pieces of PIECE, the last one shorter. A runner checked the file, but it is a stranger's all the same: nothing of it is unpickled."""
    kept = artifacts.find(task, name)
    body = await parts.store.get(keys.artifact(TaskId(task.id), kept.attempt, kept.name))
    held = b""
    dtype: np.dtype[np.generic] | None = None
    async for chunk in body.chunks():
        held += chunk
        if dtype is None:
            if len(held) < min(NPY_HEADER_BYTES, body.size):
                continue
            try:
                header = npy_header(held[:NPY_HEADER_BYTES])
            except NpyRefused as refusal:
                raise RefusedError(
                    "no_outputs",
                    Told("{name} of task {task}: {refusal}", name=name, task=task.id, refusal=refusal.args[0]),
                ) from refusal
            dtype, held = np.dtype(header.dtype), held[header.data_offset :]
        whole = PIECE * dtype.itemsize
        while len(held) >= whole:
            yield np.frombuffer(held[:whole], dtype)
            held = held[whole:]
    if dtype is not None and held:
        yield np.frombuffer(held[: len(held) // dtype.itemsize * dtype.itemsize], dtype)
