"""What a model's inspection found, typed."""

from __future__ import annotations

from typing import Any

from client.resource import Resource


class Variable(Resource):
    """``shape`` is None where it depends on what the model is given."""

    name: str
    dtype: str = ""
    shape: list[int] | None = None


class Amount(Resource):
    """``elements`` numbers take ``bytes``; ``mean`` and ``std`` are of parameters."""

    elements: int = 0
    bits: int = 0
    bytes: int = 0
    mean: float | None = None
    std: float | None = None


class InspectedOperator(Resource):
    """``parameter`` is of a constant, ``activation`` of the first output. ``flops`` where MegEngine has a formula."""

    name: str
    type: str = ""
    inputs: list[str] = []
    outputs: list[Variable] = []
    params: dict[str, Any] = {}
    flops: float | None = None
    receptive_field: list[int] | None = None
    stride: list[int] | None = None
    parameter: Amount | None = None
    activation: Amount | None = None


class InspectionTotals(Resource):
    operators: int = 0
    parameter_tensors: int = 0
    parameters: int = 0
    parameter_bytes: int = 0
    computation: float = 0.0
    activations: int = 0
    activation_bytes: int = 0


class Inspection(Resource):
    """``batch_size``: that of operators and totals; None: of the declared shapes."""

    format: dict[str, Any] = {}
    batch_size: int | None = None
    inputs: list[Variable] = []
    outputs: list[Variable] = []
    totals: InspectionTotals
    operators: list[InspectedOperator] = []
