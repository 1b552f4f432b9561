"""What everybody may use unless an account's own quota says otherwise. ``MGEPROF_QUOTA_…``; the scheduler reads ``RUNNING`` too."""

from pydantic import NonNegativeInt
from pydantic_settings import SettingsConfigDict

from core.configuration import Configuration


class QuotaSettings(Configuration):
    """None: without end."""

    model_config = SettingsConfigDict(env_prefix="MGEPROF_QUOTA_")

    tasks_a_day: NonNegativeInt | None = None
    """Tasks that an account may submit in 24 hours; inspections that follow an upload are not counted. None: without end."""
    running: NonNegativeInt | None = None
    """How many tasks of one account may run at once, where its own quota says nothing; what is over it waits. None: without end."""
    stored_bytes: NonNegativeInt | None = None
    """Bytes of models and inputs that an account may keep, those that are being uploaded included. None: without end."""
