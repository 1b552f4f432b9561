"""The guides, which the set-up renders into a folder of static pages: anybody may read them, logged in or not."""

from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from api.web.policy import ASK_AGAIN, HEADERS

AT = "/docs"
ROOT = Path(__file__).parents[2] / "site"
"""Where ``python -m infra.site`` writes them."""
_START = "index.html"
_NOT_BUILT = "The guides are not built: run `make site`. They are in the repository's folder docs/, too.\n"


class Guides(StaticFiles):
    """GET and HEAD of the pages."""

    def __init__(self, root: Path = ROOT) -> None:
        super().__init__(directory=root, check_dir=False)

    async def check_config(self) -> None:
        """A folder that is not there is no defect: the guides were not built."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Raises HTTPException with 404 for a page that is not there, 405 for other methods."""
        if path in {".", ""}:
            return RedirectResponse(f"{AT}/{_START}", headers=HEADERS)
        try:
            response = await super().get_response(path, scope)
        except HTTPException as error:
            if error.status_code != 404 or path != _START:
                raise
            response = PlainTextResponse(_NOT_BUILT, 503)
        response.headers.update({**HEADERS, "Cache-Control": ASK_AGAIN})
        return response


class GuidesMount(Mount):
    def __init__(self, root: Path = ROOT) -> None:
        super().__init__(AT, Guides(root), name="guides")
