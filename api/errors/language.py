"""Which of our two languages somebody wants to read."""

from contextvars import ContextVar
from typing import Final, Literal

from starlette.requests import HTTPConnection
from starlette.types import Scope

Language = Literal["en", "zh"]
DEFAULT: Final[Language] = "en"


asked: Final[ContextVar[Language]] = ContextVar("language", default=DEFAULT)
"""Of the request that is being answered."""


def language_of(scope: Scope) -> Language:
    """By the request's Accept-Language."""
    return preferred(HTTPConnection(scope).headers.get("accept-language", ""))


def preferred(accepted: str) -> Language:
    """RFC 9110's list with weights; English when it names neither, or says nothing that can be read."""
    best, best_weight = DEFAULT, 0.0
    for item in accepted.split(",")[:20]:
        tag, _, parameters = item.strip().partition(";")
        weight = _weight(parameters)
        named: Language | None = {"zh": "zh", "en": "en", "*": "en"}.get(tag.partition("-")[0].lower())  # type: ignore[assignment] # a literal
        if named is not None and weight > best_weight:
            best, best_weight = named, weight
    return best


def _weight(parameters: str) -> float:
    name, _, value = parameters.strip().partition("=")
    if name.strip() != "q":
        return 1.0
    try:
        return min(max(float(value), 0.0), 1.0)
    except ValueError:
        return 0.0
