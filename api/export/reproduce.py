"""The reproduce pack: what somebody needs to run a task again by hand, as a zip of some kilobytes. Models and data are not in it; it names them by their digests.

Equal tasks give equal bytes: no clock, no order of a hash table.
"""

import io
import json
import shlex
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from core.protocol.environment import EnvironmentDocument
from core.protocol.inputs import InputFormat

SCRIPT: Final = Path(__file__).parent / "pack" / "reproduce.py"
_EARLIEST: Final = (1980, 1, 1, 0, 0, 0)

_README: Final = """# Run {task} again

What this task measured, to be measured by hand with MegEngine {engine} on {platform}.

1. Put these files into a folder:

{files}
2. In an environment that has MegEngine {engine}:

       python reproduce.py FOLDER

   This checks the digests, runs the command below and writes FOLDER/profile.json, which
   `python -m megengine.tools.profile_analyze FOLDER/profile.json` shows.

load_network_and_run (inputs.pkl is made by the script):

    {load_network_and_run}

load_and_run, the C++ tool (`python reproduce.py FOLDER --tool load_and_run --program PATH`):

    {load_and_run}
{made}
`environment.json` says on what machine and with which engine the task ran, `options.json` how it was measured. Times depend on the machine; operators,
shapes, computation and memory do not.
"""

_MADE: Final = """
Inputs that were no plain arrays, which the runner made from a file or from a seed: {names}. Neither tool takes them as they are: give `.npy` files of your own.
"""


def pack(task: str, environment: EnvironmentDocument, formats: Mapping[str, InputFormat], made: Sequence[str]) -> bytes:
    """``formats``: of the input files, by the model's names. ``made``: further inputs, from archives or seeds."""
    plain = sorted(name for name, one in formats.items() if one is InputFormat.NPY and name in environment.inputs)
    made_here = sorted({*made, *(formats.keys() - set(plain))})
    inputs = {name: f"input-{number}.npy" for number, name in enumerate(plain)}
    files = [
        {"file": "model.mge", "what": "the model", "sha256": environment.model},
        *(
            {"file": file, "what": f"input {name!r}", "sha256": environment.inputs[name]}
            for name, file in inputs.items()
        ),
    ]
    commands = environment.commands
    told = {"load_and_run": commands.load_and_run, "load_network_and_run": commands.load_network_and_run}
    about = {
        "task": task,
        "files": files,
        "inputs": inputs,
        "made_here": made_here,
        "commands": {tool: None if line is None else shlex.split(line) for tool, line in told.items()},
    }
    readme = _README.format(
        task=task,
        engine=environment.engine.version,
        platform=environment.platform,
        files="".join(f"   - `{one['file']}`: {one['what']}, SHA-256 `{one['sha256']}`\n" for one in files),
        made=_MADE.format(names=", ".join(map(repr, made_here))) if made_here else "",
        **{tool: line or "(this tool cannot do what the task did)" for tool, line in told.items()},
    )
    return _zipped(
        {
            "README.md": readme,
            "pack.json": _json(about),
            "environment.json": _json(environment.model_dump(mode="json")),
            "options.json": _json(environment.options.model_dump(mode="json")),
            "reproduce.py": SCRIPT.read_text(encoding="utf-8"),
        }
    )


def _zipped(files: Mapping[str, str]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            about = zipfile.ZipInfo(name, _EARLIEST)
            about.external_attr = 0o644 << 16
            about.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(about, text)
    return out.getvalue()


def _json(content: Any) -> str:
    return json.dumps(content, indent=2, sort_keys=True, ensure_ascii=False) + "\n"
