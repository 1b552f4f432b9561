"""Problem documents as answers, and as a part of the OpenAPI document."""

from collections.abc import Iterable
from typing import Any

from starlette.responses import Response

from api.errors.catalogue import CATALOGUE
from api.errors.chinese import CHINESE
from api.errors.language import DEFAULT, Language
from api.errors.problem import MEDIA_TYPE, Problem

WHEREVER = (
    "invalid_request",
    "token_missing",
    "token_refused",
    "token_expired",
    "account_disabled",
    "scope_missing",
    "csrf_failed",
    "database_unavailable",
    "internal",
)
"""What every operation behind a token may answer."""


def words(code: str, language: Language) -> tuple[str, str | None]:
    """Title and hint of a code."""
    entry = CATALOGUE[code]
    english = (entry.title, entry.hint)
    return CHINESE.get(code, english) if language == "zh" else english


def problem(code: str, detail: str | None = None, request_id: str | None = None, **more: Any) -> Problem:
    entry = CATALOGUE[code]
    return Problem(
        type=f"about:blank#{code}",
        code=code,
        title=entry.title,
        status=entry.status,
        detail=detail or entry.title,
        hint=more.pop("hint", entry.hint),
        request_id=request_id,
        **more,
    )


def translated(document: Problem, language: Language) -> Problem:
    """In the reader's language what the catalogue says; what was said of the case stays as it is."""
    if language == DEFAULT:
        return document
    entry, (title, hint) = CATALOGUE[document.code], words(document.code, language)
    changes: dict[str, str | None] = {"title": title}
    if document.hint == entry.hint:
        changes["hint"] = hint
    if document.detail == entry.title:
        changes["detail"] = title
    return document.model_copy(update=changes)


def answer(document: Problem, headers: dict[str, str] | None = None, language: Language = DEFAULT) -> Response:
    entry = CATALOGUE[document.code]
    document = translated(document, language)
    more = {**(headers or {}), "Content-Language": language, "Vary": "Accept-Language"}
    retry_s = document.retry_after_s or entry.retry_s
    if retry_s is not None:
        more["Retry-After"] = str(retry_s)
    if document.status == 401:
        more["WWW-Authenticate"] = 'Bearer realm="mgeprof"'
    return Response(document.model_dump_json(exclude_none=True), document.status, more, MEDIA_TYPE)


def documented(*codes: str) -> dict[int | str, dict[str, Any]]:
    """The ``responses`` of an operation: the given codes and those that may come from anywhere, grouped by status."""
    return _by_status(dict.fromkeys((*codes, *WHEREVER)))


def public(*codes: str) -> dict[int | str, dict[str, Any]]:
    """As ``documented``, of an operation that asks for no token."""
    return _by_status(dict.fromkeys((*codes, "invalid_request", "database_unavailable", "internal")))


def _by_status(codes: Iterable[str]) -> dict[int | str, dict[str, Any]]:
    responses: dict[int | str, dict[str, Any]] = {}
    for code in codes:
        entry = CATALOGUE[code]
        example = problem(code, request_id="01k5m0c3v8e7n").model_dump(exclude_none=True)
        known = responses.setdefault(
            entry.status,
            {"description": "", "content": {MEDIA_TYPE: {"schema": _SCHEMA, "examples": {}}}},
        )
        known["description"] = "; ".join(filter(None, (known["description"], f"`{code}`: {entry.title}")))
        known["content"][MEDIA_TYPE]["examples"][code] = {"value": example}
    return responses


_SCHEMA = {"$ref": "#/components/schemas/Problem"}
