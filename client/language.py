"""Which language the user reads, as their environment says it: the server words its refusals in it."""

from __future__ import annotations

from collections.abc import Mapping

# In the order in which POSIX looks for the language of messages.
VARIABLES = ("LC_ALL", "LC_MESSAGES", "LANG")
NEUTRAL = frozenset({"C", "POSIX"})


def accept_language(environment: Mapping[str, str]) -> str | None:
    """``zh_CN.UTF-8`` as ``zh-CN``; None where nothing is said, or only that no language is meant."""
    named = next(filter(None, map(environment.get, VARIABLES)), "")
    tag = named.partition(".")[0].partition("@")[0]
    if tag in NEUTRAL or not tag.isascii() or not tag.replace("_", "").isalnum():
        return None
    return tag.replace("_", "-")
