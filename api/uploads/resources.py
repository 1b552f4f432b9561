"""An upload as people see it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import PurePosixPath
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from core.events.ids import AccountId, Sha256


class UploadKind(StrEnum):
    MODEL = "model"
    INPUT = "input"


class UploadState(StrEnum):
    OPEN = "open"
    COMPLETE = "complete"


def plain_name(name: str) -> str:
    """The last step of a path of any system, without what cannot be printed."""
    name = "".join(letter for letter in PurePosixPath(name.replace("\\", "/")).name if letter.isprintable()).strip()
    if not name:
        raise ValueError("the name has no printable character")
    return name


Name = Annotated[str, StringConstraints(min_length=1, max_length=255), AfterValidator(plain_name)]


class NewUpload(BaseModel):
    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {"kind": "model", "filename": "resnet18.mge", "size": 46_830_592, "sha256": "9f86d081884c7d65" * 4}
            ]
        },
    )

    kind: UploadKind
    filename: Name
    size: Annotated[int, Field(ge=0, lt=2**62)]
    """Bytes."""
    sha256: Sha256


@dataclass(frozen=True)
class Upload:
    """An upload as it stands in its table."""

    id: UUID
    owner: AccountId
    kind: UploadKind
    filename: str
    size: int
    sha256: Sha256
    part_size: int
    state: UploadState
    resource_id: UUID
    expires_at: datetime

    @property
    def parts_total(self) -> int:
        return -(-self.size // self.part_size)

    def length_of(self, part: int) -> int:
        """Bytes of a part; parts are counted from 1."""
        return min(self.part_size, self.size - (part - 1) * self.part_size)


class UploadResource(BaseModel):
    id: UUID
    kind: UploadKind
    filename: str
    size: int
    sha256: str
    part_size: int
    """Bytes of every part but the last."""
    parts_total: int
    parts_done: list[int]
    """Numbers of the parts that are here, from 1."""
    state: UploadState
    resource_id: UUID | None
    """The model or input that the upload became, once it is complete."""
    expires_at: datetime

    @classmethod
    def of(cls, upload: Upload, parts_done: Sequence[int]) -> "UploadResource":
        complete = upload.state is UploadState.COMPLETE
        return cls(
            id=upload.id,
            kind=upload.kind,
            filename=upload.filename,
            size=upload.size,
            sha256=upload.sha256,
            part_size=upload.part_size,
            parts_total=upload.parts_total,
            parts_done=list(range(1, upload.parts_total + 1)) if complete else sorted(parts_done),
            state=upload.state,
            resource_id=upload.resource_id if complete else None,
            expires_at=upload.expires_at,
        )
