"""What MegEngine's ``get_static_memory_alloc_info`` says of a model: ``python reference_memory.py MODEL.mge (fed | whole)``, in the engine's environment (3.10) and in a folder that can be written.

``whole``: the file's graph, for which the engine plans all memory before it runs; the answer is the plan's bytes beside constants. ``fed``: the inputs come from outside, as in
a run of ours, so only the constants are planned; the answer is their bytes, each rounded up to the engine's alignment. The engine's recorder is one for a process: one answer for each.
"""

import json
import os
import sys
from pathlib import Path

import megengine
import numpy as np
from megengine.core.tensor import megbrain_graph
from megengine.utils import comp_graph_tools

# The engine takes plain relative paths only, makes the last folder itself, and writes once the graph has run.
PLACE = "info/static"


def say(path: str, *, fed: bool) -> int:
    loaded = megbrain_graph.load_graph(path)
    outputs = loaded.output_vars_list
    loaded.graph.options.graph_opt_level = 0
    feeds = {}
    shapes = {var.name: var.shape for var in comp_graph_tools.get_dep_vars(outputs, "Host2DeviceCopy")}
    if fed:
        outputs, feeds = comp_graph_tools.convert_inputs(outputs)
    outputs, _ = comp_graph_tools.convert_outputs(outputs)
    function = loaded.graph.compile(outputs)
    function.get_static_memory_alloc_info(PLACE)
    for name, node in feeds.items():
        node.set_value(megengine.Tensor(np.zeros(shapes[name], np.float32))._dev_tensor())
    function.execute()
    function.wait()
    said = json.loads(Path(PLACE, "StaticMemoryInfo.json").read_text(encoding="utf-8"))["chunk"].values()
    if fed:
        weights = [one for one in said if one["type"] == "weight_mem"]
        return sum(int(one["logic_addr_end"]) - int(one["logic_addr_begin"]) for one in weights)
    return max(int(one["logic_addr_end"]) for one in said if one["type"] == "static_mem")


if __name__ == "__main__":
    Path(PLACE).parent.mkdir(exist_ok=True)
    sys.stdout.write(f"\n{say(sys.argv[1], fed=sys.argv[2] == 'fed')}\n")
    sys.stdout.flush()
    os._exit(0)
