"""Identities. All ids are UUIDs, version 7 (sortable by time) where mgeprof makes them itself."""

from enum import StrEnum
from functools import lru_cache
from typing import Annotated, Final, NewType
from uuid import UUID

from pydantic import StringConstraints
from uuid_utils.compat import uuid5, uuid7

AccountId = NewType("AccountId", UUID)
CommandId = NewType("CommandId", UUID)
DatasetId = NewType("DatasetId", UUID)
EventId = NewType("EventId", UUID)
LabelId = NewType("LabelId", UUID)
"""Of a word that describes devices; the word itself stands in a table."""
ModelId = NewType("ModelId", UUID)
ProjectId = NewType("ProjectId", UUID)
RunnerId = NewType("RunnerId", UUID)
SweepId = NewType("SweepId", UUID)
TagId = NewType("TagId", UUID)
"""Of a word that somebody groups by; the word itself stands in a table."""
TaskId = NewType("TaskId", UUID)

Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
"""A SHA-256 digest in lower-case hexadecimal."""

EngineVersion = Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z][0-9A-Za-z.+_-]{0,39}$")]
"""A MegEngine version as its runner names it, e.g. ``1.13.0``."""

LOCAL_ACCOUNT: Final = AccountId(UUID("00000000-0000-7000-8000-000000000001"))
"""Of whoever holds the token of an embedded stack: what the stack itself brings along is theirs."""

_EVENTS_OF_COMMANDS = UUID("6b0f6f0e-8f0e-5d9c-9f43-0c1f3b7c5a11")


class Platform(StrEnum):
    """The kind of device; ``any`` only partitions subjects of things that have no device."""

    X86 = "x86"
    CUDA = "cuda"
    ARM = "arm"
    ANY = "any"


class Aggregate(StrEnum):
    TASK = "task"
    RUNNER = "runner"
    MODEL = "model"
    DATASET = "dataset"
    PROJECT = "project"
    ACCOUNT = "account"


def new_id() -> UUID:
    return uuid7()


@lru_cache(maxsize=1024)
def event_id_of(command_id: CommandId) -> EventId:
    """The one event that a command may cause has an id that follows from the command's."""
    return EventId(uuid5(_EVENTS_OF_COMMANDS, command_id.bytes.hex()))
