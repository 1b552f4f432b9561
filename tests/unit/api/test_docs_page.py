"""The api's own page: all of it, and nothing from elsewhere."""

from __future__ import annotations

import re
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from api import docs
from api.app import openapi_document


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return openapi_document()


@pytest.fixture(scope="module")
def page(document: dict[str, Any]) -> str:
    app = FastAPI()
    app.router.routes += docs.router.routes
    app.openapi = lambda: document  # type: ignore[method-assign] # FastAPI's own documented way
    with TestClient(app) as http:
        answer = http.get("/api/v1/docs")
        assert "unsafe" not in answer.headers["Content-Security-Policy"]
        assert http.get("/api/v1/docs.css").headers["Content-Type"].startswith("text/css")
        return answer.text


def test_every_operation_is_on_it_with_what_it_takes(page: str, document: dict[str, Any]) -> None:
    operations = [(method, path) for path, known in document["paths"].items() for method in known]
    assert page.count("<details>") == len(operations)
    for path in {path for _, path in operations}:
        assert path.replace("{", "&#123;") in page or path in page
    submit = next(one for one in page.split("<details>") if "<b>POST</b><code>/api/v1/tasks<" in one)
    for words in ("Idempotency-Key", "platform", "required", "body, required: string", "Answers: 201"):
        assert words in submit


def test_it_runs_nothing_and_loads_nothing_from_elsewhere(page: str) -> None:
    assert not re.search(r"<script|<style|style=|\son\w+=", page)
    assert not re.search(r"(?:src|href)=\"(?:https?:)?//", page)
