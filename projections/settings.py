"""What the projector is told by its environment."""

from pydantic import Field

from core.configuration import Background

SCHEMA = "read"
"""Where the live read models stand."""


class Settings(Background):
    """Variables ``MGEPROF_…``."""

    projector_schema: str = Field(default=SCHEMA, pattern=r"^[a-z_][a-z0-9_]{0,40}$")
    """The database's schema for the read models."""
    projector_batch: int = Field(default=500, ge=1, le=10_000)
    """Most events that are applied in one transaction."""
