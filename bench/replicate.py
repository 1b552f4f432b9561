"""A large raw profile, made of copies of a real small one."""

from __future__ import annotations

import json
import re
from typing import Any

ID = re.compile(r"\[\d+\]$")


def replicate(raw: bytes, operators: int) -> bytes:
    """At least this many operators that ran: copies of the graph side by side, with ids and names of their own, the same times."""
    profile = json.loads(raw)
    graph = profile["graph_exec"]
    step = max(int(key) for key in (*graph["operator"], *graph["var"])) + 1
    copies = -(-operators // len(profile["profiler"]["device"]))
    made: dict[str, dict[str, Any]] = {
        "graph_exec": {"operator": {}, "var": {}, "comp_seq": [], "mem_chunk": {}},
        "profiler": {"device": {}, "host": {}, "opr_footprint": {}, "opr_internal_pf": {}},
    }
    for number in range(copies):
        _copy(profile, made, number * step)
    return json.dumps(made).encode()


def _copy(profile: dict[str, Any], made: dict[str, dict[str, Any]], by: int) -> None:
    graph, out = profile["graph_exec"], made["graph_exec"]

    def moved(key: str) -> str:
        return str(int(key) + by)

    def chunk(key: str) -> str:
        return f"chk{moved(key.removeprefix('chk'))}"

    for key, one in graph["operator"].items():
        out["operator"][moved(key)] = {
            **one,
            "id": moved(key),
            "name": f"{ID.sub('', one['name'])}[{moved(key)}]",
            "input": [moved(var) for var in one["input"]],
            "output": [moved(var) for var in one["output"]],
        }
    for key, one in graph["var"].items():
        plan = one["mem_plan"] and {**one["mem_plan"], "mem_chunk_id": chunk(one["mem_plan"]["mem_chunk_id"])}
        # Each copy has memory of its own.
        places = {name: one[name] + by * 2**32 for name in ("prev_dev_ptr", "prev_dev_ptr_end") if one.get(name)}
        out["var"][moved(key)] = {**one, "id": moved(key), "mem_plan": plan, **places}
    out["comp_seq"] += [moved(key) for key in graph["comp_seq"]]
    for key, one in graph["mem_chunk"].items():
        out["mem_chunk"][chunk(key)] = {**one, "id": chunk(key), "owner_var": moved(one["owner_var"])}
    for part in ("device", "host", "opr_footprint"):
        made["profiler"][part] |= {moved(key): one for key, one in profile["profiler"][part].items()}
