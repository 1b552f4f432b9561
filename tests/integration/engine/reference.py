"""MegEngine's own analysis of raw profiles as JSON, in full precision: ``python reference.py RAW.json …``, in the engine's environment (3.10).

With ``--queries QUERIES.json`` the answers to a list of questions (profile_analyze's options, by name) instead; a question at which the tool itself breaks has none.

Calls what ``megengine.tools.profile_analyze`` calls, without its rounding into tables.
"""

import json
import math
import re
import sys
from pathlib import Path
from typing import Any

import numpy as np
from megengine.utils.profile_analyzer import NonExistNum, ProfileAnalyzer, TimeFuncHelper

np.seterr(all="ignore")

DEVICE = TimeFuncHelper.eval_time_func("device", "end", np.max)
KERN = TimeFuncHelper.eval_time_func("device", "kern", np.max)
HOST = TimeFuncHelper.eval_time_func("host", "end", np.max)


def number(value: Any) -> "float | int | None":
    """None for what does not exist or is not finite."""
    if isinstance(value, NonExistNum):
        return None
    plain: float | int = value.item() if isinstance(value, np.generic) else value
    return plain if math.isfinite(plain) else None


def figures(record: object) -> dict[str, Any]:
    return {key: number(getattr(record, key)) for key in ("time", "computation", "memory", "flops", "bandwidth")}


def total(analyzer: ProfileAnalyzer, function: object) -> "float | None":
    found = analyzer.select(function, aggregate=np.sum)
    return number(found[0].time) if found else None


def say(profile: dict[str, Any]) -> dict[str, Any]:
    analyzer = ProfileAnalyzer(profile)
    return {
        "device_s": total(analyzer, DEVICE),
        "host_s": total(analyzer, HOST),
        "all": [figures(record) for record in analyzer.select(DEVICE, aggregate="sum")],
        "operators": {record.info["id"]: {**record.info, **figures(record)} for record in analyzer.select(DEVICE)},
        "waits": {record.info["id"]: number(record.time) for record in analyzer.select(KERN)},
        "types": {
            record.info["type"]: {"count": record.info["count"], **figures(record)}
            for record in analyzer.select(DEVICE, aggregate="sum", aggregate_by="type")
        },
    }


def answer(profile: dict[str, Any], query: dict[str, Any]) -> "list[dict[str, Any]] | None":
    """As profile_analyze filters, aggregates, sorts and cuts."""
    filters: list[Any] = []
    pattern = re.compile(query.get("opr_name", ""))
    if query.get("type"):
        filters.append(lambda o, _a, _b: o["type"] in query["type"])
    if query.get("opr_name"):
        filters.append(lambda o, _a, _b: pattern.match(o["name"]))
    if query.get("input_dtype"):
        filters.append(
            lambda _o, a, _b: any([i["mem_plan"]["layout"]["dtype"] == query["input_dtype"] for i in a])  # noqa: C419 - the tool looks at all
        )
    lowest, highest = query.get("min_time", -math.inf), query.get("max_time", math.inf)
    evaluate = TimeFuncHelper.eval_time_func(query["side"], query["top_end_key"], np.max)

    def time(opr: object) -> "float | None":
        found = evaluate(opr)
        return None if found is not None and (found < lowest or found > highest) else found

    try:
        analyzer = ProfileAnalyzer(profile, lambda o, a, b: all(one(o, a, b) for one in filters))
        records = analyzer.select(
            time,
            opr_filter=lambda opr: not query.get("copies") or opr.opr_info["type"] == "Copy",
            aggregate=query.get("aggregate"),
            aggregate_by=query.get("aggregate_by"),
            top_k=query.get("top", 0),
            sort_by=query.get("order_by"),
        )
    except TypeError:
        # A dtype where there is no memory plan; a comparison with its own "N/A".
        return None
    return [
        {**figures(one), "id": one.info.get("id"), "type": one.info["type"], "count": one.info.get("count", 1)}
        for one in records
    ]


if sys.argv[1] == "--queries":
    queries = json.loads(Path(sys.argv[2]).read_text())
    told = [[answer(json.loads(Path(path).read_text()), one) for one in queries] for path in sys.argv[3:]]
    sys.stdout.write(json.dumps(told))
    sys.exit()
sys.stdout.write(json.dumps([say(json.loads(Path(path).read_text())) for path in sys.argv[1:]]))
