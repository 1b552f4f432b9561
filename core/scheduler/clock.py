"""Time, handed in so that nothing below reads it from the air."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from time import monotonic


def _utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class Clock:
    """``monotonic``: seconds that never go back, for leases; ``now``: UTC, for what is compared with the log's times."""

    monotonic: Callable[[], float] = monotonic
    now: Callable[[], datetime] = _utc_now
