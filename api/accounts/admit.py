"""Who may make an account, and making it."""

from api.accounts import links
from api.accounts.links import INVITING, LinkKind, LinkRow
from api.accounts.local import LOCAL_NAME
from api.accounts.names import key_of
from api.accounts.passwords import check
from api.accounts.register import register_within
from api.accounts.resources import NewAccount
from api.accounts.settings import Registration
from api.accounts.users import NewUser
from api.errors.problem import RefusedError
from api.parts import Parts
from core.domain.account import Register
from core.events.account import Admission, Role
from core.events.ids import AccountId, new_id
from projections.account_directory import queries as directory


async def admit(parts: Parts, asked: NewAccount) -> tuple[AccountId, int]:
    """The account, and the sequence of its event. A link is used up with the account that it makes, or not at all.

    Raises RefusedError with ``registration_closed``, ``invitation_needed``, ``link_refused``, ``password_weak``, ``name_taken``
    or ``email_taken``.
    """
    _check_open(parts, asked)
    password = asked.password.get_secret_value()
    check(password, asked.name, asked.email)
    if key_of(asked.name) == LOCAL_NAME:
        raise RefusedError("name_taken", "Another account has this name.")
    if asked.token is not None:  # before the work of hashing
        await links.look(parts.pool, asked.token, INVITING)
    password_hash = await parts.accounts.passwords.hash(password)
    async with parts.pool.acquire() as connection, connection.transaction():
        link = None if asked.token is None else await links.use(connection, asked.token, INVITING)
        await _check_link(parts, link)
        email = link.email if link is not None and link.email is not None else asked.email
        user = NewUser(AccountId(new_id()), asked.name, email, password_hash, asked.language)
        actor = link.made_by if link is not None else None
        return user.id, await register_within(connection, parts.log, user, _command(link), actor=actor)


def _check_open(parts: Parts, asked: NewAccount) -> None:
    if asked.token is None and parts.settings.accounts.registration is Registration.INVITATION:
        raise RefusedError("invitation_needed", "Accounts are made by invitation here.")
    if asked.token is None and parts.settings.accounts.registration is Registration.CLOSED:
        raise RefusedError("registration_closed", "No accounts are made here.")


async def _check_link(parts: Parts, link: LinkRow | None) -> None:
    if link is None:
        return
    if link.kind is LinkKind.FIRST_ADMIN and await directory.admins(parts.pool):
        raise RefusedError("link_refused", "There is an administrator already.")
    if link.kind is LinkKind.INVITATION and parts.settings.accounts.registration is Registration.CLOSED:
        raise RefusedError("registration_closed", "No accounts are made here.")


def _command(link: LinkRow | None) -> Register:
    if link is None:
        return Register(Role.USER, Admission.OPEN)
    first = link.kind is LinkKind.FIRST_ADMIN
    return Register(link.role or Role.USER, Admission.FIRST_ADMIN if first else Admission.INVITATION)


async def admit_guest(parts: Parts) -> tuple[AccountId, int]:
    """An account without a password. Raises RefusedError with ``guests_refused``."""
    if not parts.settings.accounts.guests:
        raise RefusedError("guests_refused", "Guests are not let in here.")
    id_ = AccountId(new_id())
    user = NewUser(id_, f"guest-{id_.hex[-12:]}")
    async with parts.pool.acquire() as connection, connection.transaction():
        return id_, await register_within(connection, parts.log, user, Register(Role.GUEST, Admission.GUEST))
