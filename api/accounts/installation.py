"""What tells an installation from others on the same host."""

from dataclasses import dataclass
from typing import Self

from core.postgres.connection import Pool


async def mark_of(pool: Pool) -> str:
    """Eight letters; the same for all processes of the api, for ever."""
    return str(await pool.fetchval("SELECT mark FROM installation"))


@dataclass(frozen=True)
class CookieNames:
    """Browsers send a host's cookies to all of its ports: two installations on one host take no notice of each other's."""

    access: str
    refresh: str
    csrf: str

    @classmethod
    def of(cls, mark: str) -> Self:
        """``mark``: what the installation is told from others by."""
        return cls(*(f"mgeprof_{kind}_{mark}" for kind in ("access", "refresh", "csrf")))
