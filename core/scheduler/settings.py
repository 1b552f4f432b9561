"""Settings of the scheduler: environment ``MGEPROF_…`` over ``.env``."""

from pydantic import Field, NonNegativeInt
from pydantic_settings import BaseSettings, SettingsConfigDict


class Periods(BaseSettings):
    """Seconds; ``MGEPROF_SCHEDULER_LEASE_S`` and so on. Tests run with short ones."""

    model_config = SettingsConfigDict(env_prefix="MGEPROF_SCHEDULER_", env_file=".env", extra="ignore", frozen=True)

    lease_s: float = Field(45.0, gt=0)
    """An attempt whose runner has been silent for so long is lost."""
    order_retry_s: float = Field(2.0, gt=0)
    """An order is published again until a beat lists its attempt."""
    tick_s: float = Field(0.5, gt=0)
    """How often timers are looked at."""
    url_s: int = Field(3600, gt=0)
    """How long a presigned URL is valid."""


class SchedulerSettings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="MGEPROF_", env_file=".env", extra="ignore", frozen=True)

    nats_url: str
    nats_core_seed: str
    nats_run_seed: str
    database_url: str
    metrics_port: int = 0
    """Prometheus metrics on loopback; 0: none."""
    stream_replicas: int = 1
    quota_running: NonNegativeInt | None = None
    """How many tasks of one account may run at once, where its own quota says nothing; None: without end."""
