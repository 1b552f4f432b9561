"""A graph, loaded and run exactly as ``megengine.tools.load_network_and_run`` does it, so that both see the same operators."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from runner.engine.worker.channel import Refused
from runner.engine.worker.control import opened

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np

SWITCHES = (
    *("nchw4", "nchw44", "nchw44_dot", "nchw88", "nchw32", "nchw64", "chwn4", "nhwcd4"),
    *("fuse_conv_bias_nonlinearity", "fuse_conv_bias_with_z", "ioc16", "io16xc32"),
)
"""Options of ours that are keyword arguments of ``optimize_for_inference``."""
SPELT = {"nhwcd4": "hwcd4"}


def strategy(options: dict[str, Any]) -> Any:
    """How algorithms are chosen. ``fast_run`` and ``full_run`` mean what they mean to load_and_run; the Python tool's ``--fast-run`` is the latter."""
    from megengine.core.ops.builtin import Convolution

    kinds = Convolution.Strategy
    if options["full_run"]:
        chosen = kinds.PROFILE
    elif options["fast_run"]:
        chosen = kinds.PROFILE | kinds.OPTIMIZED
    else:
        chosen = kinds.HEURISTIC
    # The tool's own "HEURISTIC_REPRODUCIBLE" is refused by the engine: it takes one word, or the flags themselves.
    return chosen | kinds.REPRODUCIBLE if options["reproducible"] else chosen


class LoadedModel:
    """A graph from its file, a held descriptor."""

    def __init__(self, file: int) -> None:
        from megengine.core.tensor import megbrain_graph
        from megengine.utils import comp_graph_tools

        with opened(file) as content:
            loaded = megbrain_graph.load_graph(content)
        self.graph = loaded.graph
        self._outputs = loaded.output_vars_list
        self._inputs = comp_graph_tools.get_dep_vars(self._outputs, "Host2DeviceCopy")

    def declared(self) -> dict[str, tuple[str, tuple[int, ...]]]:
        """Dtype name and shape of each input, by its name."""
        import numpy as np

        return {var.name: (np.dtype(var.dtype).name, tuple(var.shape)) for var in self._inputs}

    def choose(self, names: list[str]) -> None:
        """Make these variables the outputs, in the order of the graph; what they do not need is not run. Raises Refused."""
        from megengine.utils import comp_graph_tools

        sequence = comp_graph_tools.get_oprs_seq(self._outputs, prune_reshape=False, prune_immtensor=False)
        found = {var.name: var for operator in sequence for var in operator.outputs if var.name in names}
        if missing := [name for name in names if name not in found]:
            raise Refused("bad_input", f"The model has no variable {', '.join(map(repr, missing))} to be an output.")
        self._outputs = list(found.values())

    @property
    def outputs(self) -> list[str]:
        """Names of the outputs, in the order of what a run gives."""
        return [var.name for var in self._outputs]

    def compile(self, data: dict[str, np.ndarray], options: dict[str, Any]) -> Callable[[], list[np.ndarray]]:
        """A function that runs the model once on ``data``: inputs to the device, execution, outputs back."""
        import megengine
        from megengine.core.tensor import megbrain_graph
        from megengine.utils import comp_graph_tools

        self.graph.options.graph_opt_level = 0
        if options["weight_preprocess"]:
            self.graph.enable_weight_preprocess()
        megbrain_graph.modify_opr_algo_strategy_inplace(self._outputs, strategy(options))
        outputs = self._outputs
        if switches := {f"enable_{SPELT.get(name, name)}": True for name in SWITCHES if options[name]}:
            outputs, _ = megbrain_graph.optimize_for_inference(outputs, **switches)
        outputs, inputs = comp_graph_tools.convert_inputs(outputs, inputs=self._inputs)
        outputs, results = comp_graph_tools.convert_outputs(outputs)
        function = self.graph.compile(outputs)

        def run() -> list[np.ndarray]:
            for name, node in inputs.items():
                node.set_value(megengine.Tensor(data[name])._dev_tensor())  # noqa: SLF001 - as load_network_and_run does it
            function.execute()
            function.wait()
            return [node.get_value().numpy() for node in results.values()]

        return run
