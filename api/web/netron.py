"""Netron's viewer from its wheel, made quiet: it looks at models in a frame of ours and asks nobody anything.

As shipped, its page asks ipinfo.io where the visitor is, shows a consent dialog, starts analytics, and after 180 days wants an update.
It does none of these as version 0.0.0, without a date, and with a ``consent`` cookie; the policy forbids whatever else it may try.

As shipped, it also fetches 8 MB about other formats before it looks at the first file; what it gets of those is empty.
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
SCRIPT = "text/javascript"
INDEX_SCRIPT = "index.js"
MODULES = (
    *("base", "text", "flatbuffers", "flexbuffers", "zip", "tar", "json", "xml", "protobuf", "hdf5"),
    *("grapher", "browser", "view", "megengine", "megengine-schema"),
)
"""What drawing a MegEngine model takes. The page names them, so that they come at once and not as one asks for the other."""
SERVED = {f"{name}.js" for name in (*MODULES, "worker", "dagre", "python")} | {
    *(INDEX_SCRIPT, "megengine-metadata.json", "grapher.css", "icon.png", "favicon.ico"),
}
"""The wheel holds its Python server and two hundred other formats, too."""
SPARED = {
    *(f"{name}.js" for name in ("message", "onnx", "pytorch", "tflite", "mlnet", "onnx-proto", "onnx-schema")),
    *("tflite-schema.js", "onnx-metadata.json", "pytorch-metadata.json", "tflite-metadata.json"),
}
"""What it fetches for speed, whatever it is to draw."""
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
NUMPY = "numpy.js"
NO_ARRAYS = "export const ModelFactory = class { async match() { return null; } };"
"""It takes a file that ends in ``.mge`` for arrays of numpy's as well, and would read them with ``python.js``."""
_FIRST = ", 'python'"
"""A megabyte that runs pickles, and writes tensors as ``.npy``: for when somebody asks for that."""
_NO_FOCUS = """const focus = HTMLElement.prototype.focus;
HTMLElement.prototype.focus = function (options) { if (document.hasFocus()) focus.call(this, options); };
"""
"""It takes the focus whenever it shows something else, and the page around the frame would move to it: not before somebody is in the frame."""
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
        early = "".join(f'<link rel="modulepreload" href="{name}.js">' for name in MODULES)
        return quiet.replace("<title>", f"{early}<title>", 1)

    @cached_property
    def index_script(self) -> str:
        shipped = (self.root / INDEX_SCRIPT).read_text()
        if shipped.count(_FIRST) != 1:
            raise RuntimeError("netron's first script has changed: it does not name python.js any more")
        return _NO_FOCUS + shipped.replace(_FIRST, "")

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Raises HTTPException with 404 for a file that is not there, 405 for other methods."""
        if path in INDEX:
            response: Response = HTMLResponse(
                self.page, headers={"Set-Cookie": f"consent=1; Path={AT}; SameSite=Strict"}
            )
        elif path == INDEX_SCRIPT:
            response = Response(self.index_script, media_type=SCRIPT)
        elif path == NUMPY:
            response = Response(NO_ARRAYS, media_type=SCRIPT)
        elif path in SPARED:
            response = Response(media_type=SCRIPT if path.endswith(".js") else "application/json")
        elif path in SERVED:
            response = await super().get_response(path, scope)
        else:
            raise HTTPException(404)
        response.headers.update(HEADERS)
        return response


class NetronMount(Mount):
    def __init__(self) -> None:
        super().__init__(AT, Netron(), name="netron")
