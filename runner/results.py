"""From what the engine's process left to the facts that are reported."""

from collections.abc import Mapping
from pathlib import Path

from pydantic import ValidationError

from core.domain.analysis import totals_of, type_sums_of
from core.events.failure import FailureKind
from core.events.task import Completed, Inspected
from core.events.values import Artifact, Latency
from core.profile.document import ProfileDocument
from core.protocol.inspection import MOST_BYTES, InspectionDocument
from runner.engine.job import EngineFailed, Inspection, Measurement


def completed(
    attempt: int,
    document: ProfileDocument,
    measurement: Measurement,
    phases: Mapping[str, float],
    artifacts: tuple[Artifact, ...],
) -> Completed:
    return Completed(
        attempt=attempt,
        analyser=document.analyser,
        latency=Latency.model_validate(document.timing.latency.model_dump()),
        totals=totals_of(document),
        by_type=type_sums_of(document),
        phases=dict(phases),
        peak_memory=document.totals.peak_memory,
        warm=measurement.warm,
        artifacts=artifacts,
    )


def read_inspection(path: Path) -> InspectionDocument:
    """Check what a process wrote that had a stranger's model in it. Raises EngineFailed."""
    if path.stat().st_size > MOST_BYTES:
        raise EngineFailed(FailureKind.OUTPUT_LIMIT, f"What was found out about the model is over {MOST_BYTES} bytes.")
    try:
        return InspectionDocument.model_validate_json(path.read_bytes())
    except ValidationError as error:
        raise EngineFailed(FailureKind.INTERNAL, f"The inspection cannot be read: {error}"[:2_000]) from error


def inspected(
    attempt: int,
    document: InspectionDocument,
    inspection: Inspection,
    phases: Mapping[str, float],
    artifacts: tuple[Artifact, ...],
) -> Inspected:
    totals = document.totals
    return Inspected(
        attempt=attempt,
        inputs=len(document.inputs),
        outputs=len(document.outputs),
        operators=totals.operators,
        parameters=totals.parameters,
        parameter_bytes=totals.parameter_bytes,
        computation=totals.computation,
        activations=totals.activations,
        activation_bytes=totals.activation_bytes,
        phases=dict(phases),
        peak_memory=inspection.peak_memory,
        warm=inspection.warm,
        artifacts=artifacts,
    )
