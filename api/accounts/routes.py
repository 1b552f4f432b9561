"""``/me``."""

from fastapi import APIRouter

from api.access import Caller
from api.accounts.resources import Me
from api.errors.documents import documented

router = APIRouter(tags=["account"])


@router.get("/me", responses=documented())
async def me(caller: Caller) -> Me:
    """Whose token this is."""
    return Me(id=caller.account, name=caller.name, role=caller.role, scopes=sorted(caller.scopes), via=caller.via)
