"""``/docs``: what there is, on a plain page that loads nothing from anywhere."""

from html import escape
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

router = APIRouter(include_in_schema=False)

_PAGE = """<!doctype html>
<html lang="en"><meta charset="utf-8"><title>mgeprof API</title>
<style>body{{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}}code{{font-size:.95em}}
td{{padding:.2rem .8rem .2rem 0;vertical-align:top}}</style>
<h1>mgeprof API</h1>
<p>The whole description, with every field, example and error: <a href="openapi.json">openapi.json</a> (OpenAPI 3.1).
Every request carries <code>Authorization: Bearer &lt;token&gt;</code>.</p>
<table>{rows}</table></html>"""


@router.get("/docs")
async def docs(request: Request) -> HTMLResponse:
    document: dict[str, Any] = request.app.openapi()
    rows = [
        f"<tr><td><code>{method.upper()}</code><td><code>{escape(path)}</code><td>{escape(_about(operation))}"
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
    ]
    return HTMLResponse(_PAGE.format(rows="".join(rows)))


def _about(operation: dict[str, Any]) -> str:
    description: str = operation.get("description") or operation["summary"]
    return description.partition("\n\n")[0].replace("`", "")
