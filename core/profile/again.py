"""Analysing again what an earlier analyser has read: the raw profiles are kept for it, and its document says what was measured beside them."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import orjson
from pydantic import BaseModel, ConfigDict, ValidationError

from core.profile.analyse import Measured, analyse
from core.profile.document import ANALYSER, DocumentUnreadable, Peaks, ProfileDocument, Timing


class _Totals(BaseModel):
    peak_memory: int


class _Earlier(BaseModel):
    """What every analyser has written in the same form; the first one knew no peaks."""

    model_config = ConfigDict(extra="ignore")

    analyser: int
    engine_build: str
    timing: Timing
    totals: _Totals
    peaks: Peaks | None = None


def is_outdated(document: bytes) -> bool:
    """Whether an earlier analyser wrote this stored document. Raises DocumentUnreadable."""
    written = _stored(document).get("analyser")
    return isinstance(written, int) and written < ANALYSER


def analyse_again(document: bytes, profiles: Iterable[bytes]) -> ProfileDocument:
    """What this analyser makes of the raw profiles, in their order, of a stored document. Raises DocumentUnreadable, and RawProfileMalformed as ``analyse`` does."""
    try:
        earlier = _Earlier.model_validate(_stored(document))
    except ValidationError as error:
        raise DocumentUnreadable(f"The stored profile does not say what was measured: {error}") from error
    timing = earlier.timing
    measured = Measured(
        engine_build=earlier.engine_build,
        latencies=timing.latencies,
        profiled_latencies=() if timing.profiled is None else (timing.profiled.p50,),
        load_s=timing.load_s,
        compile_s=timing.compile_s,
        first_run_s=timing.first_run_s,
        peak_memory=earlier.totals.peak_memory,
        peaks=earlier.peaks,
    )
    found = analyse(profiles, measured)
    # Of the profiled passes' latencies only their distribution was stored; its median is all that the analysis asks of them.
    return replace(found, timing=found.timing.model_copy(update={"profiled": timing.profiled}))


def _stored(document: bytes) -> dict[str, Any]:
    try:
        stored = orjson.loads(document)
    except orjson.JSONDecodeError as error:
        raise DocumentUnreadable(f"The stored profile is not JSON: {error}") from error
    if not isinstance(stored, dict):
        raise DocumentUnreadable("The stored profile is no object.")
    return stored
