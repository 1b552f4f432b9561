"""Who is there from the beginning, and mail that brings people back in."""

from __future__ import annotations

import asyncio
import re
import secrets
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import httpx2
import pytest
import structlog

from api.accounts import links
from api.accounts.links import LinkKind, NewLink
from api.accounts.settings import AdminSettings, SmtpSettings
from api.accounts.start import FIRST_LINK_LIFE, FirstAdminError, ensure_accounts
from api.accounts.tools import Accounts
from api.parts import Parts
from api.wiring import wired
from core.events.account import Role
from infra.embedded.services import Services
from projections.rebuild import rebuild
from tests.integration.api.conftest import api_settings, client_of, make_events, on_broker, projecting, s3_settings
from tests.integration.api.post_office import PostOffice, post_office
from tests.integration.api.test_accounts import MARK, PASSWORD, a_name, log_in, registered, with_settings
from tests.integration.api.user import User, check_problem


def with_admin(parts: Parts, admin: AdminSettings) -> Parts:
    return replace(parts, settings=parts.settings.model_copy(update={"admin": admin}))


async def ensure(parts: Parts) -> None:
    await ensure_accounts(parts.settings, parts.pool, parts.log, parts.accounts)


async def test_the_environment_names_the_first_administrator_once(parts: Parts, tmp_path: Path) -> None:
    file, email, name = tmp_path / "password", f"{secrets.token_hex(4)}@example.org", a_name()
    file.write_text(PASSWORD + "\n")
    known = with_admin(parts, AdminSettings(email=email, name=name, password_file=file))
    await ensure(known)
    assert await parts.position.reached(await parts.log.last_sequence(), 60)
    file.write_text("another good password\n")
    await ensure(known)
    async with client_of(with_settings(parts), None) as client:
        session = (await log_in(client, email)).json()
        assert (session["account"]["name"], session["account"]["role"]) == (name, "admin")


@pytest.mark.parametrize("content", [None, "", "short", "somebody@example.org"])
async def test_a_first_administrator_without_a_good_password_stops_the_start(
    parts: Parts, tmp_path: Path, content: str | None
) -> None:
    file = tmp_path / "password"
    if content is not None:
        file.write_text(content)
    known = with_admin(parts, AdminSettings(email="somebody@example.org", password_file=file))
    with pytest.raises(FirstAdminError):
        await ensure(known)
    with pytest.raises(FirstAdminError):
        await ensure(with_admin(parts, AdminSettings(email="somebody@example.org")))


async def test_a_server_without_anybody_writes_a_link_that_makes_one_administrator(
    environment: dict[str, str], broker: Services
) -> None:
    known = on_broker(environment, broker)
    await make_events(known)
    settings = api_settings(known).model_copy(update={"api_token_sha256": None})
    with structlog.testing.capture_logs() as logged:
        async with projecting(known), wired(settings, s3_settings(known)) as parts:
            [url] = [str(line["url"]) for line in logged if line.get("action") == "first_admin"]
            token = url.partition("/register#token=")[2]
            async with client_of(with_settings(parts), None) as client:
                assert (await client.get("/api/v1/auth")).json()["first_admin_missing"]
                assert (await registered(client, token=token))["account"]["role"] == "admin"
                assert not (await client.get("/api/v1/auth")).json()["first_admin_missing"]
                check_problem(
                    await client.post(
                        "/api/v1/auth/register", json={"name": a_name(), "password": PASSWORD, "token": token}
                    ),
                    410,
                    "link_refused",
                )
                # One that another process of the api made at the same moment is void, too.
                _, other = await links.insert(
                    parts.pool, NewLink(LinkKind.FIRST_ADMIN, FIRST_LINK_LIFE, role=Role.ADMIN)
                )
                asked = {"name": a_name(), "password": PASSWORD, "token": other.text}
                check_problem(await client.post("/api/v1/auth/register", json=asked), 410, "link_refused")


@pytest.fixture
async def office() -> AsyncIterator[PostOffice]:
    async with post_office() as known:
        yield known


@pytest.fixture
def mailers(parts: Parts, office: PostOffice) -> Parts:
    """An api that can send mail."""
    smtp = SmtpSettings(host="127.0.0.1", port=office.port, security="none")
    known = with_settings(parts, registration="open")
    return replace(known, accounts=Accounts.of(known.settings.accounts, smtp, MARK))


