"""Reads that are to see a certain event."""

from typing import Annotated

from fastapi import Depends, Header

from api.commands import SEQUENCE
from api.errors.problem import RefusedError
from api.parts import PartsOf
from core.domain.told import Told


async def wait_for_sequence(
    parts: PartsOf,
    sequence: Annotated[
        int | None,
        Header(alias=SEQUENCE, ge=0, lt=2**63, description="Wait until the read models have reached this sequence."),
    ] = None,
) -> None:
    """Raises RefusedError with ``not_fresh_yet`` when the read models did not get there in time."""
    patience_s = parts.settings.api_freshness_s
    if sequence and not await parts.position.reached(sequence, patience_s):
        raise RefusedError(
            "not_fresh_yet",
            Told(
                "Sequence {sequence} was not reached within {patience_s:g} s.", sequence=sequence, patience_s=patience_s
            ),
        )


Fresh = Depends(wait_for_sequence)
