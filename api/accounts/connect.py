"""Links that log one browser in, once: how a page on one's own machine gets a session without ever seeing the long-lived token."""

from datetime import datetime, timedelta
from typing import Annotated, Final

from fastapi import APIRouter, Request, Response, status
from pydantic import BaseModel, ConfigDict, Field

from api.access import Caller
from api.accounts import enter, links
from api.accounts.limits import Action
from api.accounts.links import LinkKind, NewLink
from api.accounts.resources import LoggedIn
from api.errors.documents import documented, public
from api.errors.problem import RefusedError
from api.parts import PartsOf

router = APIRouter(prefix="/auth", tags=["account"])

LIFE: Final = timedelta(minutes=15)
"""Long enough to be clicked on a screen, short enough to be worthless in its scroll-back."""
_CONNECT: Final = frozenset({LinkKind.CONNECT})


class ConnectLink(BaseModel):
    """``url`` is shown this once; it logs one browser in."""

    url: str
    token: str
    expires_at: datetime


class Connecting(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    token: Annotated[str, Field(max_length=200, description="What stands behind `#token=` in the link.")]
    cookies: bool = False
    """For browsers: the tokens come as cookies that no script can read, and not in the body."""
    remember: bool = True
    """Whether the session outlives the browser, or a day."""


@router.post(
    "/connect-link",
    operation_id="make_connect_link",
    status_code=status.HTTP_201_CREATED,
    responses=documented("local_only"),
)
async def make_connect_link(caller: Caller, parts: PartsOf, response: Response) -> ConnectLink:
    """Make a link that logs one browser in as the installation's own account, once, within a quarter of an hour.

    Nobody else makes such links: whoever opened one from a stranger would work in the stranger's account without knowing.
    """
    if caller.via != "local":
        raise RefusedError("local_only", "Such links are made with the token in the home of `mgeprof up`.")
    row, secret = await links.insert(
        parts.pool, NewLink(LinkKind.CONNECT, LIFE, account=caller.account, made_by=caller.account)
    )
    response.headers["Cache-Control"] = "no-store"
    url = links.url(parts.settings.api_url, LinkKind.CONNECT, secret.text)
    return ConnectLink(url=url, token=secret.text, expires_at=row.expires_at)


@router.post(
    "/connect",
    operation_id="connect_browser",
    openapi_extra={"security": []},
    responses=public("link_refused", "account_disabled", "csrf_failed", "rate_limited"),
)
async def connect_browser(asked: Connecting, request: Request, response: Response, parts: PartsOf) -> LoggedIn:
    """Begin a session with the token of such a link, which is used up by that."""
    await enter.spend(request, parts, Action.LOGIN)
    async with parts.pool.acquire() as connection, connection.transaction():
        row = await links.use(connection, asked.token, _CONNECT)
    if row.account is None:
        raise RefusedError("link_refused", "The account is gone.")
    return await enter.begin(request, response, parts, row.account, in_cookies=asked.cookies, remembered=asked.remember)