@pytest.fixture
async def mailing(mailers: Parts, office: PostOffice) -> AsyncIterator[tuple[httpx2.AsyncClient, PostOffice]]:
    """Somebody without an account there."""
    async with client_of(mailers, None) as client:
        yield client, office


async def test_a_forgotten_password_is_set_anew_by_mail(mailing: tuple[httpx2.AsyncClient, PostOffice]) -> None:
    client, office = mailing
    email = f"{secrets.token_hex(4)}@example.org"
    name = (await registered(client, email=email, language="zh"))["account"]["name"]
    nobody = await client.post("/api/v1/auth/forgot", json={"login": a_name()})
    somebody = await client.post("/api/v1/auth/forgot", json={"login": name})
    assert (nobody.status_code, nobody.content) == (somebody.status_code, somebody.content) == (202, b"null")
    letter = await asyncio.wait_for(office.letters.get(), 20)
    assert (letter["To"], office.letters.empty()) == (email, True)
    assert "密码" in letter["Subject"]
    found = re.search(r"http://mgeprof\.test/set-password#token=(mgl_\S+)", letter.get_content())
    assert found
    asked = {"token": found[1], "password": "another good password"}
    assert (await client.post("/api/v1/auth/password", json=asked)).status_code == 204
    assert (await log_in(client, email, "another good password")).status_code == 200
    check_problem(await client.post("/api/v1/auth/password", json=asked), 410, "link_refused")


async def test_an_invitation_is_sent_by_mail(mailing: tuple[httpx2.AsyncClient, PostOffice], token: str) -> None:
    client, office = mailing
    headers = {"Authorization": f"Bearer {token}"}
    made = await client.post("/api/v1/invitations", json={"email": "bo@example.org"}, headers=headers)
    letter = await asyncio.wait_for(office.letters.get(), 20)
    assert (made.json()["mailed"], letter["To"]) == (True, "bo@example.org")
    assert made.json()["url"] in letter.get_content()


async def test_replay_rebuild_and_a_restart_write_to_nobody(
    mailers: Parts, mailing: tuple[httpx2.AsyncClient, PostOffice], token: str
) -> None:
    """Looking back, and folding everything once more, is not happening again."""
    (client, office), admin = mailing, {"Authorization": f"Bearer {token}"}

    async def told(*, to: str) -> None:
        """Exactly one letter has come since the last one, and it is this."""
        letter = await asyncio.wait_for(office.letters.get(), 20)
        assert (letter["To"], office.letters.empty()) == (to, True)

    email = f"{secrets.token_hex(4)}@example.org"
    await client.post("/api/v1/invitations", json={"email": "bo@example.org"}, headers=admin)
    await told(to="bo@example.org")
    account = (await registered(client, email=email))["account"]
    await client.post("/api/v1/auth/forgot", json={"login": email})
    await told(to=email)

    everything = f"/api/v1/events?thing={account['id']}"
    seen = (await client.get(everything, headers=admin)).json()["items"]
    assert [one["type"] for one in seen] == ["account.registered"]
    for path in ("export?after=0", "stream?after=0&follow=false"):
        assert account["id"] in (await client.get(f"/api/v1/events/{path}", headers=admin)).text
    url = mailers.settings.database_url.get_secret_value()
    await rebuild(mailers.log, url, "read_for_letters", await mailers.log.last_sequence())
    await ensure(mailers)
    await client.post("/api/v1/auth/forgot", json={"login": email})
    await told(to=email)


async def test_without_mail_a_forgotten_password_is_the_administrators(user: User) -> None:
    check_problem(await user.http.post("/api/v1/auth/forgot", json={"login": "ada"}), 409, "mail_missing")


async def test_the_same_key_makes_one_invitation_whose_last_link_counts(parts: Parts, user: User) -> None:
    key = {"Idempotency-Key": f"for {a_name()}"}

    async def invite(**asked: str) -> httpx2.Response:
        return await user.http.post("/api/v1/invitations", json=asked, headers=key)

    first, second = (await invite()).json(), (await invite()).json()
    assert first["id"] == second["id"]
    listed = [one["id"] for one in (await user.get("/invitations"))["items"]]
    assert listed.count(first["id"]) == 1
    check_problem(await invite(role="admin"), 422, "idempotency_key_reused")
    async with client_of(with_settings(parts), None) as anybody:
        look = [await anybody.post("/api/v1/auth/link", json={"token": one["token"]}) for one in (first, second)]
        assert [one.status_code for one in look] == [410, 200]
        await registered(anybody, token=second["token"])
    check_problem(await invite(), 422, "idempotency_key_reused")
