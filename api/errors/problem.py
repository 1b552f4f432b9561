"""The problem document, and the exception by which a request is refused."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

MEDIA_TYPE = "application/problem+json"


class FieldProblem(BaseModel):
    """What is wrong in one place of the request."""

    model_config = ConfigDict(frozen=True)

    field: Annotated[str, Field(examples=["options.iterations"])]
    """Path into the request, dots between its steps."""
    message: Annotated[str, Field(examples=["Input should be greater than or equal to 1"])]
    allowed: Annotated[list[str] | None, Field(examples=[["x86", "cuda", "arm"]])] = None
    """The values that would have been accepted, where they are few."""


class Problem(BaseModel):
    """RFC 9457. ``code`` is stable and made for programs; ``detail`` and ``hint`` are made for people."""

    model_config = ConfigDict(frozen=True)

    type: str
    code: str
    title: str
    status: int
    detail: str
    hint: str | None = None
    request_id: str | None = None
    errors: list[FieldProblem] | None = None
    """Each thing that is wrong with the request, when there may be several."""
    missing_parts: list[int] | None = None
    allowed: list[str] | None = None
    """The values that would have been accepted, where they are few."""
    retry_after_s: int | None = None
    """Seconds after which asking again makes sense."""
    expected: str | None = None
    actual: str | None = None


@dataclass(frozen=True)
class Wrong:
    """What is wrong in one place of a request; ``message`` may be a ``Told``, which the problem document says in the reader's language."""

    field: str
    message: str


class RefusedError(Exception):
    """A request that cannot be carried out as it stands.

    ``hint``: made for the case, instead of the catalogue's. ``errors``: each thing that is wrong. ``more``: further members of the problem document.
    """

    def __init__(
        self, code: str, detail: str, *, hint: str | None = None, errors: Sequence[Wrong] = (), **more: Any
    ) -> None:
        super().__init__(detail)
        self.code, self.detail, self.hint, self.errors, self.more = code, detail, hint, errors, more
