"""Argon2id that keeps count."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from api.accounts.passwords import argon2id


@dataclass
class Counted:
    """The real thing, and what it was asked to verify."""

    verified: list[str] = field(default_factory=list)
    hashed: int = 0

    def hash(self, password: str) -> str:
        self.hashed += 1
        return argon2id().hash(password)

    def verify(self, password: str, hash: str) -> bool:  # noqa: A002 - pwdlib's name
        self.verified.append(hash)
        return argon2id().verify(password, hash)

    def check_needs_rehash(self, hash: str) -> bool:  # noqa: A002 - pwdlib's name
        return argon2id().check_needs_rehash(hash)


def parameters(encoded: str) -> str:
    found = re.match(r"\$argon2id\$v=\d+\$m=\d+,t=\d+,p=\d+\$", encoded)
    assert found, encoded
    return found[0]
