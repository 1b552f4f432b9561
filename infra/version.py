"""The version of this program. It stands in pyproject.toml and nowhere else."""

from __future__ import annotations

from importlib.metadata import version as installed


def version() -> str:
    """Such as 0.1.0."""
    return installed("mgeprof")
