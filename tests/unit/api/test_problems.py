from __future__ import annotations

import json

import asyncpg
import pytest
from starlette.exceptions import HTTPException

from api.errors.catalogue import CATALOGUE
from api.errors.documents import answer, documented, problem
from api.errors.mapping import problem_of
from api.errors.problem import Problem, RefusedError
from core.domain.decider import RejectedError
from core.nats.log import LogUnavailableError
from core.s3.errors import StorageUnavailableError


def test_every_code_makes_a_document() -> None:
    for code, entry in CATALOGUE.items():
        document = json.loads(bytes(answer(problem(code, "what happened", "r-1")).body))
        assert (document["code"], document["type"]) == (code, f"about:blank#{code}")
        assert (document["status"], document["title"]) == (entry.status, entry.title)
        assert (document["detail"], document["request_id"]) == ("what happened", "r-1")
        Problem.model_validate(document)


def test_faults_that_pass_say_when_to_ask_again() -> None:
    for code, entry in CATALOGUE.items():
        headers = answer(problem(code)).headers
        assert ("retry-after" in headers) == (entry.status == 503)
        assert ("www-authenticate" in headers) == (entry.status == 401)


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (RefusedError("file_empty", "It is."), 422, "file_empty"),
        (RejectedError("task_ended", "It has."), 409, "task_ended"),
        (RejectedError("wrong_attempt", "It is the second."), 409, "rejected"),
        (LogUnavailableError("x"), 503, "broker_unavailable"),
        (StorageUnavailableError("x"), 503, "storage_unavailable"),
        (asyncpg.CannotConnectNowError("x"), 503, "database_unavailable"),
        (asyncpg.InterfaceError("pool is closing"), 503, "database_unavailable"),
        (asyncpg.InternalClientError("cannot switch to state 15"), 503, "database_unavailable"),
        (ConnectionRefusedError("x"), 503, "database_unavailable"),
        (HTTPException(404), 404, "not_found"),
        (HTTPException(405), 405, "method_not_allowed"),
        (HTTPException(418), 400, "http_error"),
    ],
)
def test_errors_become_documents(error: Exception, status: int, code: str) -> None:
    document = problem_of(error, "r-1")
    assert (document.status, document.code, document.request_id) == (status, code, "r-1")


def test_faults_do_not_tell_what_stands_behind() -> None:
    document = problem_of(ConnectionRefusedError("10.0.0.1:5432 user mgeprof"), None)
    assert "10.0.0.1" not in document.model_dump_json()


def test_more_members_stand_in_the_document() -> None:
    document = problem_of(RefusedError("missing_parts", "Two.", missing_parts=[1, 2], hint="Send them."), None)
    assert (document.missing_parts, document.hint) == ([1, 2], "Send them.")


def test_documented_errors_carry_examples() -> None:
    responses = documented("file_empty", "not_a_model", "task_unknown")
    examples = responses[422]["content"]["application/problem+json"]["examples"]
    assert {"file_empty", "not_a_model", "invalid_request"} == set(examples)
    assert examples["file_empty"]["value"]["status"] == 422
    assert {401, 403, 404, 422, 500, 503} == set(responses)
