from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import pytest

from api.accounts.installation import CookieNames
from api.accounts.passwords import Passwords
from api.accounts.settings import AccountSettings, Registration
from api.accounts.tools import Accounts
from api.parts import Parts
from tests.integration.api.conftest import MakeUser, client_of
from tests.integration.api.fleet import Fleet
from tests.integration.api.user import Json, User, check_problem
from tests.unit.api.counted import Counted, parameters

PASSWORD = "correct horse battery staple"


MARK = "0a1b2c3d"
NAMES = CookieNames.of(MARK)


def with_settings(parts: Parts, **changed: Any) -> Parts:
    """The same api, with other settings of accounts."""
    accounts = AccountSettings(**{"limits": False, **changed})
    settings = parts.settings.model_copy(update={"accounts": accounts})
    return replace(parts, settings=settings, accounts=Accounts.of(accounts, settings.smtp, MARK))


@pytest.fixture
async def anybody(parts: Parts) -> AsyncIterator[httpx2.AsyncClient]:
    """Somebody without an account, where registration is open."""
    async with client_of(with_settings(parts, registration=Registration.OPEN), None) as client:
        yield client


def a_name() -> str:
    return f"somebody {secrets.token_hex(4)}"


async def registered(client: httpx2.AsyncClient, name: str | None = None, **more: Any) -> Json:
    asked = {"name": name or a_name(), "password": PASSWORD, **more}
    response = await client.post("/api/v1/auth/register", json=asked)
    assert response.status_code == 201, response.text
    session: Json = response.json()
    return session


async def log_in(client: httpx2.AsyncClient, login: str, password: str = PASSWORD, **more: Any) -> httpx2.Response:
    return await client.post("/api/v1/auth/login", json={"login": login, "password": password, **more})


async def refresh(client: httpx2.AsyncClient, token: str) -> httpx2.Response:
    return await client.post("/api/v1/auth/refresh", json={"refresh_token": token})


async def status_with(client: httpx2.AsyncClient, token: str, path: str = "/me") -> int:
    response = await client.get(f"/api/v1{path}", headers={"Authorization": f"Bearer {token}"})
    return response.status_code


def bearer(session: Json) -> dict[str, str]:
    return {"Authorization": f"Bearer {session['access_token']}"}


async def test_an_account_is_made_and_used(anybody: httpx2.AsyncClient) -> None:
    name = a_name()
    made = await registered(anybody, name, email=f"{secrets.token_hex(4)}@example.org", language="zh")
    assert (made["account"]["name"], made["account"]["role"], made["account"]["language"]) == (name, "user", "zh")
    for login in (name, name.upper(), made["account"]["email"]):
        response = await log_in(anybody, login)
        assert response.status_code == 200
        assert response.headers["Cache-Control"] == "no-store"
        assert "set-cookie" not in response.headers
        me = (await anybody.get("/api/v1/me", headers=bearer(response.json()))).json()
        assert (me["id"], me["via"]) == (made["account"]["id"], "session")


async def test_names_and_addresses_are_taken_once(anybody: httpx2.AsyncClient) -> None:
    email = f"{secrets.token_hex(4)}@example.org"
    name = (await registered(anybody, email=email))["account"]["name"]
    for asked, code in (
        ({"name": f" {name.upper()}"}, "name_taken"),
        ({"name": a_name(), "email": email.upper()}, "email_taken"),
    ):
        response = await anybody.post("/api/v1/auth/register", json={"password": PASSWORD, **asked})
        check_problem(response, 409, code)
    response = await anybody.post("/api/v1/auth/register", json={"password": PASSWORD, "name": "LOCAL"})
    check_problem(response, 409, "name_taken")


@pytest.mark.parametrize("password", ["short", "x" * 1025, "é" * 513, "A.Name.of.12"])
async def test_passwords_that_are_not_good_enough(anybody: httpx2.AsyncClient, password: str) -> None:
    asked = {"name": "a.name.of.12", "password": password}
    response = await anybody.post("/api/v1/auth/register", json=asked)
    assert response.json()["code"] in {"password_weak", "invalid_request"}, response.text
    assert response.status_code == 422
    assert password not in response.text


@pytest.mark.parametrize(
    "name",
    [
        "",
        "   ",
        "a@b",
        "a\u0000b",
        "a\u202eb",
        "x" * 65,
        "line\nbreak",
        "\ud800".encode("utf-16", "surrogatepass").hex() * 20,
    ],
)
async def test_names_that_are_not_names(anybody: httpx2.AsyncClient, name: str) -> None:
    response = await anybody.post("/api/v1/auth/register", json={"name": name, "password": PASSWORD})
    check_problem(response, 422, "invalid_request")


