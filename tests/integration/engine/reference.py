"""MegEngine's own analysis of raw profiles as JSON, in full precision: ``python reference.py RAW.json …``, in the engine's environment (3.10).

Calls what ``megengine.tools.profile_analyze`` calls, without its rounding into tables.
"""

import json
import math
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


sys.stdout.write(json.dumps([say(json.loads(Path(path).read_text())) for path in sys.argv[1:]]))
