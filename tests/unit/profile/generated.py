"""Raw profiles made up for tests, in the shape that MegEngine's GraphProfiler writes."""

import json
from typing import Any

from hypothesis import strategies as st

NODES = ('CompNode("cpu0:0" from "xpux:0")', 'CompNode("cpu0:1" from "xpux:1")')


def operator(
    kind: str = "Elemwise",
    device: list[tuple[float, float, float]] | None = None,
    host: list[tuple[float, float, float]] | None = None,
    computation: int | None = None,
    memory: int | None = 0,
    name: str | None = None,
    *,
    shape: tuple[int, ...] = (2, 3),
    mode: str = "RELU",
) -> dict[str, Any]:
    """``device`` and ``host``: (start, kern, end) for each node or thread; no ``memory`` means no footprint at all."""
    return {
        "type": kind,
        "device": device,
        "host": host,
        "computation": computation,
        "memory": memory,
        "name": name,
        "shape": list(shape),
        "mode": mode,
    }


def raw_profile(operators: list[dict[str, Any]], dtype: str | None = "Float32") -> bytes:
    """Operator ``n`` has the id ``n``, reads variable ``v`` and writes ``v`` and a workspace ``w``."""
    layout = (
        {"layout": {"dtype": dtype, "shape": [2, 3], "stride": [3, 1]}, "mem_chunk_id": "chkv", "offset_byte": 0}
        if dtype
        else None
    )
    graph: dict[str, Any] = {
        "operator": {},
        "var": {
            "v": {"name": "v", "mem_plan": layout, "flag": []},
            "w": {"name": "w", "mem_plan": None, "flag": ["VOLATILE_CONTENT"]},
        },
        "comp_seq": [str(number) for number in range(len(operators))],
        "mem_chunk": {"chkv": {"id": "chkv", "owner_var": "v", "size": 24}},
    }
    profiler: dict[str, Any] = {"device": {}, "host": {}, "opr_footprint": {}, "opr_internal_pf": []}
    for number, one in enumerate(operators):
        key = str(number)
        name = one["name"] or f"{one['type'].lower()}(v)[{key}]"
        graph["operator"][key] = {"name": name, "type": one["type"], "id": key, "input": ["v"], "output": ["v", "w"]}
        for side, labels in (("device", NODES), ("host", ("interpreter", "worker"))):
            if one[side] is not None:
                times = zip(labels, one[side], strict=False)
                profiler[side][key] = {label: dict(zip(("start", "kern", "end"), t, strict=True)) for label, t in times}
        if one["memory"] is not None:
            profiler["opr_footprint"][key] = {
                "computation": one["computation"],
                "memory": one["memory"],
                "in_shapes": [one["shape"]],
                "out_shapes": [one["shape"]],
                "param": {"mode": one["mode"]},
            }
    return json.dumps({"graph_exec": graph, "profiler": profiler}).encode()


def _times() -> st.SearchStrategy[tuple[float, float, float]]:
    steps = st.tuples(st.integers(0, 10**6), st.integers(0, 10**4), st.integers(0, 10**4))
    # Six decimals, as the engine writes them.
    return steps.map(lambda s: (s[0] / 10**6, (s[0] + s[1]) / 10**6, (s[0] + s[1] + s[2]) / 10**6))


def operators(max_size: int = 30) -> st.SearchStrategy[list[dict[str, Any]]]:
    """Operators of a few types, some without device time, host time, computation or footprint."""
    times = st.lists(_times(), min_size=1, max_size=2)
    one = st.builds(
        operator,
        kind=st.sampled_from(["ConvolutionForward", "Elemwise", "Copy"]),
        device=st.one_of(times, st.none()),
        shape=st.sampled_from([(2, 3), (1, 8)]),
        host=times,
        computation=st.one_of(st.none(), st.integers(0, 10**12)),
        memory=st.one_of(st.none(), st.integers(0, 10**10)),
    )
    return st.lists(one, min_size=1, max_size=max_size)