@pytest.mark.parametrize(
    "email", ["", "a", "a@", "@b", "a@b@c", "a b@c", "a@b..c", "<a@b>", "a,b@c", '"a"@b', "a\nb@c", "x" * 65 + "@b"]
)
async def test_addresses_that_are_none(anybody: httpx2.AsyncClient, email: str) -> None:
    asked = {"name": a_name(), "password": PASSWORD, "email": email}
    check_problem(await anybody.post("/api/v1/auth/register", json=asked), 422, "invalid_request")


async def test_a_wrong_password_and_an_unknown_name_are_answered_alike(anybody: httpx2.AsyncClient) -> None:
    name = (await registered(anybody))["account"]["name"]
    wrong, unknown = [await log_in(anybody, login, "not the password") for login in (name, a_name())]
    problems = [check_problem(response, 401, "login_refused") for response in (wrong, unknown)]
    assert problems[0] | {"request_id": ""} == problems[1] | {"request_id": ""}


@pytest.mark.parametrize(
    ("registration", "code"),
    [(Registration.INVITATION, "invitation_needed"), (Registration.CLOSED, "registration_closed")],
)
async def test_registration_is_as_open_as_the_setting_says(parts: Parts, registration: Registration, code: str) -> None:
    async with client_of(with_settings(parts, registration=registration), None) as client:
        assert (await client.get("/api/v1/auth")).json()["registration"] == registration
        response = await client.post("/api/v1/auth/register", json={"name": a_name(), "password": PASSWORD})
        check_problem(response, 403, code)


async def test_an_invitation_lets_one_person_in(parts: Parts, user: User) -> None:
    invited = await user.http.post(
        "/api/v1/invitations", json={"role": "admin", "email": f"{secrets.token_hex(4)}@x.org"}
    )
    assert invited.status_code == 201, invited.text
    token, email = invited.json()["token"], invited.json()["email"]
    assert invited.json()["url"] == f"http://mgeprof.test/register#token={token}"
    assert invited.json()["id"] in {one["id"] for one in (await user.get("/invitations"))["items"]}
    async with client_of(with_settings(parts), None) as client:
        look = await client.post("/api/v1/auth/link", json={"token": token})
        assert (look.json()["kind"], look.json()["email"]) == ("invitation", email)
        both = await asyncio.gather(
            *(
                client.post("/api/v1/auth/register", json={"name": a_name(), "password": PASSWORD, "token": token})
                for _ in "12"
            )
        )
        assert sorted(one.status_code for one in both) == [201, 410]
        [made] = [one.json()["account"] for one in both if one.status_code == 201]
        assert (made["role"], made["email"]) == ("admin", email)
    assert invited.json()["id"] not in {one["id"] for one in (await user.get("/invitations"))["items"]}
    stored = await parts.pool.fetchval("SELECT string_agg(o::text, ' ') FROM one_time_links o")
    assert token not in stored


async def test_a_revoked_or_old_invitation_lets_nobody_in(parts: Parts, user: User) -> None:
    revoked, old = [(await user.http.post("/api/v1/invitations", json={})).json() for _ in "12"]
    assert (await user.http.delete(f"/api/v1/invitations/{revoked['id']}")).status_code == 204
    check_problem(await user.http.delete(f"/api/v1/invitations/{revoked['id']}"), 404, "invitation_unknown")
    await parts.pool.execute("UPDATE one_time_links SET expires_at = now() WHERE id = $1", old["id"])
    async with client_of(with_settings(parts), None) as client:
        for one in (revoked, old):
            asked = {"name": a_name(), "password": PASSWORD, "token": one["token"]}
            check_problem(await client.post("/api/v1/auth/register", json=asked), 410, "link_refused")


async def test_only_administrators_invite(make_user: MakeUser) -> None:
    person = await make_user()
    check_problem(await person.http.post("/api/v1/invitations", json={}), 403, "admin_only")


async def test_a_refresh_token_is_good_once_and_its_reuse_ends_the_session(parts: Parts) -> None:
    async with client_of(with_settings(parts, registration="open", refresh_race_s=0), None) as client:
        first = await registered(client)
        second = (await refresh(client, first["refresh_token"])).json()
        assert await status_with(client, second["access_token"]) == 200
        check_problem(await refresh(client, first["refresh_token"]), 401, "refresh_reused")
        check_problem(await refresh(client, second["refresh_token"]), 401, "refresh_refused")
        assert await status_with(client, second["access_token"]) == 401


async def test_of_two_refreshes_at_once_one_wins_and_the_session_lives(anybody: httpx2.AsyncClient) -> None:
    session = await registered(anybody)
    answers = await asyncio.gather(*(refresh(anybody, session["refresh_token"]) for _ in range(5)))
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409, 409]
    [winner] = [answer.json() for answer in answers if answer.status_code == 200]
    assert {answer.json()["code"] for answer in answers if answer.status_code == 409} == {"refresh_raced"}
    assert (await refresh(anybody, winner["refresh_token"])).status_code == 200


