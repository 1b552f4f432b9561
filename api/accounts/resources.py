"""Accounts as they are shown."""

from uuid import UUID

from pydantic import BaseModel

from api.access import Via
from api.accounts.scopes import Scope
from core.events.account import Role


class Me(BaseModel):
    """Whose token it is, and what it may do."""

    id: UUID
    name: str
    role: Role
    scopes: list[Scope]
    via: Via
