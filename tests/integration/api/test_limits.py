from __future__ import annotations

import pytest

from api.parts import Parts
from tests.integration.api.conftest import MakeUser, client_of
from tests.integration.api.test_accounts import a_name, log_in, with_settings
from tests.integration.api.user import check_problem


async def test_too_many_logins_have_to_wait(parts: Parts) -> None:
    async with client_of(with_settings(parts, limits=True, limit_login="3/hour"), None) as client:
        name = a_name()
        codes = [(await log_in(client, name, "wrong")).status_code for _ in range(3)]
        response = await log_in(client, name, "wrong")
        check_problem(response, 429, "rate_limited")
        assert codes == [401, 401, 401]
        assert 3500 < int(response.headers["Retry-After"]) <= 3600


async def test_a_key_does_not_help_to_find_out_the_password(parts: Parts, make_user: MakeUser) -> None:
    person = await make_user()
    asked = {"password": "a guess", "new_password": "another good password"}
    async with client_of(with_settings(parts, limits=True, limit_login="2/hour"), person.member.key) as client:
        codes = [(await client.post("/api/v1/me/password", json=asked)).json()["code"] for _ in range(3)]
    assert codes == ["password_wrong", "password_wrong", "rate_limited"]


@pytest.mark.parametrize(("proxies", "expected"), [(0, 429), (1, 401), (2, 429)])
async def test_another_address_is_counted_apart_when_our_own_proxy_tells_it(
    parts: Parts, proxies: int, expected: int
) -> None:
    known = with_settings(parts, limits=True, limit_login="1/hour", proxies=proxies)
    async with client_of(known, None) as client:
        for address, status in (("203.0.113.1", 401), ("203.0.113.2", expected)):
            asked = {"login": a_name(), "password": "wrong"}
            headers = {"X-Forwarded-For": f"198.51.100.1, {address}"}
            response = await client.post("/api/v1/auth/login", json=asked, headers=headers)
            assert response.status_code == status, response.text


async def test_uploads_and_submissions_are_limited_by_account_and_never_for_the_local_one(
    parts: Parts, make_user: MakeUser, token: str
) -> None:
    known = with_settings(parts, limits=True, limit_upload="2/hour", limit_submit="2/hour")
    one, other = await make_user(), await make_user()
    for path in ("/uploads", "/tasks"):
        answers: dict[str, list[int]] = {}
        for key in (one.member.key, other.member.key, token):
            async with client_of(known, key) as client:
                answers[key] = [(await client.post(f"/api/v1{path}", json={})).status_code for _ in range(3)]
        assert answers == {
            one.member.key: [422, 422, 429],
            other.member.key: [422, 422, 429],
            token: [422, 422, 422],
        }


async def test_without_limits_nobody_waits(parts: Parts) -> None:
    known = with_settings(parts, limits=False, limit_login="1/hour")
    async with client_of(known, None) as client:
        assert {(await log_in(client, "nobody", "wrong")).status_code for _ in range(4)} == {401}


async def test_links_are_not_opened_without_end(parts: Parts) -> None:
    for path in ("shared/open", "auth/link"):
        async with client_of(with_settings(parts, limits=True, limit_open="2/hour"), None) as client:
            asked = [await client.post(f"/api/v1/{path}", json={"token": "mgs_no"}) for _ in range(3)]
        assert [answer.json()["code"] for answer in asked][1:] == [asked[0].json()["code"], "rate_limited"]
