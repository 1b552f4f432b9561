"""What an inspection found: the artifact ``inspection.json``, and beside it the model without its values."""

from typing import Annotated, Final, Literal

from pydantic import Field, StringConstraints

from core.events.values import Computation, Count, Frozen

INSPECTION: Final = "inspection.json"
"""Name of the artifact."""
STRUCTURE: Final = "structure.mge"
"""Name of the artifact that viewers can draw: the model without its tensors' data. Older runners left none, nor is there one of every format."""
MOST_BYTES: Final = 32 * 2**20
"""No inspection is longer: one of 11,000 operators has about 6 MB."""

Name = Annotated[str, StringConstraints(max_length=20_000)]
"""Of the model's author's making."""
Shape = tuple[Count, ...]
Dtype = Annotated[str, StringConstraints(max_length=100)]
Parameter = str | int | float | bool | None


class Variable(Frozen):
    """``shape`` is None where it depends on what the model is given. ``dtype``: numpy's name, such as ``float32``; ``byte``: no numbers."""

    name: Name
    dtype: Dtype
    shape: Shape | None


class Amount(Frozen):
    """``elements`` numbers of ``bits`` each take ``bytes``."""

    elements: Count
    bits: Count
    bytes: Count


class ParameterStats(Amount):
    """Of a constant: a weight, mostly. ``mean`` and ``std`` to three digits, None where they are not finite."""

    mean: float | None
    std: float | None


class InspectedOperator(Frozen):
    """``inputs``: names of variables. ``flops`` and ``receptive_field`` (with its ``stride``; rows, columns) where MegEngine has a formula."""

    name: Name
    type: Name
    inputs: tuple[Name, ...]
    outputs: tuple[Variable, ...]
    params: dict[Name, Parameter]
    flops: Computation | None
    receptive_field: tuple[Count, Count] | None
    stride: tuple[Count, Count] | None
    parameter: ParameterStats | None
    activation: Amount | None
    """Of the first output."""


class InspectionTotals(Frozen):
    """``parameter_tensors`` constants hold ``parameters`` numbers; the operators' first outputs hold ``activations``."""

    operators: Count
    parameter_tensors: Count
    parameters: Count
    parameter_bytes: Count
    computation: Computation
    activations: Count
    activation_bytes: Count


class ModelFormatFacts(Frozen):
    """What the file says of itself. ``engine``: MegEngine's version number at the time of the dump, such as 1013000 for 1.13.0; ``version``: of the format."""

    name: Literal["mgv2", "mgb"]
    engine: Count | None
    version: Count | None


class InspectionDocument(Frozen):
    """``batch_size``: that of ``operators`` and ``totals``; None: of the declared shapes. Inputs and outputs are as declared."""

    format: ModelFormatFacts
    batch_size: Annotated[int, Field(ge=1)] | None
    inputs: tuple[Variable, ...]
    outputs: tuple[Variable, ...]
    totals: InspectionTotals
    operators: tuple[InspectedOperator, ...]
