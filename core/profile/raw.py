"""One raw profile of MegEngine's GraphProfiler, one profiled pass, as typed rows.

The file has ``graph_exec`` (``operator``, ``var``, ``comp_seq``: the graph that ran) and ``profiler`` (``device``, ``host``, ``opr_footprint``). ``device[op][node]`` holds
``start``, ``kern`` and ``end`` in seconds with microsecond resolution. The order of operators in the file is the order of a hash table: it differs between runs.
"""

from typing import Any, NamedTuple

import orjson

Shapes = tuple[tuple[int, ...], ...]


class RawProfileMalformed(ValueError):  # noqa: N818 - named after the fact
    """The bytes are not a profile that MegEngine's GraphProfiler wrote; the message says what is amiss."""


class RawOperator(NamedTuple):
    """An operator as one pass recorded it. None stands for what the engine did not record.

    ``device_s``: self time, the longest ``end - start`` over its computing nodes; ``wait_s`` the same to ``kern``, when the kernel began. ``host_s``: the longest over the
    host's threads. ``start_s``: earliest device start, in the engine's own clock. ``computation`` in operations (the engine writes none for data movers), ``memory`` in
    bytes. Shapes leave workspaces out. Dtypes are None for variables without a static memory plan.
    """

    id: str
    name: str
    type: str
    node: str | None
    device_s: float | None
    wait_s: float | None
    host_s: float | None
    start_s: float | None
    computation: int | None
    memory: int | None
    input_shapes: Shapes
    output_shapes: Shapes
    input_dtypes: tuple[str | None, ...]
    output_dtypes: tuple[str | None, ...]
    param: dict[str, Any]


class RawPass(NamedTuple):
    """``operators``: those that ran, in the file's order. ``sequence``: operator ids in the order of execution."""

    operators: tuple[RawOperator, ...]
    sequence: tuple[str, ...]


def read_raw(profile: bytes) -> RawPass:
    """Read one raw profile. Raises RawProfileMalformed."""
    try:
        document = orjson.loads(profile)
        return _read(document["graph_exec"], document["profiler"])
    except orjson.JSONDecodeError as error:
        raise RawProfileMalformed(f"The profile is not JSON: {error}") from error
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise RawProfileMalformed(f"The profile lacks something that GraphProfiler writes: {error!r}") from error


def _read(graph: dict[str, Any], profiler: dict[str, Any]) -> RawPass:
    device, host, footprints = profiler["device"], profiler["host"], profiler.get("opr_footprint", {})
    variables = {key: _variable(var) for key, var in graph["var"].items()}
    operators = tuple(
        _operator(key, entry, device.get(key), host.get(key), footprints.get(key, {}), variables)
        for key, entry in graph["operator"].items()
        if key in device or key in host
    )
    return RawPass(operators, tuple(map(str, graph["comp_seq"])))


def _variable(var: dict[str, Any]) -> tuple[str | None, bool]:
    """Its dtype, and whether it is a workspace."""
    plan = var["mem_plan"]
    return plan["layout"]["dtype"] if plan else None, "VOLATILE_CONTENT" in var["flag"]


def _operator(
    key: str,
    entry: dict[str, Any],
    device: dict[str, dict[str, float]] | None,
    host: dict[str, dict[str, float]] | None,
    footprint: dict[str, Any],
    variables: dict[str, tuple[str | None, bool]],
) -> RawOperator:
    node: str | None = None
    device_s = wait_s = start_s = None
    if device:
        node = _node(next(iter(device)))
        times = list(device.values())
        device_s = max(time["end"] - time["start"] for time in times)
        wait_s = max(time["kern"] - time["start"] for time in times)
        start_s = min(time["start"] for time in times)
    return RawOperator(
        id=key,
        name=entry["name"],
        type=entry["type"],
        node=node,
        device_s=device_s,
        wait_s=wait_s,
        host_s=max(time["end"] - time["start"] for time in host.values()) if host else None,
        start_s=start_s,
        # profile_analyze, the reference, takes a computation of 0 as not recorded.
        computation=_amount(footprint.get("computation")) or None,
        memory=_amount(footprint.get("memory")),
        input_shapes=_shapes(footprint.get("in_shapes")),
        output_shapes=_shapes(footprint.get("out_shapes")),
        input_dtypes=tuple([variables[var][0] for var in entry["input"]]),
        output_dtypes=tuple(
            [dtype for dtype, workspace in map(variables.__getitem__, entry["output"]) if not workspace]
        ),
        param=footprint.get("param") or {},
    )


def _node(text: str) -> str:
    """``cpu0:0`` of ``CompNode("cpu0:0" from "xpux:0")``."""
    parts = text.split('"')
    return parts[1] if len(parts) > 1 else text


def _amount(value: object) -> int | None:
    if value is None or type(value) is int:
        return value
    raise TypeError(f"an amount is a whole number, not {value!r}")


def _shapes(shapes: list[list[int]] | None) -> Shapes:
    return tuple(map(tuple, shapes)) if shapes else ()