async def test_logging_out_holds_at_once(anybody: httpx2.AsyncClient) -> None:
    session = await registered(anybody)
    for _ in "12":
        response = await anybody.post("/api/v1/auth/logout", json={"refresh_token": session["refresh_token"]})
        assert response.status_code == 204
    assert await status_with(anybody, session["access_token"]) == 401
    check_problem(await refresh(anybody, session["refresh_token"]), 401, "refresh_refused")


async def test_logging_out_everywhere_ends_all_sessions(anybody: httpx2.AsyncClient) -> None:
    one = await registered(anybody)
    other = (await log_in(anybody, one["account"]["name"])).json()
    listed = (await anybody.get("/api/v1/me/sessions", headers=bearer(one))).json()["items"]
    assert sorted(session["current"] for session in listed) == [False, True]
    assert (await anybody.post("/api/v1/me/logout-everywhere", headers=bearer(one))).status_code == 204
    assert [await status_with(anybody, session["access_token"]) for session in (one, other)] == [401, 401]


async def test_one_session_is_ended_from_another_and_nobody_elses(anybody: httpx2.AsyncClient) -> None:
    one = await registered(anybody)
    other, stranger = (await log_in(anybody, one["account"]["name"])).json(), await registered(anybody)
    listed = (await anybody.get("/api/v1/me/sessions", headers=bearer(one))).json()["items"]
    [ended] = [session["id"] for session in listed if not session["current"]]
    url = f"/api/v1/me/sessions/{ended}"
    check_problem(await anybody.delete(url, headers=bearer(stranger)), 404, "session_unknown")
    assert (await anybody.delete(url, headers=bearer(one))).status_code == 204
    assert await status_with(anybody, other["access_token"]) == 401
    assert await status_with(anybody, one["access_token"]) == 200


async def test_a_new_password_ends_the_other_sessions(anybody: httpx2.AsyncClient) -> None:
    one = await registered(anybody)
    name, url = one["account"]["name"], "/api/v1/me/password"
    other = (await log_in(anybody, name)).json()
    wrong = {"password": "not the password", "new_password": "another good password"}
    check_problem(await anybody.post(url, json=wrong, headers=bearer(one)), 403, "password_wrong")
    weak = {"password": PASSWORD, "new_password": "short"}
    check_problem(await anybody.post(url, json=weak, headers=bearer(one)), 422, "password_weak")
    right = {"password": PASSWORD, "new_password": "another good password"}
    assert (await anybody.post(url, json=right, headers=bearer(one))).status_code == 204
    assert await status_with(anybody, one["access_token"]) == 200
    assert await status_with(anybody, other["access_token"]) == 401
    check_problem(await log_in(anybody, name), 401, "login_refused")
    assert (await log_in(anybody, name, "another good password")).status_code == 200


async def test_an_administrator_makes_a_link_that_sets_a_password_once(anybody: httpx2.AsyncClient, user: User) -> None:
    session = await registered(anybody)
    path = f"/api/v1/users/{session['account']['id']}/password-link"
    void, link = [(await user.http.post(path)).json() for _ in "12"]
    for token, status in ((void["token"], 410), (link["token"], 204), (link["token"], 410)):
        response = await anybody.post(
            "/api/v1/auth/password", json={"token": token, "password": "another good password"}
        )
        assert response.status_code == status, response.text
    assert await status_with(anybody, session["access_token"]) == 401
    assert (await log_in(anybody, session["account"]["name"], "another good password")).status_code == 200
    missing = await user.http.post("/api/v1/users/01990d5d-ac96-774b-bcce-b302099a8057/password-link")
    check_problem(missing, 404, "account_unknown")


async def test_a_profile_changes(anybody: httpx2.AsyncClient) -> None:
    session, url = await registered(anybody), "/api/v1/me"
    name, email = a_name(), f"{secrets.token_hex(4)}@example.org"
    changed = await anybody.patch(url, json={"name": name, "language": "zh"}, headers=bearer(session))
    assert (changed.json()["name"], changed.json()["language"]) == (name, "zh")
    check_problem(await anybody.patch(url, json={"email": email}, headers=bearer(session)), 403, "password_wrong")
    changed = await anybody.patch(url, json={"email": email, "password": PASSWORD}, headers=bearer(session))
    assert (changed.json()["email"], changed.json()["name"]) == (email, name)


