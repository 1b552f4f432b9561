"""What a running attempt shows meanwhile: never stored, may be dropped."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from core.events.ids import RunnerId, TaskId
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


@dataclass(frozen=True)
class Shown:
    """A message and who sent it: the broker vouches for the runner, and nobody yet for its having that task."""

    task: TaskId
    runner: RunnerId
    message: LiveMessage
