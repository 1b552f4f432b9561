"""What everybody may use unless an account's own quota says otherwise. ``MGEPROF_QUOTA_…``; the scheduler reads ``RUNNING`` too."""

from pydantic import NonNegativeInt
from pydantic_settings import BaseSettings, SettingsConfigDict


class QuotaSettings(BaseSettings):
    """None: without end."""

    model_config = SettingsConfigDict(env_prefix="MGEPROF_QUOTA_", frozen=True, extra="ignore")

    tasks_a_day: NonNegativeInt | None = None
    """Submitted in the last 24 hours; inspections that follow an upload are not counted."""
    running: NonNegativeInt | None = None
    """At once; what is over it waits."""
    stored_bytes: NonNegativeInt | None = None
    """Models and inputs, those that are being uploaded included."""
