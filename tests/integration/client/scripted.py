"""A server of the api's contract that misbehaves on purpose: it refuses, breaks connections off, and ends streams early.

The real api cannot be made to do these at a chosen moment. What it does otherwise is tested against itself.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections import Counter, deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Annotated, Any

import uvicorn
from fastapi import FastAPI, Query, Request, Response
from fastapi.responses import JSONResponse, StreamingResponse
from starlette.types import Receive, Scope, Send

TOKEN = "mgp_scripted"
PART = 64 << 10
TASK_ID = "01980f2e-7c1a-7def-8123-0123456789ab"


def problem(status: int, code: str, **more: Any) -> Response:
    body = {"code": code, "title": f"Title of {code}.", "status": status, "detail": f"Detail of {code}.", **more}
    return JSONResponse(body, status, media_type="application/problem+json")


@dataclass
class Script:
    """What the server does and what it saw. ``faults`` answer requests in turn, a None lets one through."""

    faults: dict[str, deque[Response | None]] = field(default_factory=dict)
    requests: Counter[str] = field(default_factory=Counter)
    headers: dict[str, list[dict[str, str]]] = field(default_factory=dict)
    queries: dict[str, str] = field(default_factory=dict)
    uploads: dict[str, dict[str, Any]] = field(default_factory=dict)
    parts: dict[str, dict[int, bytes]] = field(default_factory=dict)
    damage_next_part: bool = False
    streams: deque[list[str]] = field(default_factory=deque)
    """What each connection to the live stream gets before it ends."""
    hold: asyncio.Event = field(default_factory=asyncio.Event)
    """The last stream waits for this before it ends; set unless a test clears it."""
    task: dict[str, Any] = field(
        default_factory=lambda: {"id": TASK_ID, "state": "submitted", "url": "http://x/runs/1"}
    )

    def __post_init__(self) -> None:
        self.hold.set()

    def fail(self, what: str, *faults: Response | None) -> None:
        self.faults[what] = deque(faults)

    def meet(self, what: str, request: Request) -> Response | None:
        """Count a request and give the fault that it is to meet."""
        self.requests[what] += 1
        self.queries[what] = request.url.query
        self.headers.setdefault(what, []).append(dict(request.headers))
        if request.headers.get("Authorization") != f"Bearer {TOKEN}":
            return problem(401, "token_refused", hint="Use the right one.", request_id="req-401")
        faults = self.faults.get(what)
        return faults.popleft() if faults else None


class Broken(Response):
    """Promises more bytes than it sends: uvicorn closes the connection, as when the network breaks."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"9")]})
        await send({"type": "http.response.body", "body": b"{", "more_body": False})


def make_app(script: Script) -> FastAPI:
    app = FastAPI()

    @app.middleware("http")
    async def meet(request: Request, call_next: Callable[[Request], Any]) -> Any:
        steps = request.url.path.removeprefix("/api/v1/").split("/")
        what = f"{request.method} {'/'.join(step for n, step in enumerate(steps) if n % 2 == 0)}"
        return script.meet(what, request) or await call_next(request)

    _uploads(app, script)
    _profiles(app)
    _tasks(app, script)
    return app


