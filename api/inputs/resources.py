"""An input as its owner sees it."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel


class InputResource(BaseModel):
    """A plain array. ``size``: bytes of the file; ``dtype``: numpy's name, such as ``float32``."""

    id: UUID
    name: str
    sha256: str
    size: int
    dtype: str
    shape: list[int]
    uploaded_at: datetime
