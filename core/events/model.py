"""What can happen to a model."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from core.events.grouping import Filed, Tagged
from core.events.ids import EngineVersion, Sha256, TaskId
from core.events.ownership import Deleted, VisibilityChanged
from core.events.values import Count, Frozen


class Uploaded(Frozen):
    """The bytes are in the object store and their digest was checked. The file's name stands in a table."""

    version: ClassVar[int] = 1
    type: Literal["uploaded"] = "uploaded"
    sha256: Sha256
    size: Count


class Inspected(Frozen):
    """A runner looked at the model; what it found stands in the task's artifacts."""

    version: ClassVar[int] = 1
    type: Literal["inspected"] = "inspected"
    task_id: TaskId
    engine: EngineVersion
    operators: Count
    parameters: Count
    computation: float


ModelEvent = Annotated[Uploaded | Inspected | VisibilityChanged | Filed | Tagged | Deleted, Field(discriminator="type")]
