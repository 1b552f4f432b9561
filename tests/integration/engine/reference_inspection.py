"""What ``megengine.tools.network_visualize`` says of models, as JSON: ``python reference_inspection.py MODEL.mge …``, in the engine's environment (3.10)."""

import json
import sys
from typing import Any

from megengine.tools.network_visualize import visualize


def say(path: str) -> dict[str, Any]:
    totals, details = visualize(path, log_path=None, logging_to_stdout=False)
    # The last entry of each list is the tool's own sum, in words.
    return {
        "totals": {key: int(value) for key, value in totals._asdict().items()},
        "params": {one["name"]: [int(one["param_dim"]), one["mean"], one["std"]] for one in details.params[:-1]},
        "flops": {
            one["name"]: [float(one["flops_num"]), one.get("receptive_field"), one.get("stride")]
            for one in details.flops[:-1]
        },
        "activations": {one["name"]: [int(one["act_dim"]), int(one["nbits"])] for one in details.activations[:-1]},
    }


sys.stdout.write(json.dumps([say(path) for path in sys.argv[1:]]))
