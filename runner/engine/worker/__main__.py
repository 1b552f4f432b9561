"""``python -I worker FD PARENT``: starts the engine, takes one job, a line of JSON, on standard input, and answers with lines of JSON on the file descriptor FD.

It dies with the process PARENT. With ``load_and_run BINARY PLATFORM`` before these it stands for that binary; with ``peaks`` alone it measures the device. ``protocol.py`` in the folder above reads those lines. Standard output and standard error are left to the engine's log. This file only makes the
modules beside it importable under their own names, and nothing else of mgeprof: it may not even be readable from here.
"""

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
    if sys.argv[1:] == ["peaks"]:
        from runner.engine.worker import peaks

        peaks.main()
        sys.exit()
    *engine, fd, parent = sys.argv[1:]
    if engine:
        from runner.engine.worker import load_and_run

        _, binary, platform = engine
        load_and_run.live(binary, platform, int(fd), int(parent))
    else:
        from runner.engine.worker.life import live

        live(int(fd), int(parent))
