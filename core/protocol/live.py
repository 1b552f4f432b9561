"""What a running attempt shows meanwhile: never stored, may be dropped."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from core.events.values import Frozen


class Phase(StrEnum):
    FETCHING = "fetching"
    STARTING = "starting"
    """The engine itself: a moment when it was up already."""
    LOADING = "loading"
    WARMING_UP = "warming_up"
    TIMING = "timing"
    PROFILING = "profiling"
    ANALYSING = "analysing"
    UPLOADING = "uploading"


class PhaseBegan(Frozen):
    kind: Literal["phase"] = "phase"
    attempt: int
    phase: Phase
    at: datetime
    """By the runner's clock."""


class LogLines(Frozen):
    """``n``: number of the first of these lines in the attempt's log, from 1."""

    kind: Literal["log"] = "log"
    attempt: int
    n: int
    lines: tuple[str, ...]


LiveMessage = Annotated[PhaseBegan | LogLines, Field(discriminator="kind")]
LIVE_MESSAGE: TypeAdapter[LiveMessage] = TypeAdapter(LiveMessage)
