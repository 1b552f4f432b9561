"""`mgeprof openapi`: the description of the HTTP api, without a running server."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer()


@app.command()
def openapi(
    out: Annotated[Path | None, typer.Option(help="Write it here, and only when it has changed.")] = None,
) -> None:
    """Write the OpenAPI document from which clients are generated."""
    from api.app import openapi_document

    text = json.dumps(openapi_document(), indent=1, ensure_ascii=False) + "\n"
    if out is None:
        typer.echo(text, nl=False)
    elif not out.exists() or out.read_text() != text:
        out.write_text(text)
