"""No request makes the process hold a large body."""

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from core.domain.told import Told

MAX_BODY = 2**20
"""Bytes of a JSON body."""


class BodyLimit:
    """Bodies that are read whole come by POST. The one PUT takes a part of an upload and reads no more than that part's length.

    FastAPI's own limit answers in plain text; this one ends in a problem document as everything does.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] == "PUT":
            await self._app(scope, receive, send)
            return
        came = 0

        async def counted() -> Message:
            nonlocal came
            message = await receive()
            came += len(message.get("body", b""))
            if came > MAX_BODY:
                raise HTTPException(413, Told("A body may have {most} bytes here.", most=MAX_BODY))
            return message

        await self._app(scope, counted, send)
