"""Work orders to runners, and the reports that come back."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from core.events.ids import EngineVersion, Sha256, TaskId
from core.events.task import Cancelled, Completed, Failed, Inspected, TaskKind
from core.events.values import Frozen, ProfileOptions
from core.protocol.inputs import InputFormat, RandomInput, Reading
from core.protocol.outputs import MOST_NAMES


class AttemptRef(Frozen):
    """One attempt at one task; ``attempt`` counts from 1."""

    task: TaskId
    attempt: int

    def __str__(self) -> str:
        return f"{self.task}.{self.attempt}"

    # The scheduler looks thousands of these up a second; pydantic's own compare whole dictionaries of fields.
    def __eq__(self, other: object) -> bool:
        return isinstance(other, AttemptRef) and self.attempt == other.attempt and self.task == other.task

    def __hash__(self) -> int:
        return hash((self.task, self.attempt))


class WorkOrder(Frozen):
    """Published to ``dispatch.<platform>.<runner>`` with the message id ``<task>.<attempt>``, until the runner's beats list the attempt."""

    ref: AttemptRef
    kind: TaskKind
    model: Sha256
    inputs: tuple[Sha256, ...]
    request: Sha256
    """Digest of the request document, which says which input is which."""
    engine: EngineVersion
    options: ProfileOptions


OutputName = Annotated[str, StringConstraints(min_length=1, max_length=500)]


class InputFile(Frozen):
    """A file and how it is read."""

    sha256: Sha256
    format: InputFormat = InputFormat.NPY
    reading: Reading = Reading()


class RequestDocument(Frozen):
    """The object ``artifacts/<task>/0-request.json``: names of a person's making that must not stand in events.

    ``archives``: ``.npz`` files, each array of which is the input of its name, unless ``inputs`` or ``random`` say otherwise.
    """

    inputs: dict[str, InputFile]
    archives: tuple[Sha256, ...] = ()
    random: dict[str, RandomInput] = {}
    output_names: Annotated[tuple[OutputName, ...], Field(max_length=MOST_NAMES)] = ()
    """Variables of the model that are to be its outputs; those of the file, if none is named."""


class Abandoned(Frozen):
    """The runner was restarted and gave the attempt up. ``orderly``: it was told to end, so that the task cannot be why."""

    type: Literal["abandoned"] = "abandoned"
    attempt: int
    orderly: bool = False


Result = Annotated[Completed | Inspected | Failed | Cancelled | Abandoned, Field(discriminator="type")]


class Report(Frozen):
    """Published durably to ``report.<runner>.<task>.<attempt>.<type>``; ``id`` makes it count once however often it is sent."""

    id: UUID
    ref: AttemptRef
    result: Result
