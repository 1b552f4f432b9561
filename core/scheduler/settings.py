"""What the scheduler is told by its environment."""

from pydantic import Field, NonNegativeInt, SecretStr
from pydantic_settings import SettingsConfigDict

from core.configuration import Background, Configuration


class Periods(Configuration):
    """Seconds; ``MGEPROF_SCHEDULER_LEASE_S`` and so on. Tests run with short ones."""

    model_config = SettingsConfigDict(env_prefix="MGEPROF_SCHEDULER_")

    lease_s: float = Field(45.0, gt=0)
    """An attempt whose runner has been silent for so long is lost."""
    order_retry_s: float = Field(2.0, gt=0)
    """An order is published again until a beat lists its attempt."""
    tick_s: float = Field(0.5, gt=0)
    """How often timers are looked at."""
    url_s: int = Field(3600, gt=0)
    """How long a presigned URL is valid."""


class SchedulerSettings(Background):
    """Variables ``MGEPROF_…``."""

    nats_run_seed: SecretStr
    """The nkey seed of a user in the broker's account RUN, where runners are spoken to."""
    quota_running: NonNegativeInt | None = None
    """How many tasks of one account may run at once, where its own quota says nothing; what is over it waits. None: without end."""
