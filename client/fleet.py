"""Devices: what their owners and administrators do with them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from client.errors import UnknownDeviceError
from client.http import Http
from client.models import Runner, RunnerPage
from client.resource import Resource

if TYPE_CHECKING:
    from collections.abc import Iterable


class Grant(Resource):
    account: str
    name: str | None = None


class GrantPage(Resource):
    items: list[Grant] = []


class Enrolment(Resource):
    """``token`` and ``command`` are shown once, when it is made."""

    id: str
    beginning: str = ""
    pool: str = ""
    expires_at: str = ""
    token: str = ""
    command: str = ""


class EnrolmentPage(Resource):
    items: list[Enrolment] = []


class Fleet:
    """Raises ProblemError and NoAnswerError, as `client.Client` does."""

    def __init__(self, http: Http) -> None:
        self._http = http

    async def device(self, name: str) -> Runner:
        """By name or id. Raises UnknownDeviceError when there is none, or several are called so."""
        found = [one for one in RunnerPage.read(await self._http.get("/runners")).items if name in {one.id, one.name}]
        if len(found) != 1:
            raise UnknownDeviceError(name, [one.id for one in found])
        return found[0]

    async def change(self, device: Runner, changes: dict[str, Any]) -> Runner:
        """``name``, ``labels``, ``pool``, ``owner``."""
        return Runner.read(await self._http.patch(_at(device), changes))

    async def switch(self, device: Runner, command: str) -> Runner:
        """``drain``, ``resume``, ``disable``, ``enable``."""
        return Runner.read(await self._http.post(f"{_at(device)}/{command}"))

    async def remove(self, device: Runner) -> None:
        """For ever."""
        await self._http.delete(_at(device))

    async def grants(self, device: Runner) -> GrantPage:
        return GrantPage.read(await self._http.get(f"{_at(device)}/grants"))

    async def grant(self, device: Runner, name: str) -> Grant:
        """Let an account, by its name, use a private device."""
        return Grant.read(await self._http.post(f"{_at(device)}/grants", {"name": name}))

    async def revoke_grant(self, device: Runner, name: str) -> None:
        """By the account's name or id. Revoking what was not granted does nothing."""
        for one in (await self.grants(device)).items:
            if name in {one.name, one.account}:
                await self._http.delete(f"{_at(device)}/grants/{quote(one.account, safe='')}")

    async def make_token(self, *, public: bool = False, expires_in_s: int = 3600) -> Enrolment:
        """A one-time token that lets one device in."""
        asked = {"pool": "public" if public else "private", "expires_in_s": expires_in_s}
        return Enrolment.read(await self._http.post("/enrolments", asked))

    async def tokens(self) -> EnrolmentPage:
        return EnrolmentPage.read(await self._http.get("/enrolments"))

    async def revoke_token(self, enrolment_id: str) -> None:
        await self._http.delete(f"/enrolments/{quote(enrolment_id, safe='')}")

    async def wanted(self, device: str | None, labels: Iterable[str], pool: str | None) -> dict[str, Any]:
        """What a submission says of the device, which has a name or an id."""
        runner = None if device is None else (await self.device(device)).id
        return {"runner": runner, "labels": list(labels), "pool": pool}


def _at(device: Runner) -> str:
    return f"/runners/{quote(device.id, safe='')}"
