from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from api.accounts import keys
from api.accounts.scopes import Scope
from api.parts import Parts
from core.domain.account import ACCOUNT, ChangeRole, Command, Disable, Enable
from core.events.account import Role
from core.events.envelope import Origin
from core.events.ids import CommandId, new_id
from core.events.subjects import account_key
from core.nats.execute import execute
from tests.integration.api.conftest import MakeUser, client_of
from tests.integration.api.members import Member
from tests.integration.api.user import a_model, check_problem


async def change(parts: Parts, member: Member, command: Command) -> None:
    """What an administrator does to an account, until the directory knows."""
    id_ = CommandId(new_id())
    origin = Origin(id_, member.account, member.account, id_)
    outcome = await execute(parts.log, ACCOUNT, account_key(member.account), command, origin, lambda: datetime.now(UTC))
    assert await parts.position.reached(outcome.known.sequence, 60)


async def test_a_key_says_who_is_asking(make_user: MakeUser) -> None:
    person = await make_user("Zoë")
    assert await person.get("/me") == {
        "id": str(person.member.account),
        "name": "Zoë",
        "role": "user",
        "scopes": ["read", "runner", "submit"],
        "via": "key",
        "email": None,
        "language": None,
        "expires_at": None,
    }


@pytest.mark.usefixtures("fleet")
async def test_people_do_not_see_what_others_own(make_user: MakeUser) -> None:
    one, other = await make_user(), await make_user()
    model = await one.upload("model", a_model())
    assert await one.get(f"/models/{model}")
    check_problem(await other.http.get(f"/api/v1/models/{model}"), 404, "model_unknown")


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_a_key_does_what_its_scopes_say(make_user: MakeUser, method: str) -> None:
    allowed, missing = (Scope.READ, Scope.SUBMIT) if method == "GET" else (Scope.SUBMIT, Scope.READ)
    able, unable = await make_user(scopes={allowed}), await make_user(scopes={missing})
    assert (await able.http.request(method, "/api/v1/tasks", json={})).status_code in {200, 422}
    check_problem(await unable.http.request(method, "/api/v1/tasks", json={}), 403, "scope_missing")


async def test_a_disabled_account_gets_in_nowhere_until_it_is_enabled(parts: Parts, make_user: MakeUser) -> None:
    person = await make_user()
    await change(parts, person.member, Disable())
    check_problem(await person.http.get("/api/v1/me"), 403, "account_disabled")
    await change(parts, person.member, Enable())
    assert (await person.http.get("/api/v1/me")).status_code == 200


async def test_a_role_holds_at_once(parts: Parts, make_user: MakeUser) -> None:
    person = await make_user(role=Role.ADMIN)
    assert "admin" in (await person.get("/me"))["scopes"]
    await change(parts, person.member, ChangeRole(Role.GUEST))
    assert (await person.get("/me"))["scopes"] == ["read", "submit"]


async def test_a_key_that_is_over_is_refused(parts: Parts, make_user: MakeUser) -> None:
    person = await make_user()
    ended = datetime.now(UTC) - timedelta(seconds=1)
    _, secret = await keys.insert(parts.pool, person.member.account, "old", {Scope.READ}, ended)
    async with client_of(parts, secret.text) as client:
        check_problem(await client.get("/api/v1/me"), 401, "token_refused")


async def test_the_last_use_of_a_key_is_noted(parts: Parts, make_user: MakeUser) -> None:
    person = await make_user()
    query = "SELECT last_used_at FROM api_keys WHERE account = $1"
    assert await parts.pool.fetchval(query, person.member.account) is None
    await person.get("/me")
    first = await parts.pool.fetchval(query, person.member.account)
    await person.get("/me")
    assert first == await parts.pool.fetchval(query, person.member.account)
