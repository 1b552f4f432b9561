"""``python mutants.py TOLD``, in the engine's environment: shut the sandbox, then load and run mutations of a model, one seed after another.

``TOLD`` is JSON: ``confinement``, ``folder`` (where the sandbox's code is), ``model`` and ``data`` (descriptors), ``first`` and ``end`` (seeds). A line of JSON before and
after each; whoever reads them sees which one took the process down.
"""

from __future__ import annotations

import io
import json
import os
import random
import resource
import sys
from types import ModuleType

TOLD = json.loads(sys.argv[1])


def mutated(whole: bytes, seed: int) -> bytes:
    """A few bytes changed, or a piece moved, dropped or doubled; the first ones, which we look at ourselves, stay."""
    chance, changed = random.Random(seed), bytearray(whole)
    for _ in range(chance.choice((1, 1, 2, 4, 16))):
        # Most of a model is weights; what is hostile stands before and behind them.
        at = chance.choice((chance.randrange(40, min(4096, len(changed))), chance.randrange(40, len(changed))))
        size = min(chance.choice((1, 2, 4, 8, 64)), len(changed) - at)
        way = chance.randrange(5)
        if way == 0:
            changed[at] ^= 1 << chance.randrange(8)
        elif way == 1:
            changed[at : at + size] = chance.randbytes(size)
        elif way == 2:
            changed[at : at + size] = chance.choice((b"\0", b"\xff", b"\x7f", b"\x80")) * size
        elif way == 3:
            other = chance.randrange(40, len(changed) - size)
            changed[at : at + size] = changed[other : other + size]
        else:
            del changed[at : at + size]
    return bytes(changed)


def say(**line: object) -> None:
    os.write(1, b"\n" + json.dumps(line).encode() + b"\n")


def loaded_and_run(content: bytes, data: object) -> None:
    import megengine
    from megengine.core.tensor import megbrain_graph
    from megengine.utils import comp_graph_tools

    loaded = megbrain_graph.load_graph(io.BytesIO(content))
    outputs, inputs = comp_graph_tools.convert_inputs(loaded.output_vars_list)
    outputs, results = comp_graph_tools.convert_outputs(outputs)
    function = loaded.graph.compile(outputs)
    for node in inputs.values():
        node.set_value(megengine.Tensor(data)._dev_tensor())
    function.execute()
    function.wait()
    for node in results.values():
        node.get_value().numpy()


def main() -> None:
    for name in ("runner", "runner.engine"):
        package = ModuleType(name)
        package.__path__ = [os.path.join(TOLD["folder"], *name.split("."))]  # noqa: PTH118 - text
        sys.modules[name] = package
    import numpy as np

    from runner.engine.worker.start import start_engine
    from runner.sandbox.inside.confinement import Confinement

    confinement = Confinement(TOLD["confinement"])
    confinement.begin()
    start_engine()
    with os.fdopen(TOLD["model"], "rb") as file:
        whole = file.read()
    with os.fdopen(TOLD["data"], "rb") as file:
        data = np.load(io.BytesIO(file.read()), allow_pickle=False)
    resource.setrlimit(resource.RLIMIT_AS, (2**33, 2**33))
    confinement.shut()
    for seed in range(TOLD["first"], TOLD["end"]):
        say(seed=seed)
        try:
            loaded_and_run(mutated(whole, seed), data)
        except Exception as error:  # noqa: BLE001 - that is what is looked for
            say(failed=f"{type(error).__name__}: {error}"[:4000])
        else:
            say(ran=True)
    os._exit(0)


if __name__ == "__main__":
    main()
