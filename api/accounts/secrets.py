"""What is shown once and then known by its digest only."""

import hashlib
import secrets
from dataclasses import dataclass, field
from typing import Final

KEY_PREFIX: Final = "mgp_"
REFRESH_PREFIX: Final = "mgr_"
LINK_PREFIX: Final = "mgl_"


@dataclass(frozen=True)
class Secret:
    """256 random bits behind a prefix that scanners of leaked secrets can look for."""

    text: str = field(repr=False)

    @classmethod
    def make(cls, prefix: str) -> "Secret":
        return cls(prefix + secrets.token_urlsafe(32))

    @property
    def sha256(self) -> str:
        return digest(self.text)

    @property
    def beginning(self) -> str:
        return self.text[:8]


def digest(text: str) -> str:
    """Plain SHA-256: what is hashed has 256 random bits, so there is nothing to guess."""
    return hashlib.sha256(text.encode()).hexdigest()
