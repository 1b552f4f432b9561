"""``/docs``: the whole api on one plain page that runs nothing and loads nothing but its own style, so that it works without a network."""

from collections.abc import Iterator, Mapping
from html import escape
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse

from api.routing import PREFIX
from api.web.policy import HEADERS

router = APIRouter(prefix=PREFIX, include_in_schema=False)

_STYLE = """\
:root{color-scheme:light dark}body{font:16px/1.5 system-ui,sans-serif;max-width:64rem;margin:2rem auto;padding:0 1rem}
code{font-size:.9em}summary{cursor:pointer;padding:.25rem 0}summary b{display:inline-block;width:4.5rem}
details>div{margin:.2rem 0 1rem 4.5rem}table{border-collapse:collapse}td{padding:.15rem .8rem .15rem 0;vertical-align:top}
h2{margin:2rem 0 .3rem;font-size:1.2rem}
"""
_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>mgeprof API</title>
<link rel="stylesheet" href="docs.css"></head><body>
<h1>mgeprof API</h1>
<p>For programs: <a href="openapi.json">openapi.json</a> (OpenAPI 3.1), with every field, example and error.
Every request carries <code>Authorization: Bearer &lt;token&gt;</code>. What is told to other programs: <a href="asyncapi">events</a>. Guides: <a href="/docs/">/docs/</a>.</p>
{body}
</body></html>"""
_ORDER = ("get", "post", "put", "patch", "delete")


@router.get("/docs")
async def docs(request: Request) -> HTMLResponse:
    document: dict[str, Any] = request.app.openapi()
    by_tag: dict[str, list[str]] = {}
    for path, operations in document["paths"].items():
        for method in sorted(operations, key=_ORDER.index):
            tag = (operations[method].get("tags") or ["other"])[0]
            by_tag.setdefault(tag, []).append(_operation(document, method, path, operations[method]))
    body = "".join(f"<h2>{escape(tag)}</h2>{''.join(shown)}" for tag, shown in by_tag.items())
    return HTMLResponse(_PAGE.format(body=body), headers=HEADERS)


@router.get("/docs.css")
async def style() -> Response:
    return Response(_STYLE, media_type="text/css", headers=HEADERS)


def _operation(document: Mapping[str, Any], method: str, path: str, operation: Mapping[str, Any]) -> str:
    about = _words(operation.get("description") or operation["summary"])
    first, _, rest = about.partition("\n\n")
    rows = [(f"<code>{escape(one['name'])}</code>", _asked(document, one)) for one in operation.get("parameters", ())]
    rows += [(f"<code>{escape(name)}</code>", said) for name, said in _body(document, operation)]
    table = "".join(f"<tr><td>{name}</td><td>{said}</td></tr>" for name, said in rows)
    codes = ", ".join(escape(code) for code in sorted(operation["responses"]))
    return (
        f"<details><summary><b>{method.upper()}</b><code>{escape(path)}</code> {escape(first)}</summary>"
        f"<div><p>{escape(rest)}</p><table>{table}</table><p>Answers: {codes}</p></div></details>"
    )


def _asked(document: Mapping[str, Any], parameter: Mapping[str, Any]) -> str:
    where = f"{parameter['in']}, required" if parameter.get("required") else str(parameter["in"])
    return f"{escape(where)}: {escape(_type(document, parameter['schema']))}. {escape(_words(parameter.get('description', '')))}"


def _body(document: Mapping[str, Any], operation: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The fields of a JSON body."""
    schema = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
    known = _resolved(document, schema)
    required = known.get("required", ())
    for name, field in known.get("properties", {}).items():
        must = ", required" if name in required else ""
        yield name, f"body{must}: {escape(_type(document, field))}. {escape(_words(field.get('description', '')))}"


def _type(document: Mapping[str, Any], schema: Mapping[str, Any]) -> str:
    if "$ref" in schema:
        known = _resolved(document, schema)
        return " | ".join(map(str, known["enum"])) if "enum" in known else str(schema["$ref"]).rpartition("/")[2]
    if "anyOf" in schema:
        return " | ".join(_type(document, one) for one in schema["anyOf"] if one.get("type") != "null")
    if schema.get("type") == "array":
        return f"list of {_type(document, schema.get('items', {}))}"
    return str(schema.get("format") or schema.get("const") or schema.get("type", "anything"))


def _resolved(document: Mapping[str, Any], schema: Mapping[str, Any]) -> Mapping[str, Any]:
    if "$ref" not in schema:
        return schema
    found: Mapping[str, Any] = document["components"]["schemas"][str(schema["$ref"]).rpartition("/")[2]]
    return found


def _words(text: str) -> str:
    return text.replace("`", "")
