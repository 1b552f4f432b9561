"""``/asyncapi.json``, and the same as a page."""

from typing import Any

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, JSONResponse, Response

from api.asyncapi.document import document
from api.asyncapi.page import STYLE, page
from api.parts import PartsOf
from api.routing import PREFIX
from api.web.policy import HEADERS

router = APIRouter(prefix=PREFIX, include_in_schema=False)


@router.get("/asyncapi.json")
async def asyncapi_json(parts: PartsOf) -> JSONResponse:
    return JSONResponse(_document(parts))


@router.get("/asyncapi")
async def asyncapi_page(parts: PartsOf) -> HTMLResponse:
    return HTMLResponse(page(_document(parts)), headers=HEADERS)


@router.get("/asyncapi.css")
async def asyncapi_style() -> Response:
    return Response(STYLE, media_type="text/css", headers=HEADERS)


def _document(parts: PartsOf) -> dict[str, Any]:
    return document(parts.settings.api_url)
