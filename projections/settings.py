"""What the projector is told by its environment."""

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

SCHEMA = "read"
"""Where the live read models stand."""


class Settings(BaseSettings):
    """Variables ``MGEPROF_…``. ``batch``: most events applied in one transaction."""

    model_config = SettingsConfigDict(env_prefix="MGEPROF_", frozen=True)

    nats_url: str
    nats_core_seed: SecretStr
    nats_replicas: int = Field(default=1, ge=1, le=5)
    """Of the event log, when this process is the one that makes it."""
    database_url: SecretStr
    projector_schema: str = Field(default=SCHEMA, pattern=r"^[a-z_][a-z0-9_]{0,40}$")
    projector_batch: int = Field(default=500, ge=1, le=10_000)
    metrics_host: str = "127.0.0.1"
    metrics_port: int = 0
    """0: no metrics are served."""
