"""``python gather.py WORKER REQUEST``, in the engine's environment: decode inputs as the worker does, into a ``.npz``; says {} or the refusal."""

import json
import os
import sys
from pathlib import Path
from typing import Any

import numpy as np

worker = Path(sys.argv[1])
sys.path.insert(0, str(worker.parents[2]))

from runner.engine.worker.channel import Refused  # noqa: E402 - found by the path
from runner.engine.worker.decode import gather  # noqa: E402 - found by the path

request: dict[str, Any] = json.loads(sys.argv[2])
declared = {name: (dtype, tuple(shape)) for name, (dtype, shape) in request["declared"].items()}
job = request["job"]
job["inputs"] = {name: os.open(path, os.O_RDONLY) for name, path in job["inputs"].items()}
job["archives"] = [os.open(path, os.O_RDONLY) for path in job.get("archives", ())]
try:
    arrays: dict[str, Any] = dict(gather(job, declared))
    np.savez(request["out"], **arrays)
    said = {}
except Refused as refusal:
    said = {"kind": refusal.kind, "message": str(refusal)}
sys.stdout.write(json.dumps(said))