async def test_guests_are_let_in_where_the_setting_says_so(
    parts: Parts, anybody: httpx2.AsyncClient, fleet: Fleet
) -> None:
    assert fleet
    check_problem(await anybody.post("/api/v1/auth/guest", json={}), 403, "guests_refused")
    async with client_of(with_settings(parts, guests=True, guest_days=2), None) as client:
        assert (await client.get("/api/v1/auth")).json()["guest_days"] == 2
        session = (await client.post("/api/v1/auth/guest", json={})).json()
        account = session["account"]
        assert (account["role"], account["scopes"]) == ("guest", ["read", "submit"])
        stays = datetime.fromisoformat(account["expires_at"]) - datetime.now(UTC)
        assert timedelta(days=1, hours=23) < stays < timedelta(days=2, minutes=1)
        client.headers.update(bearer(session))
        task = await User(client).submit()
        link = (await client.post(f"/api/v1/tasks/{task['id']}/links", json={"days": 2})).json()
        private = await User(client).ask(device={"pool": "private"})
        check_problem(await client.post("/api/v1/tasks", json=private), 422, "device_unknown")
    held = {"Mgeprof-Link": link["token"]}
    assert (await anybody.get(f"/api/v1/tasks/{task['id']}", headers=held)).status_code == 200


async def test_keys_are_made_by_people_shown_once_and_revoked(anybody: httpx2.AsyncClient, parts: Parts) -> None:
    session = await registered(anybody)
    made = await anybody.post("/api/v1/keys", json={"name": "CI", "scopes": ["read"]}, headers=bearer(session))
    assert made.status_code == 201, made.text
    key = made.json()
    assert key["key"].startswith("mgp_")
    async with client_of(parts, key["key"]) as program:
        [listed] = (await program.get("/api/v1/keys")).json()["items"]
        assert (listed["name"], listed["scopes"], listed["beginning"]) == ("CI", ["read"], key["key"][:8])
        assert listed["last_used_at"] is not None
        assert "key" not in listed
        check_problem(await program.post("/api/v1/keys", json={"name": "more"}), 403, "session_needed")
        stranger = bearer(await registered(anybody))
        url = f"/api/v1/keys/{key['id']}"
        check_problem(await anybody.delete(url, headers=stranger), 404, "key_unknown")
        assert (await anybody.delete(url, headers=bearer(session))).status_code == 204
        check_problem(await program.get("/api/v1/keys"), 401, "token_refused")
    asked = {"name": "root", "scopes": ["admin"]}
    check_problem(await anybody.post("/api/v1/keys", json=asked, headers=bearer(session)), 403, "scope_missing")
    stored = await parts.pool.fetchval("SELECT string_agg(k::text, ' ') FROM api_keys k")
    assert key["key"] not in stored


async def test_the_same_command_makes_one_key_whose_last_secret_holds(
    anybody: httpx2.AsyncClient, parts: Parts
) -> None:
    headers = bearer(await registered(anybody)) | {"Idempotency-Key": "one"}
    made = [(await anybody.post("/api/v1/keys", json={"name": "CI"}, headers=headers)).json() for _ in range(2)]
    assert made[0]["id"] == made[1]["id"]
    for one, status in zip(made, (401, 200), strict=True):
        assert await status_with(anybody, one["key"], "/me") == status
    other = await anybody.post("/api/v1/keys", json={"name": "other"}, headers=headers)
    check_problem(other, 422, "idempotency_key_reused")
    assert (await anybody.delete(f"/api/v1/keys/{made[0]['id']}", headers=headers)).status_code == 204
    again = await anybody.post("/api/v1/keys", json={"name": "CI"}, headers=headers)
    check_problem(again, 422, "idempotency_key_reused")
    assert await parts.pool.fetchval("SELECT count(*) FROM api_keys WHERE id = $1", made[0]["id"]) == 1


async def test_errors_are_told_in_the_readers_language(user: User) -> None:
    response = await user.http.get("/api/v1/nothing", headers={"Accept-Language": "zh-CN,zh;q=0.9"})
    problem = check_problem(response, 404, "not_found")
    assert (problem["title"], response.headers["Content-Language"]) == ("这里什么也没有。", "zh")


async def test_a_login_verifies_one_hash_whether_there_is_such_a_name_or_not(parts: Parts) -> None:
    known, hasher = with_settings(parts, registration="open"), Counted()
    passwords = Passwords(1, hasher)
    await passwords.prepare()
    async with client_of(replace(known, accounts=replace(known.accounts, passwords=passwords)), None) as client:
        name = (await registered(client))["account"]["name"]
        hasher.verified.clear()
        for login in (name, a_name(), "local"):
            check_problem(await log_in(client, login, "not the password"), 401, "login_refused")
    assert len(hasher.verified) == 3
    assert len({parameters(one) for one in hasher.verified}) == 1
    passwords.close()
