"""How webhooks are delivered. Read from ``MGEPROF_WEBHOOKS_…``."""

from typing import Annotated

from pydantic import Field, IPvAnyNetwork, SecretStr
from pydantic_settings import SettingsConfigDict

from core.configuration import Configuration

_KEY = Field(min_length=32)


class WebhookSettings(Configuration):
    """Times in seconds where nothing else is said."""

    model_config = SettingsConfigDict(env_prefix="MGEPROF_WEBHOOKS_")

    key: Annotated[SecretStr, _KEY] | None = None
    """Seals the secrets of webhooks in the database, at least 32 letters, the same for all processes of the api. Without one nobody can make a webhook."""
    key_previous: Annotated[SecretStr, _KEY] | None = None
    """A key that still opens them while it is being changed: at its start the api seals all of them with the new one."""
    networks: tuple[IPvAnyNetwork, ...] = ()
    """Networks of one's own (`10.1.0.0/16`), as a JSON list, in which receivers may stand, also without TLS. Whatever else is not on the public internet is never connected to."""
    most: Annotated[int, Field(ge=0)] = 20
    """Webhooks of one account."""
    timeout_s: Annotated[float, Field(gt=0)] = 15.0
    """Longest time for one try, from the name's resolution to the end of the answer."""
    give_up_days: Annotated[float, Field(gt=0)] = 3.0
    """A delivery is tried again for so long after its first try."""
    retry_first_s: Annotated[float, Field(gt=0)] = 5.0
    """Wait before the second try; it doubles with each further one."""
    retry_longest_s: Annotated[float, Field(gt=0)] = 21_600.0
    """Longest wait between two tries."""
    at_once: Annotated[int, Field(ge=1, le=1000)] = 32
    """Deliveries under way at the same time; of one account an eighth of that."""
    keep_days: Annotated[float, Field(gt=0)] = 30.0
    """Deliveries that have ended stay in the webhook's list for so long."""
