"""The AsyncAPI document as a page: plain HTML without a script, so that it works offline and under the strictest policy."""

from collections.abc import Iterator
from html import escape
from typing import Any, Final

Part = dict[str, Any]

STYLE: Final = """body{font:16px/1.5 system-ui,sans-serif;max-width:64rem;margin:2rem auto;padding:0 1rem;color:#1c2024;background:#fff}
a{color:#0b5cad}code{font-size:.92em}h2{margin-top:2.5rem}h3{margin:2rem 0 .3rem}table{border-collapse:collapse;width:100%}
th,td{text-align:left;vertical-align:top;padding:.25rem .8rem .25rem 0;border-bottom:1px solid #d9dde1}th{font-weight:600}
.events a{display:inline-block;min-width:15rem}
@media(prefers-color-scheme:dark){body{color:#e8eaed;background:#16181b}a{color:#7db8f0}th,td{border-color:#3a3f45}}
"""


def page(document: Part, title: str = "mgeprof events") -> str:
    """The whole page."""
    events = list(document["channels"]["stream"]["messages"])
    parts = (
        f"<p>{_text(document['info']['description'])}</p>",
        '<p>For programs: <a href="asyncapi.json">asyncapi.json</a> (AsyncAPI 3.0). What can be asked: <a href="docs">the HTTP api</a>.</p>',
        "<h2>Ways</h2>",
        *_channels(document),
        "<h2>Around every event</h2>",
        _fields(document, document["components"]["schemas"]["EventResource"]),
        "<h2>Events</h2>",
        f'<p class="events">{" ".join(f"""<a href="#{name}"><code>{name}</code></a>""" for name in events)}</p>',
        *(_event(document, name) for name in events),
    )
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
        '<meta name="viewport" content="width=device-width"><link rel="stylesheet" href="asyncapi.css"></head>'
        f"<body><main><h1>{title}</h1>{''.join(parts)}</main></body></html>"
    )


def _channels(document: Part) -> Iterator[str]:
    for channel in document["channels"].values():
        address = f"<p><code>{escape(channel['address'])}</code></p>" if channel["address"] else ""
        yield f"<h3>{escape(channel['title'])}</h3>{address}<p>{_text(channel['description'])}</p>"
        rows = [
            f"<tr><td><code>{escape(name)}</code><td>{_text(one.get('description', ''))}"
            f"<td>{', '.join(f'<code>{escape(value)}</code>' for value in one.get('enum', ()))}"
            for name, one in channel.get("parameters", {}).items()
        ]
        if rows:
            yield f"<table><tr><th>part<th>what it is<th>values{''.join(rows)}</table>"


def _event(document: Part, name: str) -> str:
    message = document["components"]["messages"][name]
    data = message["payload"]["allOf"][1]["properties"]["data"]
    return f'<h3 id="{name}"><code>{name}</code></h3><p>{_text(message["summary"])}</p>{_fields(document, data)}'


def _fields(document: Part, schema: Part) -> str:
    """What an object holds, a field a line; objects inside are shown in place."""
    rows = "".join(_rows(document, schema, ""))
    if not rows:
        return "<p>No data.</p>"
    return f"<table><tr><th>field<th>type<th>what it is{rows}</table>"


def _rows(document: Part, schema: Part, prefix: str) -> Iterator[str]:
    schema = _resolved(document, schema)
    must = schema.get("required", ())
    for name, field in schema.get("properties", {}).items():
        inner = _resolved(document, field)
        path = f"{prefix}{name}"
        about = _text(field.get("description", "") or inner.get("description", ""))
        optional = "" if name in must else " (may be absent)"
        yield f"<tr><td><code>{escape(path)}</code><td>{escape(_type(document, field))}{optional}<td>{about}"
        if inner.get("type") == "array":
            yield from _rows(document, inner.get("items", {}), f"{path}[].")
        else:
            yield from _rows(document, inner, f"{path}.")


def _resolved(document: Part, schema: Part) -> Part:
    """The schema that is meant; of alternatives the first that is not null."""
    while True:
        if "$ref" in schema:
            schema = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
        elif "anyOf" in schema:
            schema = next((one for one in schema["anyOf"] if one.get("type") != "null"), {})
        else:
            return schema


def _type(document: Part, schema: Part) -> str:
    if "anyOf" in schema:
        return " or ".join(_type(document, one) for one in schema["anyOf"])
    found = _resolved(document, schema)
    if "const" in found:
        return f"“{found['const']}”"
    if "enum" in found:
        return " | ".join(str(value) for value in found["enum"])
    if found.get("type") == "array":
        return f"list of {_type(document, found.get('items', {}))}"
    return str(found.get("format") or found.get("type", "anything"))


def _text(words: str) -> str:
    """Escaped, with what stands between backticks as code."""
    pieces = escape(words.replace("``", "`")).split("`")
    return "".join(f"<code>{piece}</code>" if odd % 2 else piece for odd, piece in enumerate(pieces))
