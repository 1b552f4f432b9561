"""What every resource of the server has in common."""

from __future__ import annotations

from typing import Any, Self

from pydantic import BaseModel, ConfigDict, PrivateAttr


class Resource(BaseModel):
    """``document`` is what the server sent, with everything that this client does not know."""

    model_config = ConfigDict(frozen=True, extra="allow", protected_namespaces=())
    _document: dict[str, Any] = PrivateAttr(default_factory=dict)

    @classmethod
    def read(cls, document: dict[str, Any]) -> Self:
        """The resource that a JSON document of the server describes."""
        resource = cls.model_validate(document)
        resource._document = document  # noqa: SLF001  (its own)
        return resource

    @property
    def document(self) -> dict[str, Any]:
        return self._document or self.model_dump(mode="json")
