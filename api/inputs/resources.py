"""An input as its owner sees it."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel

from core.protocol.inputs import InputFormat


class InputResource(BaseModel):
    """``size``: bytes of the file; ``dtype`` (numpy's name, such as ``float32``) and ``shape``: of ``.npy`` files, None else."""

    id: UUID
    name: str
    sha256: str
    size: int
    format: InputFormat
    dtype: str | None
    shape: list[int] | None
    uploaded_at: datetime
