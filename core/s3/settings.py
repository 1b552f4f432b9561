"""Where the object store is, and how to get in."""

from pydantic import Field, SecretStr
from pydantic_settings import SettingsConfigDict

from core.configuration import Configuration


class S3Settings(Configuration):
    """Read from ``MGEPROF_S3_…``. Times in seconds."""

    model_config = SettingsConfigDict(env_prefix="MGEPROF_S3_")

    endpoint: str
    """Address of the S3 service."""
    runner_endpoint: str | None = None
    """The same store as runners see it, for presigned URLs; the endpoint itself when not given."""
    region: str = "us-east-1"
    """Region, where the service has regions."""
    bucket: str
    """The bucket for models, inputs and results; made when it is not there."""
    access_key: SecretStr
    """Who we are at the object store."""
    secret_key: SecretStr
    """Our secret there."""
    connect_timeout_s: float = Field(default=5.0, gt=0)
    """Longest wait for a connection."""
    read_timeout_s: float = Field(default=30.0, gt=0)
    """Longest silence of the service while it answers."""
    connections: int = Field(default=32, ge=1)
    """Most connections at the same time."""
