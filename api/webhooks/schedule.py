"""When a delivery is tried again, and when no more."""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from api.webhooks.settings import WebhookSettings

JITTER: Final = 0.2
"""Deliveries that failed together do not come back together."""


@dataclass(frozen=True)
class Schedule:
    """Seconds."""

    first_s: float
    longest_s: float
    give_up_s: float

    @classmethod
    def of(cls, settings: WebhookSettings) -> "Schedule":
        return cls(settings.retry_first_s, settings.retry_longest_s, settings.give_up_days * 86_400)

    def wait_s(self, tries: int, asked_s: float | None = None) -> float:
        """After so many tries that failed, without jitter. ``asked_s``: what the receiver wants (Retry-After), within reason."""
        doubled = self.first_s * 2.0 ** min(tries - 1, 32)
        return min(max(doubled, asked_s or 0.0), self.longest_s)

    def next_at(
        self, tries: int, first_tried_at: datetime, now: datetime, asked_s: float | None = None
    ) -> datetime | None:
        """None: it was tried for long enough."""
        if (now - first_tried_at).total_seconds() >= self.give_up_s:
            return None
        return now + timedelta(seconds=self.wait_s(tries, asked_s) * random.uniform(1 - JITTER, 1 + JITTER))  # noqa: S311 - no secret
