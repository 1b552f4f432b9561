"""Where the object store is, and how to get in."""

from pydantic import SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class S3Settings(BaseSettings):
    """Read from ``MGEPROF_S3_…``. Times in seconds."""

    model_config = SettingsConfigDict(env_prefix="MGEPROF_S3_", frozen=True, extra="ignore")

    endpoint: str
    runner_endpoint: str | None = None
    """The same store as runners see it, for presigned URLs; the endpoint itself when not given."""
    region: str = "us-east-1"
    bucket: str
    access_key: SecretStr
    secret_key: SecretStr
    connect_timeout_s: float = 5.0
    read_timeout_s: float = 30.0
    connections: int = 32
