"""The embedded stack's own account: who holds the token in the home's folder administers the stack."""

from typing import Final

from api.accounts import users
from api.accounts.register import register
from api.accounts.users import NewUser
from api.errors.problem import RefusedError
from core.domain.account import Register
from core.domain.decider import RejectedError
from core.events.account import Admission, Role
from core.events.ids import LOCAL_ACCOUNT
from core.nats.log import EventLog
from core.postgres.connection import Pool

LOCAL_NAME: Final = "local"

_NEW: Final = NewUser(LOCAL_ACCOUNT, LOCAL_NAME)


async def ensure_local(pool: Pool, log: EventLog) -> None:
    """Register it, once. Raises LogUnavailableError."""
    if await users.find(pool, LOCAL_ACCOUNT) is not None:
        return
    try:
        await register(pool, log, _NEW, Register(Role.ADMIN, Admission.LOCAL))
    except RejectedError:  # the log is older than the database
        await users.insert(pool, _NEW)
    except RefusedError:  # another process of the api was faster
        return
