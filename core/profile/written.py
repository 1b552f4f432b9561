"""What MegEngine's GraphProfiler writes, as far as we read it: the rest of the file, three quarters of it, is skipped while it is parsed.

A raw profile comes out of a process that ran a stranger's bytes, so types and bounds are part of the description: what decodes can be calculated with.
"""

from typing import Annotated

import msgspec
from msgspec import Meta, Raw, Struct

Amount = Annotated[int, Meta(ge=0, le=2**53)]
"""Above 2**53 it is no amount that an operator can have; it is also where other readers of JSON begin to round."""
LARGEST_SIZE = 2**48
Size = Annotated[int, Meta(ge=0, le=LARGEST_SIZE)]
"""Bytes of one variable."""
Address = Annotated[int, Meta(ge=0, le=2**63 - 1)]
Seconds = Annotated[float, Meta(ge=-1e12, le=1e12)]
"""Bounded far beyond a century: differences and sums of larger ones would overflow."""
Shapes = list[list[Annotated[int, Meta(ge=0, le=2**53)]]]


class Span(Struct, gc=False):
    """On one computing node or host thread; ``kern``: when the kernel began."""

    start: Seconds
    kern: Seconds
    end: Seconds


Times = dict[str, dict[str, Span]]
"""By operator's id, then by node or thread."""


class Named(Struct, gc=False):
    name: str


class Operator(Named, gc=False):
    """``input`` and ``output``: ids of variables."""

    type: str
    input: list[str]
    output: list[str]


class Layout(Struct, gc=False):
    dtype: str


class MemoryPlan(Struct, gc=False):
    """Where the engine planned a variable before the run."""

    layout: Layout
    mem_chunk_id: str


class Variable(Struct, gc=False):
    """``prev_dev_ptr`` to ``prev_dev_ptr_end``: its addresses in the pass. ``mem_readonly_fwd_src``: the variable whose memory it views."""

    flag: list[str]
    mem_plan: MemoryPlan | None
    name: str
    mem_readonly_fwd_src: str | None = None
    prev_dev_ptr: Address | None = None
    prev_dev_ptr_end: Address | None = None


class Chunk(Struct, gc=False):
    size: Size


class Graph(Struct, gc=False):
    """``comp_seq``: operators' ids in the order of execution."""

    operator: dict[str, Operator]
    var: dict[str, Variable]
    comp_seq: list[str]
    mem_chunk: dict[str, Chunk] | None = None


class Footprint(Struct, gc=False):
    """``computation`` in operations, ``memory`` in bytes. ``param``: the operator's own attributes, whatever they are."""

    computation: Amount | None = None
    memory: Amount | None = None
    in_shapes: Shapes | None = None
    out_shapes: Shapes | None = None
    param: Raw = Raw(b"null")


class Recorded(Struct, gc=False):
    device: Times
    host: Times


class RecordedWhole(Recorded, gc=False):
    opr_footprint: dict[str, Footprint] = {}


class NamedGraph(Struct, gc=False):
    operator: dict[str, Named]
    comp_seq: list[str]


class WrittenTimes(Struct, gc=False):
    """Only the times: of a graph that is known already."""

    graph_exec: NamedGraph
    profiler: Recorded


class Written(Struct, gc=False):
    graph_exec: Graph
    profiler: RecordedWhole


WHOLE = msgspec.json.Decoder(Written)
TIMES = msgspec.json.Decoder(WrittenTimes)
REFUSALS = (msgspec.MsgspecError, RecursionError)
"""What decoding raises for other bytes."""