def _uploads(app: FastAPI, script: Script) -> None:
    @app.post("/api/v1/uploads")
    async def begin(new: dict[str, Any]) -> Any:
        name = new["sha256"][:8]
        known = script.uploads.setdefault(
            name,
            {
                **new,
                "id": name,
                "part_size": PART,
                "parts_total": -(-new["size"] // PART),
                "state": "open",
                "resource_id": None,
            },
        )
        return _seen(script, known)

    @app.get("/api/v1/uploads/{name}")
    async def get(name: str) -> Any:
        return _seen(script, script.uploads[name])

    @app.put("/api/v1/uploads/{name}/parts/{n}", status_code=204)
    async def put(name: str, n: int, request: Request) -> None:
        body = await request.body()
        if script.damage_next_part:
            script.damage_next_part, body = False, bytes(len(body))
        script.parts.setdefault(name, {})[n] = body

    @app.post("/api/v1/uploads/{name}/complete")
    async def complete(name: str) -> Any:
        upload, parts = script.uploads[name], script.parts.get(name, {})
        if len(parts) < upload["parts_total"]:
            return problem(409, "missing_parts")
        content = b"".join(parts[n] for n in sorted(parts))
        if hashlib.sha256(content).hexdigest() != upload["sha256"]:
            return problem(422, "digest_mismatch")
        upload.update(state="complete", resource_id=f"model-{name}")
        return JSONResponse(_seen(script, upload), headers={"Mgeprof-Sequence": "7"})


def _seen(script: Script, upload: dict[str, Any]) -> dict[str, Any]:
    return {**upload, "parts_done": sorted(script.parts.get(upload["id"], {}))}


def _tasks(app: FastAPI, script: Script) -> None:
    @app.get("/api/v1/{kind}s/{name}")
    async def thing(kind: str, name: str) -> Any:
        return script.task if kind == "task" else {"id": name, "name": kind}

    @app.get("/api/v1/tasks")
    async def tasks() -> Any:
        return {"items": [script.task], "next_cursor": None}

    @app.post("/api/v1/tasks", status_code=201)
    async def submit(order: dict[str, Any]) -> Any:
        script.task["order"] = order
        return script.task

    @app.get("/api/v1/tasks/{name}/profile")
    async def profile(name: str) -> Any:
        return {"task_id": name, "operators": [], "by_type": []}

    @app.get("/api/v1/tasks/{name}/artifacts/{artifact}")
    async def artifact(name: str, artifact: str) -> Response:
        return Response(f"first line of {artifact}\nlast line of {name}\n".encode())

    @app.get("/api/v1/tasks/{name}/live")
    async def live(name: str) -> Response:  # noqa: ARG001
        messages = script.streams.popleft()

        async def body() -> AsyncIterator[str]:
            for message in messages:
                yield message
            if not script.streams:
                await script.hold.wait()

        return StreamingResponse(body(), media_type="text/event-stream")


def _profiles(app: FastAPI) -> None:
    @app.get("/api/v1/compare")
    async def compare(task: Annotated[list[str], Query()]) -> Any:
        same = {"value_s": 0.001, "delta_s": 0.0, "ratio": 1.0, "p": 1.0, "significant": False}
        slower = {"value_s": 0.002, "delta_s": 0.001, "ratio": 2.0, "p": 0.008, "significant": True}
        totals = {"end_to_end": same, "device": slower, "slower": 1, "unmatched": [{"name": "new(x)[9]"}]}
        runs = [{"task_id": one, "engine": "1.13.0", "platform": "x86", "compared": totals} for one in task]
        operator = {"name": "conv[1]", "type": "Convolution", "runs": [same, slower, None][: len(task)]}
        return {"runs": runs, "matching": 1, "operators": [operator]}

    @app.get("/api/v1/tasks/{name}/export/{form}")
    async def export(name: str, form: str) -> Response:
        return Response(f"{form} of {name}\r\n".encode())


def event(sequence: int, kind: str) -> str:
    data = {"id": f"e{sequence}", "type": kind, "sequence": sequence, "data": {}}
    return f"event: event\nid: {sequence}\ndata: {json.dumps(data)}\n\n"


def phase(name: str) -> str:
    return f"event: phase\ndata: {json.dumps({'attempt': 1, 'phase': name})}\n\n"


def line(n: int, text: str) -> str:
    return f"event: log\ndata: {json.dumps({'attempt': 1, 'n': n, 'line': text})}\n\n"


@asynccontextmanager
async def serving(app: FastAPI) -> AsyncIterator[str]:
    """Serve an app on a free loopback port; gives its base URL."""
    config = uvicorn.Config(app, host="127.0.0.1", port=0, log_config=None, lifespan="off", timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    task = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110  (uvicorn has nothing to wait for)
        await asyncio.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        await task
