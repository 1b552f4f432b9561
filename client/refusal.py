"""From an answer that says no to the error that is raised for it."""

from __future__ import annotations

import httpx2

from client.errors import CallerProblemError, Problem, ProblemError, ServerProblemError


def problem_of(response: httpx2.Response) -> ProblemError:
    """The refusal that an answer holds, also when something in between (a proxy) wrote it."""
    try:
        body = response.json()
    except ValueError:
        body = None
    fields = body if isinstance(body, dict) else {}
    status = response.status_code
    problem = Problem(
        code=str(fields.get("code") or f"http_{status}"),
        title=str(fields.get("title") or response.reason_phrase or f"The server answered {status}."),
        status=status,
        detail=str(fields.get("detail") or ""),
        hint=str(fields.get("hint") or ""),
        request_id=str(fields.get("request_id") or response.headers.get("X-Request-Id", "")),
        errors=tuple(one for one in fields.get("errors") or () if isinstance(one, dict)),
        allowed=tuple(map(str, fields.get("allowed") or ())),
    )
    kind = CallerProblemError if status < 500 and status != 429 else ServerProblemError
    return kind(problem, retry_after_s=_seconds(response.headers.get("Retry-After", "")))


def _seconds(text: str) -> float | None:
    return min(float(text), 30.0) if text.isdigit() else None
