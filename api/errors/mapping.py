"""From what was raised to a problem document: the one place where errors meet HTTP."""

from collections.abc import Mapping
from typing import Any

import asyncpg
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from api.errors.catalogue import CATALOGUE
from api.errors.chinese_details import in_chinese as in_chinese_detail
from api.errors.chinese_fields import in_chinese
from api.errors.documents import answer, problem
from api.errors.language import DEFAULT, Language, language_of
from api.errors.problem import FieldProblem, Problem, RefusedError
from api.frame import request_id_of
from core.domain.decider import RejectedError
from core.nats.log import LogUnavailableError
from core.s3.errors import ObjectMissingError, StorageUnavailableError
from projections.paging import BadCursorError

_BY_STATUS = {
    400: "invalid_request",
    404: "not_found",
    405: "method_not_allowed",
    413: "body_too_large",
    503: "stopping",
}

_FAULTS: dict[type[Exception], str] = {
    LogUnavailableError: "broker_unavailable",
    StorageUnavailableError: "storage_unavailable",
    ObjectMissingError: "storage_unavailable",
    asyncpg.PostgresConnectionError: "database_unavailable",
    asyncpg.InterfaceError: "database_unavailable",
    asyncpg.InternalClientError: "database_unavailable",  # how some queries end when the server is killed under them
    asyncpg.OperatorInterventionError: "database_unavailable",
    asyncpg.InsufficientResourcesError: "database_unavailable",
    asyncpg.UndefinedTableError: "database_unavailable",  # the projector has never run yet
    OSError: "database_unavailable",
}
"""What passes by itself: the outside world, none of the caller's doing."""


def install(app: FastAPI) -> None:
    """Starlette looks for the nearest class in an error's ancestry; what is named here ends as a document of its own."""
    for kind in (RefusedError, RejectedError, RequestValidationError, HTTPException, BadCursorError, *_FAULTS):
        app.add_exception_handler(kind, _handle)


async def _handle(request: Request, error: Exception) -> Response:
    language = language_of(request.scope)
    document = problem_of(error, request_id_of(request.scope), language)
    headers = dict(error.headers or {}) if isinstance(error, HTTPException) else {}
    return answer(document, headers, language)


def problem_of(error: Exception, request_id: str | None, language: Language = DEFAULT) -> Problem:
    """``language``: of what is told of the case; what the catalogue says is put into it when the document is sent."""
    match error:
        case RefusedError():
            return _refused(error, request_id, language)
        case RejectedError():
            return problem(
                error.code if error.code in CATALOGUE else "rejected", _told(error.args[0], language), request_id
            )
        case RequestValidationError():
            return _invalid(error, request_id, language)
        case HTTPException():
            code = _BY_STATUS.get(error.status_code, "http_error")
            # What the framework says of a path or a method says less than the catalogue.
            detail = None if code in {"not_found", "method_not_allowed"} else _told(error.detail, language)
            return problem(code, detail, request_id)
        case BadCursorError():
            return problem("invalid_cursor", _told(str(error), language), request_id)
        case _:
            return problem(_FAULTS[next(kind for kind in _FAULTS if isinstance(error, kind))], None, request_id)


def _told(detail: str, language: Language) -> str:
    return (in_chinese_detail(detail) if language == "zh" else None) or detail


def _refused(error: RefusedError, request_id: str | None, language: Language) -> Problem:
    more = dict(error.more)
    if error.hint is not None:
        more["hint"] = _told(error.hint, language)
    if error.errors:
        more["errors"] = [
            FieldProblem(field=one.field[:200], message=_told(one.message, language)[:500]) for one in error.errors
        ]
    return problem(error.code, _told(error.detail, language), request_id, **more)


def _invalid(error: RequestValidationError, request_id: str | None, language: Language) -> Problem:
    # What a route and its dependencies ask for alike is wrong for each of them.
    unlike = {(tuple(one["loc"]), one["msg"]): one for one in error.errors()}
    fields = [_field(one, language) for one in unlike.values()]
    detail = "; ".join(f"{field.field}: {field.message}" for field in fields[:3])
    return problem("invalid_request", detail, request_id, errors=fields)


def _field(error: Mapping[str, Any], language: Language) -> FieldProblem:
    message = in_chinese(error) if language == "zh" else str(error["msg"])
    where = [str(step) for step in error["loc"][1:]] or [str(error["loc"][0])]
    return FieldProblem(field=".".join(where)[:200], message=message[:500], allowed=_allowed(error))


def _allowed(error: Mapping[str, Any]) -> list[str] | None:
    """Pydantic says what an enumeration takes as ``'x86', 'cuda' or 'arm'``."""
    expected = error.get("ctx", {}).get("expected")
    if error["type"] == "string_pattern_mismatch" and "|" in error["ctx"]["pattern"]:
        words = error["ctx"]["pattern"].removeprefix("^-?(").removesuffix(")$").split("|")
        return [f"{sign}{word}" for word in words for sign in ("-", "")]
    if error["type"] not in {"enum", "literal_error"} or not isinstance(expected, str):
        return None
    return [word.strip().strip("'") for word in expected.replace(" or ", ",").split(",")]
