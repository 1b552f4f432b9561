"""Which options of a measurement there are, and where they work."""

from __future__ import annotations

from typing import Any

from client.resource import Resource


class Option(Resource):
    """``reason``: why it does not work here, or what is worth knowing though it does. ``excludes``: what cannot be chosen together with it."""

    name: str
    explanation: str = ""
    default: Any = None
    works: bool = True
    reason: str | None = None
    excludes: list[str] = []


class OptionList(Resource):
    """``drivers``: by what the engine is run there."""

    drivers: list[str] = []
    items: list[Option] = []
