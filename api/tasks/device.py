"""Which device a task asks for, and whether there is one that its owner may use."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from api.errors.problem import RefusedError
from api.fleet import labels, reading
from api.fleet.resources import Labels
from api.identity import Identity
from api.parts import Parts
from core.domain.runner import RUNNER
from core.domain.told import Told
from core.events.ids import LabelId, Platform, RunnerId
from core.events.runner import Pool
from core.events.subjects import runner_key
from core.events.values import EngineOffer
from core.nats.execute import load
from projections.runner_board import queries as board
from projections.runner_board.fold import BoardRow, state_of
from projections.runner_board.queries import OfferedEngine


class AskedDevice(BaseModel):
    """What the device has to be, besides platform and engine. Nothing: any that the task's owner may use."""

    model_config = ConfigDict(extra="forbid")

    runner: UUID | None = None
    """This one and no other."""
    labels: Labels = []
    """It has all of these."""
    pool: Pool | None = None
    """Only public ones, or only private ones."""


@dataclass(frozen=True)
class Wish:
    """The same in the log's terms."""

    runner: RunnerId | None = None
    labels: tuple[LabelId, ...] = ()
    pool: Pool | None = None


async def wish_of(parts: Parts, asked: AskedDevice) -> Wish:
    """Raises RefusedError with ``device_unknown`` for a label that no device ever had."""
    known = await labels.known(parts.pool, asked.labels) if asked.labels else {}
    if missing := [word for word in asked.labels if word not in known]:
        raise RefusedError("device_unknown", Told("No device has the label {label}.", label=missing[0]))
    runner = None if asked.runner is None else RunnerId(asked.runner)
    return Wish(runner, tuple(sorted(set(known.values()))), asked.pool)


async def offered_engine(
    parts: Parts, caller: Identity, platform: Platform, engine: str, asked: AskedDevice
) -> OfferedEngine:
    """The engine, as those runners offer it that the caller may use and that are as asked for.

    Raises RefusedError with ``runner_unknown``, ``grant_missing``, ``platform_unknown``, ``engine_unknown`` or ``device_unknown``.
    """
    wish = await wish_of(parts, asked)
    async with parts.pool.acquire() as connection:
        boarded = [one.runner for one in await board.runners(connection)]
    if wish.runner is not None:
        boarded = [await _granted(parts, caller, boarded, wish.runner)]
    usable = [one for one in boarded if not state_of(one).stopped and state_of(one).open_to(caller.account)]
    _check_engine(usable, platform, engine)
    suited = [one for one in _with_engine(usable, platform, engine) if _suits(one, wish)]
    if not suited:
        raise RefusedError(
            "device_unknown",
            Told("No device with MegEngine {engine} on {platform} is as asked for.", engine=engine, platform=platform),
        )
    drivers = {offer.driver for one in suited for offer in _offers(one) if offer.version == engine}
    present = sum(one.present for one in suited)
    return OfferedEngine(platform, engine, len(suited), present, tuple(sorted(drivers)))


async def _granted(parts: Parts, caller: Identity, boarded: Sequence[BoardRow], id_: RunnerId) -> BoardRow:
    """The runner, by the log itself: a grant that was revoked a moment ago does not count any more."""
    row = next((one for one in boarded if one.id == id_), None)
    if row is None:
        raise reading.unknown(id_)
    state = (await load(parts.log, RUNNER, runner_key(row.platform, row.id))).state
    if not state.open_to(caller.account):
        raise (
            RefusedError("grant_missing", "You may see this runner, but not use it.")
            if caller.is_admin
            else (reading.unknown(id_))
        )
    return row


def _check_engine(usable: Sequence[BoardRow], platform: Platform, engine: str) -> None:
    platforms = sorted({one.platform for one in usable if _offers(one)})
    if platform not in platforms:
        named = ", ".join(platforms) or "–"
        detail = Told(
            "No runner has the platform {platform}. There is: {platforms}.", platform=platform, platforms=named
        )
        raise RefusedError("platform_unknown", detail, allowed=list(platforms))
    if not _with_engine(usable, platform, engine):
        versions = sorted({offer.version for one in usable if one.platform == platform for offer in _offers(one)})
        detail = Told(
            "No runner has MegEngine {engine} on {platform}. There is: {versions}.",
            engine=engine,
            platform=platform,
            versions=", ".join(versions),
        )
        raise RefusedError("engine_unknown", detail, allowed=versions)


def _with_engine(usable: Sequence[BoardRow], platform: Platform, engine: str) -> list[BoardRow]:
    return [
        one for one in usable if one.platform == platform and any(offer.version == engine for offer in _offers(one))
    ]


def _offers(row: BoardRow) -> Sequence[EngineOffer]:
    return row.description.engines if row.description else ()


def _suits(row: BoardRow, wish: Wish) -> bool:
    return wish.pool in {None, row.pool} and set(wish.labels) <= set(row.labels)
