"""A graph, loaded and run exactly as ``megengine.tools.load_network_and_run`` does it, so that both see the same operators."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np


class LoadedModel:
    """A graph from its file."""

    def __init__(self, path: str) -> None:
        from megengine.core.tensor import megbrain_graph
        from megengine.utils import comp_graph_tools

        with Path(path).open("rb") as file:
            loaded = megbrain_graph.load_graph(file)
        self.graph = loaded.graph
        self._outputs = loaded.output_vars_list
        self._inputs = comp_graph_tools.get_dep_vars(self._outputs, "Host2DeviceCopy")

    def declared(self) -> dict[str, tuple[str, tuple[int, ...]]]:
        """Dtype name and shape of each input, by its name."""
        import numpy as np

        return {var.name: (np.dtype(var.dtype).name, tuple(var.shape)) for var in self._inputs}

    def compile(self, data: dict[str, np.ndarray]) -> Callable[[], None]:
        """A function that runs the model once on ``data``: inputs to the device, execution, outputs back."""
        import megengine
        from megengine.core.tensor import megbrain_graph
        from megengine.utils import comp_graph_tools

        self.graph.options.graph_opt_level = 0
        megbrain_graph.modify_opr_algo_strategy_inplace(self._outputs, "HEURISTIC")
        outputs, inputs = comp_graph_tools.convert_inputs(self._outputs, inputs=self._inputs)
        outputs, results = comp_graph_tools.convert_outputs(outputs)
        function = self.graph.compile(outputs)

        def run() -> None:
            for name, node in inputs.items():
                node.set_value(megengine.Tensor(data[name])._dev_tensor())  # noqa: SLF001 - as load_network_and_run does it
            function.execute()
            function.wait()
            for node in results.values():
                node.get_value().numpy()

        return run
