"""How often one may try."""

import math
import time
from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from limits import RateLimitItem, parse_many
from limits.aio.strategies import MovingWindowRateLimiter
from limits.storage import storage_from_string

from api.accounts.settings import AccountSettings
from api.errors.problem import RefusedError
from core.domain.told import Told


class Action(StrEnum):
    LOGIN = "login"
    REGISTER = "register"
    FORGOT = "forgot"
    OPEN = "open"
    UPLOAD = "upload"
    SUBMIT = "submit"
    WEBHOOK = "webhook"
    SPANS = "spans"


class RateLimits:
    """Counts tries by action and by who tries: an address, an account, a name."""

    def __init__(self, settings: AccountSettings) -> None:
        self._items: Final[Mapping[Action, list[RateLimitItem]]] = {
            action: parse_many(getattr(settings, f"limit_{action}")) for action in Action if settings.limits
        }
        self._limiter = MovingWindowRateLimiter(storage_from_string(settings.limits_storage))

    async def spend(self, action: Action, who: str) -> None:
        """Count one try. Raises RefusedError with ``rate_limited`` when there were too many."""
        for item in self._items.get(action, ()):
            if not await self._limiter.hit(item, action, who):
                stats = await self._limiter.get_window_stats(item, action, who)
                wait_s = max(1, math.ceil(stats.reset_time - time.time()))
                raise RefusedError(
                    "rate_limited",
                    Told("More than {item} of {action}.", item=item, action=action),
                    retry_after_s=wait_s,
                )
