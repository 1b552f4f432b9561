"""The lines that the worker writes. It runs a user's bytes, so nothing in them is believed before it is checked."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, NonNegativeFloat, NonNegativeInt, TypeAdapter

from core.events.failure import FailureKind
from core.events.values import ArtifactName


class _Line(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class EngineStarted(_Line):
    """MegEngine is imported; ``build`` is its version and the first 12 digits of its commit."""

    type: Literal["engine"]
    build: Annotated[str, Field(max_length=100)]


class PhaseEntered(_Line):
    """``at``: when, in seconds of CLOCK_MONOTONIC, which all processes of a machine share."""

    type: Literal["phase"]
    phase: Literal["loading", "warming_up", "timing", "profiling"]
    at: NonNegativeFloat


class FileLeft(_Line):
    """``size`` bytes more stand in the job's output; together they are a file of this name."""

    type: Literal["file"]
    name: ArtifactName
    size: NonNegativeInt


class Measured(_Line):
    """The measurement's numbers; the raw profiles were left as ``raw-<n>.json``, one for each profiled latency."""

    type: Literal["result"]
    load_s: NonNegativeFloat
    compile_s: NonNegativeFloat
    first_run_s: NonNegativeFloat
    latencies: Annotated[tuple[NonNegativeFloat, ...], Field(min_length=1)]
    profiled_latencies: tuple[NonNegativeFloat, ...]
    peak_memory: NonNegativeInt


class Inspected(_Line):
    """The model was looked at; what was found was left as ``inspection.json``, mostly with ``structure.mge`` beside it."""

    type: Literal["inspected"]
    peak_memory: NonNegativeInt


class Failed(_Line):
    """``kind`` is None where the text is the engine's own and has to be classified."""

    type: Literal["failure"]
    kind: FailureKind | None
    message: str


WorkerLine = EngineStarted | PhaseEntered | FileLeft | Measured | Inspected | Failed

_LINE: TypeAdapter[WorkerLine] = TypeAdapter(Annotated[WorkerLine, Field(discriminator="type")])


def parse_line(line: bytes) -> WorkerLine:
    """Raises ``pydantic.ValidationError`` for anything that the worker would not write."""
    return _LINE.validate_json(line)
