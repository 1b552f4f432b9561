"""What runs computed, and how far two of them are apart."""

from __future__ import annotations

from client.resource import Resource


class Output(Resource):
    """``file``: the artifact that holds the array, if it was kept; ``rms``: root mean square."""

    name: str
    file: str | None = None
    dtype: str = ""
    shape: list[int] = []
    rms: float | None = None


class Outputs(Resource):
    """In the order in which the graph computes them."""

    outputs: list[Output] = []


class OutputDistance(Resource):
    """``max_abs`` and ``max_rel``: the largest absolute and relative difference; ``rms``: the root mean square of the difference."""

    name: str
    dtype: str = ""
    shape: list[int] = []
    same_form: bool = True
    elements: int | None = None
    differing: int | None = None
    unlike: int | None = None
    max_abs: float | None = None
    max_rel: float | None = None
    rms: float | None = None
    rms_a: float | None = None
    rms_b: float | None = None


class OutputComparison(Resource):
    """``first_diverging``: the first output, in the order of the graph, that differs by more than ``tolerance``."""

    a: str
    b: str
    tolerance: float = 0.0
    first_diverging: str | None = None
    outputs: list[OutputDistance] = []
    only_a: list[str] = []
    only_b: list[str] = []
