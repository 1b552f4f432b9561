"""Guests stay for a while: then their accounts go, with their sessions, their links and all that they made."""

from typing import Final
from uuid import UUID

from api.deletion import accounts
from api.deletion.table import SQL
from api.parts import Parts
from core.events.ids import AccountId

AT_ONCE: Final = 50


async def delete_old_guests(parts: Parts, actor: UUID) -> int:
    """Those that came longer ago than ``guest_days``; whom an administrator gave another role is a guest no more. Gives how many went."""
    days = parts.settings.accounts.guest_days
    old = await parts.pool.fetch(SQL["old_guests"], days * 86_400, AT_ONCE)
    for row in old:
        await accounts.ask(parts, AccountId(row["id"]), actor)
    return len(old)
