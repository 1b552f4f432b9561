from __future__ import annotations

import pytest
from fastapi.responses import PlainTextResponse

from client.client import Client
from client.connection import Connection
from client.errors import CallerProblemError, NoAnswerError, ServerProblemError
from client.http import Patience
from tests.integration.client.conftest import Scripted, patient_client
from tests.integration.client.scripted import TASK_ID, Broken, problem


async def test_a_refusal_becomes_an_error_with_all_its_fields(scripted: Scripted) -> None:
    errors = [{"field": "options.iterations", "message": "too small"}]
    scripted.script.fail(
        "POST tasks", problem(422, "invalid_request", hint="Correct it.", request_id="r1", errors=errors)
    )
    with pytest.raises(CallerProblemError) as caught:
        await scripted.client.submit("m", platform="x86", engine="1.13.0", options={"iterations": 0})
    error = caught.value
    assert (error.code, error.status, error.hint, error.request_id) == ("invalid_request", 422, "Correct it.", "r1")
    assert error.problem.errors[0]["field"] == "options.iterations"
    assert scripted.script.requests["POST tasks"] == 1


async def test_a_command_comes_again_under_the_same_key(scripted: Scripted) -> None:
    scripted.script.fail("POST tasks", problem(503, "broker_unavailable"), Broken())
    task = await scripted.client.submit("m", platform="x86", engine="1.13.0")
    assert task.id == TASK_ID
    keys = [headers["idempotency-key"] for headers in scripted.script.headers["POST tasks"]]
    assert len(keys) == 3
    assert len(set(keys)) == 1


async def test_two_commands_have_two_keys(scripted: Scripted) -> None:
    for _ in range(2):
        await scripted.client.submit("m", platform="x86", engine="1.13.0")
    keys = [headers["idempotency-key"] for headers in scripted.script.headers["POST tasks"]]
    assert len(set(keys)) == 2


async def test_a_fault_of_the_server_itself_is_not_repeated(scripted: Scripted) -> None:
    scripted.script.fail("GET tasks", problem(500, "internal"))
    with pytest.raises(ServerProblemError, match="Detail of internal"):
        await scripted.client.task(TASK_ID)
    assert scripted.script.requests["GET tasks"] == 1


async def test_what_a_proxy_says_is_a_problem_too(scripted: Scripted) -> None:
    scripted.script.fail("GET tasks", PlainTextResponse("<html>", 418))
    with pytest.raises(CallerProblemError) as caught:
        await scripted.client.task(TASK_ID)
    assert caught.value.code == "http_418"


async def test_another_web_server_is_told_from_ours(scripted: Scripted) -> None:
    scripted.script.fail("GET tasks", PlainTextResponse("welcome"))
    with pytest.raises(ServerProblemError) as caught:
        await scripted.client.task(TASK_ID)
    assert caught.value.code == "not_json"


async def test_a_wrong_token_is_the_callers_problem(scripted: Scripted) -> None:
    async with patient_client(scripted.url, "mgp_wrong") as stranger:
        with pytest.raises(CallerProblemError, match="token_refused"):
            await stranger.task(TASK_ID)


async def test_nobody_there(free_port: int) -> None:
    url = f"http://127.0.0.1:{free_port}"
    async with Client(Connection(url), patience=Patience(first_s=0.05)) as client:
        with pytest.raises(NoAnswerError, match="mgeprof up") as caught:
            await client.task(TASK_ID)
    assert caught.value.url == url


async def test_reads_ask_for_what_was_written(scripted: Scripted) -> None:
    scripted.client.http.sequence = 41
    await scripted.client.task(TASK_ID)
    assert scripted.script.headers["GET tasks"][0]["mgeprof-sequence"] == "41"
