"""How a browser gets a session without a password: by a link that works once, or for a key that it then need not keep."""

from datetime import datetime, timedelta
from typing import Annotated, Final
from uuid import UUID

from fastapi import Request, Response, status
from pydantic import BaseModel, ConfigDict, Field

from api.access import Caller, is_local, key_holder
from api.accounts import enter, links
from api.accounts.limits import Action
from api.accounts.links import LinkKind, NewLink
from api.accounts.resources import LoggedIn
from api.accounts.secrets import KEY_PREFIX
from api.errors.documents import documented, public
from api.errors.problem import RefusedError
from api.parts import Parts, PartsOf
from api.routing import router_at
from core.events.ids import LOCAL_ACCOUNT, AccountId

router = router_at("/auth", tag="account")

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

    token: Annotated[
        str,
        Field(
            max_length=200, description="What stands behind `#token=` in the link, or an API key, or the home's token."
        ),
    ]
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
    responses=public("link_refused", "token_refused", "account_disabled", "csrf_failed", "rate_limited"),
)
async def connect_browser(asked: Connecting, request: Request, response: Response, parts: PartsOf) -> LoggedIn:
    """Begin a session with the token of such a link, which is used up by that; or with a key.

    A key's session may what the key may, and ends with it: no page has to keep the key itself.
    """
    if not is_local(parts, asked.token):  # whose tries are not counted anywhere
        await enter.spend(request, parts, Action.LOGIN)
    account, key = await _let_in(parts, asked.token)
    return await enter.begin(
        request, response, parts, account, in_cookies=asked.cookies, remembered=asked.remember, key=key
    )


async def _let_in(parts: Parts, token: str) -> tuple[AccountId, UUID | None]:
    """Whom it lets in, and the id of the key that it is."""
    if is_local(parts, token):
        return LOCAL_ACCOUNT, None
    if token.startswith(KEY_PREFIX):
        holder = await key_holder(parts, token)
        return holder.account, holder.key
    async with parts.pool.acquire() as connection, connection.transaction():
        row = await links.use(connection, token, _CONNECT)
    if row.account is None:
        raise RefusedError("link_refused", "The account is gone.")
    return row.account, None
