"""Netron's viewer from its wheel, made quiet: it looks at models in a frame of ours and asks nobody anything.

As shipped, its page asks ipinfo.io where the visitor is, shows a consent dialog, starts analytics, and after 180 days wants an update.
It does none of these as version 0.0.0, without a date, and with a ``consent`` cookie; the policy forbids whatever else it may try.
"""

import re
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, Response
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from api.web.policy import ASK_AGAIN

AT = "/netron"
INDEX = {".", "", "index.html"}
SERVED = {".js", ".json", ".css", ".png", ".ico"}
"""The wheel holds its Python server, too."""
# Its page brings its style sheet within itself, hence the inline style.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
    "connect-src 'self'; worker-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'self'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": ASK_AGAIN,
}
_LOUD = re.compile(r'<meta name="(?:date|Content-Security-Policy)"[^>]*>\s*|<link rel="[^"]*icon[^"]*"[^>]*>\s*')
_VERSION = re.compile(r'<meta name="version" content="[^"]*">')


class Netron(StaticFiles):
    """GET and HEAD of the viewer's files."""

    def __init__(self) -> None:
        spec = find_spec("netron")
        if spec is None or not spec.submodule_search_locations:
            raise RuntimeError("the netron wheel is not installed")
        self.root = Path(spec.submodule_search_locations[0])
        super().__init__(directory=self.root)

    @cached_property
    def page(self) -> str:
        shipped = (self.root / "index.html").read_text()
        quiet, found = _VERSION.subn('<meta name="version" content="0.0.0">', _LOUD.sub("", shipped))
        if found != 1:
            raise RuntimeError("netron's page has changed: it names no version, so nothing says that it is quiet")
        return quiet

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Raises HTTPException with 404 for a file that is not there, 405 for other methods."""
        if path in INDEX:
            response: Response = HTMLResponse(
                self.page, headers={"Set-Cookie": f"consent=1; Path={AT}; SameSite=Strict"}
            )
        elif Path(path).suffix in SERVED:
            response = await super().get_response(path, scope)
        else:
            raise HTTPException(404)
        response.headers.update(HEADERS)
        return response


class NetronMount(Mount):
    def __init__(self) -> None:
        super().__init__(AT, Netron(), name="netron")
