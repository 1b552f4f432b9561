"""``/runners`` and ``/engines``."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel

from api.access import Caller
from api.errors.documents import documented
from api.fleet import names
from api.freshness import Fresh
from api.parts import PartsOf
from core.events.ids import Platform
from core.events.runner import Pool
from core.events.values import EngineOffer
from projections.runner_board import queries as board
from projections.runner_board.queries import BoardedRunner

router = APIRouter(tags=["runners"])


class RunnerPresence(StrEnum):
    IDLE = "idle"
    BUSY = "busy"
    OFFLINE = "offline"


class RunnerResource(BaseModel):
    """``running``: attempts that it holds now. ``memory`` in bytes."""

    id: UUID
    name: str
    platform: Platform
    pool: Pool
    engines: list[EngineOffer]
    slots: int
    running: int
    state: RunnerPresence
    drained: bool
    cpu: str | None
    cores: int | None
    memory: int | None
    kernel: str | None
    software: str | None
    enrolled_at: datetime
    appeared_at: datetime | None
    left_at: datetime | None

    @classmethod
    def of(cls, boarded: BoardedRunner, name: str) -> "RunnerResource":
        runner, told = boarded.runner, boarded.runner.description
        state = RunnerPresence.BUSY if boarded.running else RunnerPresence.IDLE
        return cls(
            id=runner.id,
            name=name,
            platform=runner.platform,
            pool=runner.pool,
            engines=list(told.engines) if told else [],
            slots=told.slots if told else 0,
            running=boarded.running,
            state=state if runner.present else RunnerPresence.OFFLINE,
            drained=runner.drained,
            cpu=told.cpu if told else None,
            cores=told.cores if told else None,
            memory=told.memory if told else None,
            kernel=told.kernel if told else None,
            software=told.software if told else None,
            enrolled_at=runner.enrolled_at,
            appeared_at=runner.appeared_at,
            left_at=runner.left_at,
        )


class RunnerList(BaseModel):
    items: list[RunnerResource]


class EngineResource(BaseModel):
    """``runners``: how many offer it; ``present``: how many of those are there now."""

    platform: Platform
    version: str
    runners: int
    present: int


class EngineList(BaseModel):
    items: list[EngineResource]


@router.get("/runners", dependencies=[Fresh], responses=documented("not_fresh_yet"))
async def list_runners(_caller: Caller, parts: PartsOf) -> RunnerList:
    """The devices, in the order in which they were enrolled."""
    async with parts.pool.acquire() as connection:
        found = [boarded for boarded in await board.runners(connection) if not boarded.runner.revoked]
        named = await names.of(connection, {boarded.runner.id: boarded.runner.platform for boarded in found})
    return RunnerList(items=[RunnerResource.of(boarded, named[boarded.runner.id]) for boarded in found])


@router.get("/engines", dependencies=[Fresh], responses=documented("not_fresh_yet"))
async def list_engines(_caller: Caller, parts: PartsOf) -> EngineList:
    """What can be asked for: engine versions by platform."""
    async with parts.pool.acquire() as connection:
        found = await board.engines(connection)
    return EngineList(
        items=[
            EngineResource(platform=one.platform, version=one.version, runners=one.runners, present=one.present)
            for one in found
        ]
    )
