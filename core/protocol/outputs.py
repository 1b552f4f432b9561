"""What a run computed: the artifact ``outputs.json``, and beside it ``output-<n>.npy`` where the arrays themselves were asked for."""

from typing import Annotated, Final

from pydantic import Field

from core.events.values import ArtifactName, Frozen
from core.protocol.inspection import Dtype, Name, Shape

OUTPUTS: Final = "outputs.json"
MOST_BYTES: Final = 8 * 2**20
MOST_NAMES: Final = 200
"""Outputs that can be asked for by name."""
MOST_OUTPUTS: Final = 256


class Output(Frozen):
    """``file``: the artifact that holds the array, None where only its figures were asked for. ``rms``: root mean square, None where it is not finite."""

    name: Name
    file: ArtifactName | None
    dtype: Dtype
    shape: Shape
    rms: float | None


class OutputsDocument(Frozen):
    """In the order in which the graph computes them."""

    outputs: Annotated[tuple[Output, ...], Field(max_length=MOST_OUTPUTS)]
