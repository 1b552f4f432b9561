"""Taking secrets out of texts that people will send to others."""

from __future__ import annotations

import re
from collections.abc import Iterable

HIDDEN = "(hidden)"
_SHORT = 6
"""Shorter values would hide ordinary words."""
# What looks like a secret, wherever it came from. The first group, where there is one, stays.
_LIKE_SECRETS = tuple(
    re.compile(pattern)
    for pattern in (
        r"\bS[AUXNCO][A-Z2-7]{56}\b",  # nkey seeds
        r"\bmgp?[a-z]?_[A-Za-z0-9_-]{16,}",  # tokens and keys of ours
        r"\bwhsec_[A-Za-z0-9+/=_-]+",
        r"\beyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*",  # JSON web tokens
        r"(\bBearer )[^\s\"']+",
        r"(://[^\s/:@]*:)[^\s/@]+(?=@)",  # passwords in addresses
        r"(X-Amz-(?:Signature|Credential|Security-Token)=)[^&\s\"']+",
        r"(#)[A-Za-z0-9_-]{32,}",  # secrets of links stand behind the address
        r"(?i)(\b(?:password|secret|token|seed)\w*[\"']?\s*[=:]\s*[\"']?)[^\s\"',}]{6,}",
    )
)


def redacted(text: str, secrets: Iterable[str]) -> str:
    """The text without the given secrets, and without whatever looks like one."""
    for secret in sorted({one for one in secrets if len(one) >= _SHORT}, key=len, reverse=True):
        text = text.replace(secret, HIDDEN)
    for pattern in _LIKE_SECRETS:
        text = pattern.sub(lambda found: (found.group(1) if found.re.groups else "") + HIDDEN, text)
    return text
