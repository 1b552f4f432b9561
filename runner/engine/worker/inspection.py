"""Jobs of the kind ``inspect``: look at a model without running it.

The figures are those of ``megengine.tools.network_visualize``, by its own functions; the tool itself fails where a model has no parameters, or inputs
whose first dimensions differ.
"""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any

from runner.engine.worker.channel import Refused
from runner.engine.worker.control import opened
from runner.engine.worker.limits import status_bytes
from runner.engine.worker.model_file import format_facts
from runner.engine.worker.structure import FILE as STRUCTURE
from runner.engine.worker.structure import structure

if TYPE_CHECKING:
    from runner.engine.worker.channel import Channel

FILE = "inspection.json"


def inspect(job: dict[str, Any], channel: Channel) -> dict[str, Any]:
    """Writes the document ``inspection.json`` (``core/protocol/inspection.py``) to the job's output and, where it can be made, ``structure.mge`` beside it."""
    from megengine.utils.module_stats import enable_receptive_field

    enable_receptive_field()
    network = load(job["model"])
    declared = {
        "inputs": [variable(var) for var in network.input_vars],
        "outputs": [variable(var) for var in network.output_vars],
    }
    network, batch_size = at_one_sample(network, job["model"])
    operators = [operator(node) for node in network.all_oprs]
    document = {
        "format": format_facts(job["model"]),
        "batch_size": batch_size,
        **declared,
        "totals": totals(operators),
        "operators": operators,
    }
    channel.leave(job["output"], FILE, [json.dumps(document, allow_nan=False).encode()])
    if (drawable := structure(job["model"])) is not None:
        channel.leave(job["output"], STRUCTURE, [drawable])
    return {"peak_memory": status_bytes(job["status"], "VmHWM")}


def load(model: int) -> Any:
    from megengine.utils.network import Network

    # Nothing here may ask for the network's metadata: reading it unpickles bytes of the file.
    with opened(model) as file:
        try:
            return Network.load(file)
        except IndexError as error:
            raise Refused("bad_model", "The file holds a graph without outputs; it may be damaged.") from error


def at_one_sample(network: Any, model: int) -> tuple[Any, int | None]:
    """The network with a first dimension of 1 in all inputs, as the reference tool has it; where that cannot be, as it is declared, and None."""
    firsts = {var.shape[:1] for var in network.input_vars if var.shape is not None}
    if len(firsts) == 1 and () not in firsts:
        try:
            network.reset_batch_size(1)
        except (AssertionError, RuntimeError):
            # Half of it may be changed: a batch size that is written into a reshape, mostly.
            network = load(model)
        else:
            return network, 1
    network._compile()  # noqa: SLF001 - as the reference tool does it
    return network, None


def operator(node: Any) -> dict[str, Any]:
    shown = node.outputs[getattr(node, "output_idx", 0) or 0]
    flops = computation(node)
    return {
        "name": node.name,
        "type": node.type,
        "inputs": [var.name for var in node.inputs],
        "outputs": [variable(var) for var in node.outputs],
        "params": {key: plain(value) for key, value in (node.params or {}).items()},
        "flops": flops.get("flops_num"),
        "receptive_field": flops.get("receptive_field"),
        "stride": flops.get("stride"),
        "parameter": parameter(shown) if node.type == "ImmutableTensor" else None,
        "activation": amount(shown),
    }


def computation(node: Any) -> dict[str, Any]:
    """What MegEngine's formulas say, empty where it has none, or where a shape is not known before it runs."""
    from megengine.utils.module_stats import get_op_stats

    if any(var.shape is None for var in (*node.inputs, *node.outputs)):
        return {}
    found = get_op_stats(node, node.inputs, node.outputs) or {}
    figures: dict[str, Any] = {}
    if "flops_num" in found:
        figures["flops_num"] = float(found["flops_num"])
    for key in ("receptive_field", "stride"):
        if key in found:
            figures[key] = [int(one) for one in found[key]]
    return figures


def amount(var: Any) -> dict[str, int] | None:
    """Numbers, bits of each, and bytes of a variable; None where its shape is not known."""
    import numpy as np
    from megengine.core.tensor.dtype import get_dtype_bit

    if var.shape is None:
        return None
    elements, bits = int(np.prod(var.shape)), get_dtype_bit(np.dtype(var.dtype).name)
    return {"elements": elements, "bits": bits, "bytes": elements * bits // 8}


def parameter(var: Any) -> dict[str, Any] | None:
    from megengine.utils.module_stats import get_param_stats

    if var.shape is None:
        return None
    found = get_param_stats(var)
    mean, std = (float(found[key]) for key in ("mean", "std"))
    return {
        "elements": int(found["param_dim"]),
        "bits": int(found["nbits"]),
        "bytes": int(found["size"]),
        "mean": mean if math.isfinite(mean) else None,
        "std": std if math.isfinite(std) else None,
    }


def variable(var: Any) -> dict[str, Any]:
    import numpy as np

    shape = None if var.shape is None else [int(size) for size in var.shape]
    try:
        dtype = np.dtype(var.dtype).name
    except RuntimeError:
        # Memory of no numbers, such as what a normalisation leaves for its gradient: numpy has no name for it.
        dtype = "byte"
    return {"name": var.name, "dtype": dtype, "shape": shape}


def plain(value: Any) -> Any:
    """A parameter of an operator as it can be shown: one value."""
    if isinstance(value, (str, int, bool)) or value is None or (isinstance(value, float) and math.isfinite(value)):
        return value
    return json.dumps(value, default=str)


def totals(operators: list[dict[str, Any]]) -> dict[str, Any]:
    """Sums in whole numbers, as the reference tool makes them."""
    parameters = [one["parameter"] for one in operators if one["parameter"] is not None]
    activations = [one["activation"] for one in operators if one["activation"] is not None]
    return {
        "operators": len(operators),
        "parameter_tensors": len(parameters),
        "parameters": sum(one["elements"] for one in parameters),
        "parameter_bytes": sum(one["bytes"] for one in parameters),
        "computation": sum(int(one["flops"]) for one in operators if one["flops"] is not None),
        "activations": sum(one["elements"] for one in activations),
        "activation_bytes": sum(one["bytes"] for one in activations),
    }
