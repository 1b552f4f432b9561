"""Ids as the server writes them: UUIDs."""

from __future__ import annotations

from typing import Final

CHARACTERS: Final = frozenset("0123456789abcdef-")


def is_id(text: str) -> bool:
    """Whether this looks like an id rather than a name that somebody gave."""
    return len(text) == 36 and text.count("-") == 4 and CHARACTERS.issuperset(text.lower())
