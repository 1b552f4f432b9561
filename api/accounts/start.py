"""Who is there from the beginning."""

from datetime import timedelta
from pathlib import Path

import structlog

from api.accounts import links, users
from api.accounts.links import LinkKind, NewLink
from api.accounts.local import ensure_local
from api.accounts.passwords import check
from api.accounts.register import register
from api.accounts.tools import Accounts
from api.accounts.users import NewUser
from api.errors.problem import RefusedError
from api.settings import ApiSettings
from core.domain.account import Register
from core.events.account import Admission, Role
from core.events.ids import AccountId, new_id
from core.nats.log import EventLog
from core.postgres.connection import Pool

logger = structlog.get_logger(__name__)

FIRST_LINK_LIFE = timedelta(days=1)


class FirstAdminError(Exception):
    """The settings name a first administrator that cannot be made."""


async def ensure_accounts(settings: ApiSettings, pool: Pool, log: EventLog, accounts: Accounts) -> None:
    """The local account, where it has a token, and an administrator: whom the settings name, or who opens a link from the log.

    The link is made when there is nobody at all, and works once.

    Raises FirstAdminError, LogUnavailableError.
    """
    await accounts.passwords.prepare()
    if settings.api_token_sha256 is not None:
        await ensure_local(pool, log)
    if settings.admin.email is not None:
        await _from_settings(settings, pool, log, accounts)
    elif not await users.anybody(pool):
        await links.void(pool, LinkKind.FIRST_ADMIN, None)
        _, secret = await links.insert(pool, NewLink(LinkKind.FIRST_ADMIN, FIRST_LINK_LIFE, role=Role.ADMIN))
        url = links.url(settings.api_url, LinkKind.FIRST_ADMIN, secret.text)
        logger.warning(
            "nobody has an account yet: this link makes an administrator, once", action="first_admin", url=url
        )


async def _from_settings(settings: ApiSettings, pool: Pool, log: EventLog, accounts: Accounts) -> None:
    email, file = settings.admin.email, settings.admin.password_file
    if email is None or await users.find_by_login(pool, email) is not None:
        return
    if file is None:
        raise FirstAdminError("MGEPROF_ADMIN_EMAIL needs MGEPROF_ADMIN_PASSWORD_FILE beside it.")
    password = _read(file)
    try:
        check(password, settings.admin.name, email)
    except RefusedError as error:
        raise FirstAdminError(f"MGEPROF_ADMIN_PASSWORD_FILE: {error.detail}") from error
    user = NewUser(AccountId(new_id()), settings.admin.name, email, await accounts.passwords.hash(password))
    await register(pool, log, user, Register(Role.ADMIN, Admission.FIRST_ADMIN))
    logger.info("the first administrator was made", action="first_admin", account=str(user.id))


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8").rstrip("\r\n")
    except OSError as error:
        raise FirstAdminError(f"MGEPROF_ADMIN_PASSWORD_FILE cannot be read: {error}") from error
