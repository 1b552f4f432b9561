"""Modules that Python would load in the middle of a job, when there are no files any more."""

from __future__ import annotations

import io
from importlib import import_module
from typing import Any

OF_KIND = {
    "profile": ("megengine.core.tensor.megbrain_graph", "megengine.core.ops.builtin"),
    "inspect": ("megengine.utils.network", "megengine.utils.module_stats"),
}


def import_for(job: dict[str, Any]) -> None:
    """All that the job will use."""
    for name in OF_KIND.get(job["kind"], ()):
        import_module(name)
    if any(reading.get("format") == "image" for reading in job["readings"].values()):
        import_module("cv2")
    read_an_archive()


def read_an_archive() -> None:
    """Have numpy and zipfile load codecs and decompressors, which they do only as they meet them."""
    import numpy as np

    file = io.BytesIO()
    np.savez_compressed(file, data=np.zeros(1))
    file.seek(0)
    with np.load(file, allow_pickle=False) as arrays:
        arrays["data"]
    np.random.default_rng(0).normal(size=1)
    # Names in archives may be in DOS's own code page; error messages in Python's.
    for codec in ("cp437", "latin-1", "ascii", "utf-16", "utf-32", "unicode_escape"):
        b"".decode(codec)
