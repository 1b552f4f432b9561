"""Run it again by hand: ``python reproduce.py FOLDER``, in an environment that has MegEngine (and numpy with it).

FOLDER holds the files that ``pack.json`` names. They are checked against their digests first. ``--tool load_and_run --program PATH`` runs MegEngine's C++ tool instead of
``megengine.tools.load_network_and_run``. The profile is written to FOLDER/profile.json. Only the standard library and numpy are used here.
"""

import argparse
import hashlib
import json
import pickle
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np


def digest(path: Path) -> str:
    found = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(1 << 20):
            found.update(piece)
    return found.hexdigest()


def check(folder: Path, files: "list[dict[str, str]]") -> None:
    """Ends the program when a file is missing or another one."""
    for one in files:
        path = folder / one["file"]
        if not path.is_file():
            sys.exit(f"{path} is missing: {one['what']}, SHA-256 {one['sha256']}")
        if digest(path) != one["sha256"]:
            sys.exit(f"{path} is not the file of the run: its SHA-256 is not {one['sha256']}")


def lay_out(folder: Path, inputs: "dict[str, str]", tool: str) -> None:
    """The inputs as the tool wants them."""
    arrays = {name: np.load(folder / file, allow_pickle=False) for name, file in inputs.items()}
    if tool == "load_network_and_run":
        (folder / "inputs.pkl").write_bytes(pickle.dumps(arrays))
        return
    for name, array in arrays.items():
        if Path(name).name != name:
            sys.exit(f"load_and_run cannot read an input that is called {name!r}.")
        np.save(folder / f"{name}.npy", array)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--tool", choices=["load_network_and_run", "load_and_run"], default="load_network_and_run")
    parser.add_argument("--program", default="load_and_run", help="the C++ tool")
    asked = parser.parse_args()
    pack: dict[str, Any] = json.loads(Path(__file__).with_name("pack.json").read_text(encoding="utf-8"))
    argv = pack["commands"][asked.tool]
    if argv is None:
        sys.exit(f"{asked.tool} cannot do what this run did; see the README.")
    if pack["made_here"]:
        sys.exit(f"These inputs were no plain arrays: {', '.join(pack['made_here'])}. See the README.")
    check(asked.folder, pack["files"])
    lay_out(asked.folder, pack["inputs"], asked.tool)
    program = asked.program if asked.tool == "load_and_run" else sys.executable
    return subprocess.run([program, *argv[1:]], cwd=asked.folder, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
