"""Runners and engines as people see them."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from importlib.metadata import version
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from api.accounts.names import KeyName
from api.fleet.labels import Word
from core.events.ids import AccountId, Platform
from core.events.runner import Pool, SandboxKind
from core.events.values import EngineOffer
from projections.runner_board.queries import BoardedRunner

Labels = Annotated[list[Word], Field(max_length=32)]


class RunnerPresence(StrEnum):
    IDLE = "idle"
    BUSY = "busy"
    OFFLINE = "offline"


class RunnerResource(BaseModel):
    """``running``: attempts that it holds now. ``memory`` in bytes.

    ``owner`` is null for a runner that the broker's own configuration lets in. ``mine``: whether the caller administers it.
    ``drained``: finishes what it has and takes nothing more; ``disabled``: nothing runs there; ``removed``: for ever.
    ``skewed``: its program is of another version than this server; it works as long as both understand each other, and should be brought up to date.
    ``sandbox``: what strangers' models are kept in; a runner with ``none`` takes only its owner's tasks.
    """

    id: UUID
    name: str
    platform: Platform
    pool: Pool
    owner: UUID | None
    mine: bool
    labels: list[str]
    engines: list[EngineOffer]
    slots: int
    running: int
    state: RunnerPresence
    drained: bool
    disabled: bool
    removed: bool
    cpu: str | None
    cores: int | None
    memory: int | None
    kernel: str | None
    software: str | None
    skewed: bool
    sandbox: SandboxKind | None
    gpus: list[str]
    enrolled_at: datetime
    appeared_at: datetime | None
    left_at: datetime | None

    @classmethod
    def of(cls, boarded: BoardedRunner, name: str, words: Mapping[UUID, str], *, mine: bool) -> "RunnerResource":
        runner, told = boarded.runner, boarded.runner.description
        state = RunnerPresence.BUSY if boarded.running else RunnerPresence.IDLE
        return cls(
            id=runner.id,
            name=name,
            platform=runner.platform,
            pool=runner.pool,
            owner=runner.owner,
            mine=mine,
            labels=sorted(words[label] for label in runner.labels if label in words),
            engines=list(told.engines) if told else [],
            slots=told.slots if told else 0,
            running=boarded.running,
            state=state if runner.present else RunnerPresence.OFFLINE,
            drained=runner.drained,
            disabled=runner.disabled,
            removed=runner.revoked,
            cpu=told.cpu if told else None,
            cores=told.cores if told else None,
            memory=told.memory if told else None,
            kernel=told.kernel if told else None,
            software=told.software if told else None,
            skewed=told is not None and told.software != version("mgeprof"),
            sandbox=told.sandbox if told else None,
            gpus=list(told.gpus) if told else [],
            enrolled_at=runner.enrolled_at,
            appeared_at=runner.appeared_at,
            left_at=runner.left_at,
        )


class RunnerList(BaseModel):
    items: list[RunnerResource]


class RunnerChanges(BaseModel):
    """What is given is changed. ``pool`` and ``owner`` are administrators' to change; ``labels`` are all labels from then on."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"name": "pi in the lab", "labels": ["quiet"]}]}
    )

    name: KeyName | None = None
    labels: Labels | None = None
    pool: Pool | None = None
    owner: UUID | None = None


class NewGrant(BaseModel):
    """An account by its id or by its name."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"name": "ada"}]})

    account: AccountId | None = None
    name: str | None = None


class GrantResource(BaseModel):
    """``name`` is null when the account is gone."""

    account: UUID
    name: str | None


class GrantList(BaseModel):
    items: list[GrantResource]


class EngineResource(BaseModel):
    """``runners``: how many of those that the caller may use offer it; ``present``: how many of those are there now. ``waiting``: tasks of everybody that wait for it."""

    platform: Platform
    version: str
    runners: int
    present: int
    waiting: int


class EngineList(BaseModel):
    items: list[EngineResource]
