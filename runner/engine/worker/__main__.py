"""``python -I worker TOLD``: starts the engine, takes one job, and answers with lines of JSON.

``TOLD`` is JSON: ``lines`` and ``control``, descriptors to write to and to hear from (``control.py``), and ``confinement``, how to lock itself in (``runner/sandbox/inside/``).

With ``load_and_run BINARY PLATFORM`` before it stands for that binary; with ``peaks`` alone it measures the device; with ``trial TOLD`` it locks itself in and
ends well. ``protocol.py`` in the folder above reads the lines. Standard output and standard error are left to the engine's log. This file only makes the modules beside it, and those of the sandbox,
importable under their own names, and nothing else of mgeprof: it may not even be readable from here.
"""

import json
import sys
from pathlib import Path
from types import ModuleType

FOLDER = Path(__file__).resolve().parent


def reach_the_modules_beside() -> None:
    """Let ``runner.engine.worker`` be found here, and take this folder off the path: its module names must not hide others'."""
    sys.path[:] = [place for place in sys.path if Path(place).resolve() != FOLDER]
    for name, place in (("runner", FOLDER.parents[1]), ("runner.engine", FOLDER.parent)):
        package = ModuleType(name)
        package.__path__ = [str(place)]
        sys.modules[name] = package


if __name__ == "__main__":
    reach_the_modules_beside()
    match sys.argv[1:]:
        case ["peaks"]:
            from runner.engine.worker import peaks

            peaks.main()
        case ["trial", told]:
            from runner.engine.worker import trial

            trial.main(json.loads(told))
        case ["load_and_run", binary, platform, told]:
            from runner.engine.worker import load_and_run

            load_and_run.live(binary, platform, json.loads(told))
        case [told]:
            from runner.engine.worker.life import live

            live(json.loads(told))
