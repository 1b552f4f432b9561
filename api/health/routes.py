"""``/healthz``, ``/readyz`` and ``/metrics``: for machines that look after this one."""

import asyncio
from collections.abc import Awaitable

from fastapi import APIRouter, Response, status
from pydantic import BaseModel

from api.parts import Parts, PartsOf
from api.routing import operation_id

router = APIRouter(tags=["health"], generate_unique_id_function=operation_id)

_PATIENCE_S = 2.0


class Readiness(BaseModel):
    """``parts``: for each outside system ``ok``, or what is wrong with it."""

    ready: bool
    parts: dict[str, str]


@router.get("/healthz")
async def healthz() -> dict[str, str]:
    """The process lives."""
    return {"status": "ok"}


@router.get("/readyz", responses={503: {"model": Readiness}})
async def readyz(parts: PartsOf, response: Response) -> Readiness:
    """The process can work: what it depends on answers."""
    names, checks = zip(*_checks(parts).items(), strict=True)
    states = dict(zip(names, await asyncio.gather(*map(_state, checks)), strict=True))
    ready = all(state == "ok" for state in states.values())
    if not ready:
        response.status_code = status.HTTP_503_SERVICE_UNAVAILABLE
    return Readiness(ready=ready, parts=states)


def _checks(parts: Parts) -> dict[str, Awaitable[object]]:
    return {
        "nats": parts.log.last_sequence(),
        "postgres": parts.pool.fetchval("SELECT 1"),
        "s3": parts.store.check(),
    }


async def _state(check: Awaitable[object]) -> str:
    try:
        async with asyncio.timeout(_PATIENCE_S):
            await check
    except TimeoutError:
        return f"no answer in {_PATIENCE_S:g} s"
    except Exception as error:  # noqa: BLE001 - whatever it is, it is the answer
        return f"{type(error).__name__}: {error}"[:300]
    return "ok"


@router.get(
    "/metrics",
    response_class=Response,
    responses={200: {"content": {"text/plain": {"schema": {"type": "string"}}}}},
)
async def metrics(parts: PartsOf) -> Response:
    """Counts and durations in the text format of Prometheus."""
    return Response(parts.numbers.text(), media_type="text/plain; version=0.0.4; charset=utf-8")
