"""Limits on what people who are in do often. Addresses are not counted here: a whole team may stand behind one."""

from typing import Final

from fastapi import Depends

from api.access import Asking
from api.accounts.limits import Action
from api.parts import PartsOf


async def _upload(caller: Asking, parts: PartsOf) -> None:
    if caller.via != "local":
        await parts.accounts.limits.spend(Action.UPLOAD, str(caller.account))


async def _submit(caller: Asking, parts: PartsOf) -> None:
    if caller.via != "local":
        await parts.accounts.limits.spend(Action.SUBMIT, str(caller.account))


async def _webhook(caller: Asking, parts: PartsOf) -> None:
    if caller.via != "local":
        await parts.accounts.limits.spend(Action.WEBHOOK, str(caller.account))


async def _spans(caller: Asking, parts: PartsOf) -> None:
    if caller.via != "local":
        await parts.accounts.limits.spend(Action.SPANS, str(caller.account))


PacedUpload: Final = Depends(_upload)
PacedSubmit: Final = Depends(_submit)
PacedWebhook: Final = Depends(_webhook)
PacedSpans: Final = Depends(_spans)
"""Count one try of the caller's account; the embedded stack's own is not counted. Raise RefusedError with ``rate_limited``."""
