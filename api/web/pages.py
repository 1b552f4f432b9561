"""Serving the dashboard: its files as they are, and its one page for every address that is a page of it."""

import hashlib
from pathlib import Path

from anyio import to_thread
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Match, Mount
from starlette.staticfiles import NotModifiedResponse, StaticFiles
from starlette.types import Scope

from api.web.policy import ASK_AGAIN, HEADERS, IMMUTABLE

ROOT = Path(__file__).parents[2] / "frontend" / "dist"
"""Where the set-up builds the pages."""
INDEX = "index.html"
HASHED = "assets/"
"""Files below have a digest of their content in their name."""
OF_PROGRAMS = ("/api", "/healthz", "/readyz", "/metrics")
"""Addresses that are never a page, so that a mistyped one answers 404."""
ENCODINGS = (("br", ".br"), ("gzip", ".gz"))
"""What the build wrote beside each large file, the smallest first."""
CSRF_COOKIE = '<meta name="mgeprof-csrf-cookie" content="%s" />'
"""Where the page is told the name of the cookie that it reads; empty in the file."""
_NOT_BUILT = "The pages are not built: run `make setup` (it needs Node 20.19 or newer). The api works without them.\n"


class Pages(StaticFiles):
    """GET and HEAD of everything that no route answers. ``csrf_cookie``: its name."""

    def __init__(self, root: Path, csrf_cookie: str) -> None:
        super().__init__(directory=root, check_dir=False)
        self._csrf_cookie = csrf_cookie

    async def check_config(self) -> None:
        """A folder that is not there is no defect: the pages were not built."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Raises HTTPException with 404 for a file that is not there, 405 for other methods."""
        try:
            response = await (self._index(scope) if path == INDEX else self._file(path, scope))
        except HTTPException as error:
            # A page's address is no file; a file that a newer build replaced must not look like a page.
            if error.status_code != 404 or path.startswith(HASHED):
                raise
            response = await self._index(scope)
        response.headers.update(HEADERS)
        return response

    async def _index(self, scope: Scope) -> Response:
        if scope["method"] not in {"GET", "HEAD"}:
            raise HTTPException(405)
        path, _ = await to_thread.run_sync(self.lookup_path, INDEX)
        if not path:
            return PlainTextResponse(_NOT_BUILT, 503)
        text = await to_thread.run_sync(Path(path).read_text, "utf-8")
        page = text.replace(CSRF_COOKIE % "", CSRF_COOKIE % self._csrf_cookie).encode()
        headers = {"ETag": f'"{hashlib.sha256(page).hexdigest()[:32]}"', "Cache-Control": ASK_AGAIN}
        response = HTMLResponse(page, headers=headers)
        unchanged = self.is_not_modified(response.headers, Headers(scope=scope))
        return NotModifiedResponse(response.headers) if unchanged else response

    async def _file(self, path: str, scope: Scope) -> Response:
        encoding, suffix = self._best(path, Headers(scope=scope).get("accept-encoding", ""))
        response = await super().get_response(path + suffix, scope)
        if encoding:
            response.headers["Content-Encoding"] = encoding
        response.headers["Vary"] = "Accept-Encoding"
        response.headers["Cache-Control"] = IMMUTABLE if path.startswith(HASHED) else ASK_AGAIN
        return response

    def _best(self, path: str, accepted: str) -> tuple[str | None, str]:
        """The encoding to answer in, and what the file's name then ends in."""
        names = {name.partition(";")[0].strip() for name in accepted.split(",") if not name.endswith(";q=0")}
        for encoding, suffix in ENCODINGS:
            if encoding in names and self._is_there(path + suffix):
                return encoding, suffix
        return None, ""

    def _is_there(self, path: str) -> bool:
        try:
            return self.lookup_path(path)[1] is not None
        except (OSError, ValueError):  # a name too long for the file system, or with a null byte
            return False


class PagesMount(Mount):
    """Whatever has no route of its own and is not an address for programs."""

    def __init__(self, csrf_cookie: str, root: Path = ROOT) -> None:
        super().__init__("/", Pages(root, csrf_cookie), name="pages")

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """A full match here would hide that a path of the api exists with another method."""
        if scope["type"] == "http" and scope["path"].startswith(OF_PROGRAMS):
            return Match.NONE, {}
        return super().matches(scope)
