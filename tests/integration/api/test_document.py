"""Every operation of the OpenAPI document under generated requests: no fault, and no answer that the document does not describe."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
from collections.abc import AsyncIterator, Iterator
from typing import Any

import hypothesis
import pytest
import requests
import schemathesis
from schemathesis.core.failures import FailureGroup
from schemathesis.generation.case import Case
from schemathesis.schemas import APIOperation
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from api.app import openapi_document
from api.parts import Parts
from api.server import make_server
from tests.integration.api.fleet import Fleet
from tests.integration.api.user import User, a_model, an_npy

Operation = APIOperation[Any, Any, Any, Any]

CHECKS = [
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    response_headers_conformance,
]

PASSING = {"not_fresh_yet", "scheduler_silent"}
"""Faults of 503 that are to be expected here: no read waits, and no scheduler runs."""


@contextlib.asynccontextmanager
async def serving(parts: Parts, port: int) -> AsyncIterator[str]:
    """The application behind its real server; gives its address."""
    settings = parts.settings.model_copy(update={"api_port": port, "api_freshness_s": 0.01, "api_stream_s": 0.05})
    server = make_server(dataclasses.replace(parts, settings=settings))
    task = asyncio.create_task(server.serve())
    await server.serving.wait()
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    await task


async def things(user: User, fleet: Fleet) -> dict[str, str]:
    """One thing of each kind, so that requests get further than to a 404."""
    model, given = await user.upload("model", a_model()), await user.upload("input", an_npy())
    task = await user.submit(model=model, inputs={"data": given})
    await fleet.start(task["id"])
    await fleet.complete(task["id"], profile__json=b"{}", log__txt=b"a line\n")
    upload = await user.begin("model", a_model())
    dataset = await user.http.post("/api/v1/datasets", json={"name": "some", "inputs": {"data": given}})
    project = await user.http.post("/api/v1/projects", json={"name": "some"})
    webhook = await user.http.post("/api/v1/webhooks", json={"url": "https://receiver.example/"})
    return {
        "webhook_id": webhook.json()["id"],
        "task_id": task["id"],
        "model_id": model,
        "input_id": given,
        "upload_id": upload["id"],
        "dataset_id": dataset.json()["id"],
        "project_id": project.json()["id"],
    }


def operations(schema: Any) -> Iterator[Operation]:
    """What deletes comes last, so that there is something to ask for until then."""
    order = ("get", "put", "post", "patch", "delete")
    found = [one.ok() for one in schema.get_all_operations()]
    yield from sorted(found, key=lambda one: order.index(one.method))


def explore(
    operation: Operation, base_url: str, session: requests.Session, known: dict[str, str], examples: int
) -> list[str]:
    """What is wrong with the answers to generated requests, one line a kind of failure."""
    wrong: dict[str, str] = {}
    mine = {one.name: known[one.name] for one in operation.path_parameters if one.name in known}
    strategies = [operation.as_strategy(mode) for mode in schemathesis.GenerationMode]
    if mine:
        strategies += [operation.as_strategy(mode, path_parameters=mine) for mode in schemathesis.GenerationMode]

    @hypothesis.given(hypothesis.strategies.one_of(strategies))
    @hypothesis.settings(
        max_examples=examples,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[hypothesis.Phase.explicit, hypothesis.Phase.generate],
        suppress_health_check=list(hypothesis.HealthCheck),
    )
    def ask(case: Case[Any]) -> None:
        try:
            answer = case.call(base_url, session=session, timeout=60)
        except requests.RequestException as error:
            wrong[type(error).__name__] = f"{case.as_curl_command()}\n{error}"
            return
        if answer.status_code >= 500 and answer.json().get("code") not in PASSING:
            wrong[str(answer.status_code)] = f"{case.as_curl_command()}\n{answer.text[:600]}"
        try:
            case.validate_response(answer, checks=CHECKS)
        except FailureGroup as group:
            for failure in group.exceptions:
                told = (
                    f"{operation.label}: {failure}\n{case.as_curl_command()}\n{answer.status_code} {answer.text[:600]}"
                )
                wrong.setdefault(f"{type(failure).__name__} {answer.status_code}", told)

    ask()
    return list(wrong.values())


async def test_every_answer_is_as_the_document_says(
    parts: Parts, user: User, fleet: Fleet, token: str, unused_port: int, soak: bool
) -> None:
    known = await things(user, fleet)
    async with serving(parts, unused_port) as url:

        def everything() -> list[str]:
            schema = schemathesis.openapi.from_dict(openapi_document())
            with requests.Session() as session:
                session.headers["Authorization"] = f"Bearer {token}"
                return [
                    line
                    for operation in operations(schema)
                    for line in explore(operation, url, session, known, 500 if soak else 3)
                ]

        wrong = await asyncio.to_thread(everything)
    if wrong:
        pytest.fail("\n\n".join(wrong))
