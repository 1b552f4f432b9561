"""Sessions in browsers: what cookies carry, and that no foreign page can use them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from http.cookies import Morsel, SimpleCookie
from uuid import UUID

import httpx2
import pytest

from api.accounts import keys
from api.accounts.installation import CookieNames, mark_of
from api.accounts.scopes import Scope
from api.accounts.tools import Accounts
from api.parts import Parts
from tests.integration.api.conftest import MakeUser, client_of
from tests.integration.api.test_accounts import NAMES, PASSWORD, a_name, log_in, registered, with_settings
from tests.integration.api.user import Json, User, check_problem

KEY = {"name": "made by a page"}
ACCESS, REFRESH, CSRF = NAMES.access, NAMES.refresh, NAMES.csrf


def cookies_of(response: httpx2.Response) -> dict[str, Morsel[str]]:
    jar: SimpleCookie = SimpleCookie()
    for line in response.headers.get_list("set-cookie"):
        jar.load(line)
    return dict(jar.items())


@pytest.fixture
async def browser(parts: Parts) -> AsyncIterator[httpx2.AsyncClient]:
    """Keeps cookies, on an api that is reached by plain HTTP on this machine."""
    local = with_settings(parts, registration="open", refresh_race_s=0, secure_cookies=False)
    async with client_of(local, None) as client:
        yield client


async def logged_in(browser: httpx2.AsyncClient) -> Json:
    return await registered(browser, cookies=True)


async def test_a_page_lives_on_cookies(browser: httpx2.AsyncClient) -> None:
    session = await logged_in(browser)
    assert (session["access_token"], session["refresh_token"]) == (None, None)
    assert (await browser.get("/api/v1/me")).json()["name"] == session["account"]["name"]
    header = {"X-CSRF-Token": session["csrf_token"]}
    assert session["csrf_token"] == browser.cookies[CSRF]
    assert (await browser.post("/api/v1/keys", json=KEY, headers=header)).status_code == 201
    before = browser.cookies[ACCESS], browser.cookies[REFRESH]
    renewed = await browser.post("/api/v1/auth/refresh", json={}, headers=header)
    assert renewed.status_code == 200, renewed.text
    assert browser.cookies[REFRESH] != before[1]
    assert (await browser.post("/api/v1/auth/logout", json={}, headers=header)).status_code == 204
    assert not {ACCESS, REFRESH, CSRF} & set(browser.cookies)
    check_problem(await browser.get("/api/v1/me"), 401, "token_missing")
    check_problem(await browser.get("/api/v1/me", headers={"Cookie": f"{ACCESS}={before[0]}"}), 401, "token_refused")


@pytest.mark.parametrize(("url", "secure"), [("https://mgeprof.test", True), ("http://127.0.0.1:8000", False)])
async def test_cookies_are_for_our_pages_only(parts: Parts, url: str, secure: bool) -> None:
    known = with_settings(parts, registration="open")
    known = with_url(known, url)
    async with client_of(known, None) as client:
        name = (await registered(client))["account"]["name"]
        set_cookies = cookies_of(await log_in(client, name, cookies=True))
        assert set_cookies.keys() == {ACCESS, REFRESH, CSRF}
        for cookie in set_cookies.values():
            assert cookie["samesite"].lower() == "strict"
            assert bool(cookie["secure"]) == secure
            assert bool(cookie["httponly"]) == (cookie.key != CSRF)
            assert int(cookie["max-age"]) > 0
        assert set_cookies[REFRESH]["path"] == "/api/v1/auth"
        forgotten = cookies_of(await log_in(client, name, cookies=True, remember=False))
        assert {cookie["max-age"] for cookie in forgotten.values()} == {""}


def with_url(parts: Parts, url: str) -> Parts:
    return replace(parts, settings=parts.settings.model_copy(update={"api_url": url}))


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-CSRF-Token": ""},
        {"X-CSRF-Token": "0" * 64},
        {"X-CSRF-Token": "of another session"},
        {"Origin": "https://evil.test"},
        {"Origin": "null"},
        {"Origin": "http://["},
        {"Origin": ""},
        {"Origin": "http://mgeprof.test.evil.test"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
async def test_forged_commands_are_refused(browser: httpx2.AsyncClient, parts: Parts, headers: dict[str, str]) -> None:
    session = await logged_in(browser)
    given = {"X-CSRF-Token": session["csrf_token"], **headers} if headers else {}
    if given.get("X-CSRF-Token") == "of another session":
        async with client_of(with_settings(parts, registration="open"), None) as other:
            given["X-CSRF-Token"] = (await registered(other, cookies=True))["csrf_token"]
    for method, path in (
        ("POST", "/keys"),
        ("POST", "/tasks"),
        ("PATCH", "/me"),
        ("POST", "/me/logout-everywhere"),
        ("POST", "/auth/refresh"),
        ("POST", "/auth/logout"),
    ):
        body = KEY if path == "/keys" else {}
        response = await browser.request(method, f"/api/v1{path}", json=body, headers=given)
        check_problem(response, 403, "csrf_failed")
    assert (await browser.get("/api/v1/me")).status_code == 200


async def test_a_foreign_page_cannot_log_a_browser_in(browser: httpx2.AsyncClient) -> None:
    name = (await registered(browser, a_name()))["account"]["name"]
    asked = {"login": name, "password": PASSWORD, "cookies": True}
    response = await browser.post("/api/v1/auth/login", json=asked, headers={"Origin": "https://evil.test"})
    check_problem(response, 403, "csrf_failed")
    assert "set-cookie" not in response.headers


async def test_our_own_pages_and_those_of_the_settings_are_let_through(parts: Parts) -> None:
    known = with_settings(parts, registration="open", origins=("http://localhost:5173",), secure_cookies=False)
    async with client_of(known, None) as client:
        header = {"X-CSRF-Token": (await registered(client, cookies=True))["csrf_token"]}
        for origin in ("http://mgeprof.test", "http://localhost:5173"):
            response = await client.post("/api/v1/keys", json=KEY, headers={**header, "Origin": origin})
            assert response.status_code == 201, response.text


async def test_a_bearer_token_needs_no_csrf_token(browser: httpx2.AsyncClient) -> None:
    session = await registered(browser)
    headers = {"Authorization": f"Bearer {session['access_token']}"}
    assert (await browser.post("/api/v1/keys", json=KEY, headers=headers)).status_code == 201


async def test_a_link_connects_one_browser_once(browser: httpx2.AsyncClient, user: User) -> None:
    made = await user.http.post("/api/v1/auth/connect-link")
    assert made.status_code == 201, made.text
    link = made.json()
    assert link["url"].endswith(f"/connect#token={link['token']}")
    asked = {"token": link["token"], "cookies": True}
    session = await browser.post("/api/v1/auth/connect", json=asked, headers={"Origin": "http://mgeprof.test"})
    assert session.status_code == 200, session.text
    assert (session.json()["account"]["name"], session.json()["access_token"]) == ("local", None)
    me = await browser.get("/api/v1/me")
    assert (me.json()["role"], me.json()["via"]) == ("admin", "session")
    check_problem(await browser.post("/api/v1/auth/connect", json=asked), 410, "link_refused")
    renamed = await browser.patch(
        "/api/v1/me", json={"name": "me"}, headers={"X-CSRF-Token": session.json()["csrf_token"]}
    )
    check_problem(renamed, 403, "session_needed")


async def test_a_key_is_exchanged_for_a_session_that_may_no_more_and_ends_with_it(
    browser: httpx2.AsyncClient, make_user: MakeUser, parts: Parts
) -> None:
    person = await make_user(scopes=(Scope.READ,))
    session = await browser.post("/api/v1/auth/connect", json={"token": person.member.key, "cookies": True})
    assert session.status_code == 200, session.text
    assert (session.json()["account"]["via"], session.json()["account"]["scopes"]) == ("key", ["read"])
    header = {"X-CSRF-Token": session.json()["csrf_token"]}
    assert (await browser.get("/api/v1/me")).json()["name"] == person.member.name
    check_problem(await browser.post("/api/v1/tasks", json={}, headers=header), 403, "scope_missing")
    check_problem(await browser.post("/api/v1/keys", json=KEY, headers=header), 403, "session_needed")
    assert (await browser.post("/api/v1/auth/refresh", json={}, headers=header)).status_code == 200
    [key] = (await browser.get("/api/v1/keys")).json()["items"]
    assert await keys.revoke(parts.pool, UUID(key["id"]), person.member.account)
    check_problem(await browser.get("/api/v1/me"), 401, "token_refused")
    check_problem(await browser.post("/api/v1/auth/refresh", json={}, headers=header), 401, "refresh_refused")


async def test_nonsense_is_exchanged_for_nothing(browser: httpx2.AsyncClient) -> None:
    for token, status, code in (("mgp_nonsense", 401, "token_refused"), ("nonsense", 410, "link_refused")):
        answer = await browser.post("/api/v1/auth/connect", json={"token": token, "cookies": True})
        check_problem(answer, status, code)
        assert "set-cookie" not in answer.headers


async def test_two_installations_on_one_host_leave_each_other_s_sessions_alone(
    browser: httpx2.AsyncClient, parts: Parts
) -> None:
    mine = (await logged_in(browser))["account"]["name"]
    known = with_settings(parts, registration="open", secure_cookies=False)
    neighbour = replace(known, accounts=Accounts.of(known.settings.accounts, known.settings.smtp, "another"))
    async with client_of(neighbour, None) as other:
        other.cookies = browser.cookies
        theirs = (await registered(other, cookies=True))["account"]["name"]
        assert (await other.get("/api/v1/me")).json()["name"] == theirs
        assert (await browser.get("/api/v1/me")).json()["name"] == mine
        header = {"X-CSRF-Token": other.cookies["mgeprof_csrf_another"]}
        assert (await other.post("/api/v1/auth/logout", json={}, headers=header)).status_code == 204
    assert (await browser.get("/api/v1/me")).json()["name"] == mine


async def test_an_installation_is_told_from_others_by_its_database(parts: Parts) -> None:
    mark = await mark_of(parts.pool)
    assert len(mark) == 8
    assert mark.isalnum()
    assert parts.accounts.cookies == CookieNames.of(mark)
