"""What a page tells of its clicks stands at the top of their traces."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest

from api.accounts.limits import Action
from api.errors.problem import RefusedError
from api.parts import Parts
from core.spans.otlp import Collector as Sender
from core.spans.span import send_to
from tests.e2e.collector import Collector, collecting
from tests.integration.api.conftest import MakeUser
from tests.integration.api.user import check_problem

TRACE, SPAN = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
CLICK: dict[str, Any] = {"name": "click", "trace": TRACE, "span": SPAN, "begun_ms_ago": 2000, "took_ms": 500}
PATH = "/api/v1/spans"


@pytest.fixture(scope="module")
def collector() -> Any:
    with collecting() as running:
        yield running


@pytest.fixture
async def sender(collector: Collector) -> AsyncIterator[Sender]:
    sender = Sender("api", collector.url, 1.0)
    yield sender
    await asyncio.to_thread(sender.close)


async def told(http: httpx2.AsyncClient, sender: Sender, *clicks: dict[str, Any]) -> httpx2.Response:
    """The answer, when all that was told has arrived."""
    send_to(sender)
    try:
        answer = await http.post(PATH, json={"spans": clicks})
        await asyncio.to_thread(sender.flush)
    finally:
        send_to(None)
    return answer


async def test_a_click_stands_above_the_request_that_it_made(
    make_user: MakeUser, sender: Sender, collector: Collector
) -> None:
    person = await make_user()
    send_to(sender)
    try:
        named = {"traceparent": f"00-{TRACE}-{SPAN}-01"}
        asked = await person.http.post("/api/v1/tasks", json={}, headers=named)
    finally:
        send_to(None)
    _, trace, request, flags = asked.headers["traceresponse"].split("-")
    assert (trace, flags) == (TRACE, "01")
    before = time.time_ns()
    assert (await told(person.http, sender, CLICK)).status_code == 204
    spans = {one.id: one for one in collector.of(TRACE)}
    assert sorted(one.name for one in spans.values()) == ["POST /api/v1/tasks", "click"]
    click = spans[spans[request].above]
    assert (click.id, click.above, click.name, click.service, click.failed) == (SPAN, "", "click", "mgeprof-api", False)
    assert click.attributes == {"mgeprof.account": str(person.member.account)}
    assert click.ended - click.begun == 500 * 10**6
    assert 0 <= click.begun - (before - 2000 * 10**6) < 60 * 10**9


async def test_times_are_kept_within_ten_minutes_before_now(
    http: httpx2.AsyncClient, sender: Sender, collector: Collector
) -> None:
    trace = TRACE[::-1]
    long_ago = {**CLICK, "trace": trace, "begun_ms_ago": 10**15, "took_ms": 10**16, "failed": True}
    await told(http, sender, long_ago, {**long_ago, "begun_ms_ago": 5})
    first, second = sorted(collector.of(trace), key=lambda one: one.begun)
    assert (first.ended - first.begun, second.ended - second.begun) == (600 * 10**9, 5 * 10**6)
    assert first.ended == second.ended <= time.time_ns()
    assert first.failed


@pytest.mark.parametrize(
    "wrong",
    [
        *({"trace": one} for one in ("0" * 32, "x" * 32, TRACE[1:], TRACE.upper())),
        *({"span": one} for one in ("0" * 16, SPAN + "0", f"{SPAN}\n")),
        *({"name": "anything"}, {"begun_ms_ago": -1}, {"took_ms": "NaN"}, {"attributes": {"a": "b"}}),
    ],
)
async def test_what_is_no_click_is_refused(http: httpx2.AsyncClient, wrong: dict[str, Any]) -> None:
    check_problem(await http.post(PATH, json={"spans": [CLICK, {**CLICK, **wrong}]}), 422, "invalid_request")


async def test_there_are_at_most_32_at_once_and_so_many_in_a_minute(parts: Parts, make_user: MakeUser) -> None:
    person = await make_user()
    check_problem(await person.http.post(PATH, json={"spans": [CLICK] * 33}), 422, "invalid_request")
    check_problem(await person.http.post(PATH, json={"spans": []}), 422, "invalid_request")
    told = await person.http.post(PATH, json={"spans": [CLICK]})
    assert told.status_code == 204, "nobody collects, and nobody minds"
    with contextlib.suppress(RefusedError):
        for _ in range(120):
            await parts.accounts.limits.spend(Action.SPANS, str(person.member.account))
    check_problem(await person.http.post(PATH, json={"spans": [CLICK]}), 429, "rate_limited")
