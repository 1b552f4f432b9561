"""Every operation of the OpenAPI document, asked by everybody: each gets what the matrix says, and none is missing there."""

from __future__ import annotations

import re
from dataclasses import dataclass

from api.accounts import keys
from api.accounts.scopes import Scope
from api.accounts.secrets import digest
from api.parts import Parts
from core.events.account import Role
from core.events.ids import RunnerId, new_id
from core.events.runner import Pool
from tests.integration.api.conftest import MakeUser, MemberUser, client_of
from tests.integration.api.fleet import Fleet
from tests.integration.api.matrix import Row, Who, rows
from tests.integration.api.test_accounts import with_settings
from tests.integration.api.user import Json, User, a_model, an_npy

Things = dict[str, str]


@dataclass(frozen=True)
class People:
    owner: MemberUser
    other: MemberUser
    granted: MemberUser
    admin: MemberUser
    revoked: str
    reads: str
    commands: str

    def token(self, who: Who, method: str) -> str | None:
        """A key that lacks the method's scope is one that has the others."""
        return {
            Who.ANONYMOUS: None,
            Who.LINK: None,
            Who.STRAY_LINK: None,
            Who.REVOKED_KEY: self.revoked,
            Who.WRONG_SCOPE: self.commands if method == "GET" else self.reads,
            Who.OTHER: self.other.member.key,
            Who.GRANTED: self.granted.member.key,
            Who.OWNER: self.owner.member.key,
            Who.ADMIN: self.admin.member.key,
        }[who]


async def people(parts: Parts, make_user: MakeUser) -> People:
    owner, other, granted = [await make_user() for _ in range(3)]

    async def key(*scopes: Scope) -> str:
        return (await keys.insert(parts.pool, owner.member.account, "another", scopes))[1].text

    revoked = await key(*Scope)
    await parts.pool.execute("UPDATE api_keys SET revoked_at = now() WHERE sha256 = $1", digest(revoked))
    return People(
        owner,
        other,
        granted,
        await make_user(role=Role.ADMIN),
        revoked,
        await key(Scope.READ),
        await key(Scope.SUBMIT),
    )


async def things(cast: People, fleet: Fleet, doomed: MemberUser) -> tuple[Things, str]:
    """One thing of each kind that belongs to the owner, and the secret of a link to the task. ``doomed``: a person who may go."""
    owner = cast.owner
    model, given = await owner.upload("model", a_model()), await owner.upload("input", an_npy())
    task = await owner.submit(model=model, inputs={"data": given})
    await fleet.start(task["id"])
    await fleet.complete(task["id"], profile__json=b"{}", log__txt=b"a line\n")
    dataset = await owner.http.post("/api/v1/datasets", json={"name": f"of {task['id']}", "inputs": {"data": given}})
    project = await owner.http.post("/api/v1/projects", json={"name": f"of {task['id']}"})
    webhook = await owner.http.post("/api/v1/webhooks", json={"url": "https://receiver.example/"})
    link = (await owner.http.post(f"/api/v1/tasks/{task['id']}/links", json={})).json()
    many = {"model": model, "inputs": {"data": given}, "platforms": ["x86"], "engines": ["1.13.0"]}
    sweep = (await owner.http.post("/api/v1/sweeps", json=many)).json()
    sweep_link = (await owner.http.post(f"/api/v1/sweeps/{sweep['id']}/links", json={})).json()
    runner = Fleet(fleet.log, fleet.store, fleet.run, RunnerId(new_id()))
    await runner.enrol(Pool.PRIVATE, owner.member.account)
    found = {
        "task_id": task["id"],
        "model_id": model,
        "input_id": given,
        "dataset_id": dataset.json()["id"],
        "project_id": project.json()["id"],
        "upload_id": (await owner.begin("model", a_model()))["id"],
        "link_id": link["id"],
        "sweep_id": sweep["id"],
        "sweep_link_id": sweep_link["id"],
        "webhook_id": webhook.json()["id"],
        "runner_id": str(runner.id),
        "account_id": str(doomed.member.account),
    }
    return found, link["token"]


async def show(cast: People, found: Things) -> None:
    """Let the granted user see the things, and use the runner."""
    http = cast.owner.http
    for kind in ("task", "model", "dataset", "project", "sweep"):
        path = f"{kind}s/{found[f'{kind}_id']}"
        assert (await http.patch(f"/api/v1/{path}", json={"visibility": "team"})).status_code == 200
    granted = {"account": str(cast.granted.member.account)}
    answer = await http.post(f"/api/v1/runners/{found['runner_id']}/grants", json=granted)
    assert answer.status_code == 201, answer.text


def operations(document: Json) -> dict[str, tuple[str, str]]:
    """Method and path by operation."""
    return {
        operation["operationId"]: (method.upper(), path)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    }


async def test_everybody_gets_what_they_may_and_no_more(
    parts: Parts, user: User, make_user: MakeUser, fleet: Fleet
) -> None:
    cast = await people(parts, make_user)
    private, secret = await things(cast, fleet, await make_user())
    shown, stray = await things(cast, fleet, await make_user())
    await show(cast, shown)
    doomed = {who: (await things(cast, fleet, await make_user()))[0] for who in (Who.OWNER, Who.ADMIN)}
    assert await parts.position.reached(await parts.log.last_sequence(), 60)

    known = operations((await user.http.get("/api/v1/openapi.json")).json())
    matrix = rows(private["task_id"])
    assert set(known) == set(matrix), (
        "every operation has a row in tests/integration/api/matrix.py, and every row an operation"
    )
    wrong = []
    # All ask from one address: that somebody tries too often is not what this is about.
    async with client_of(with_settings(parts, limits=False), None) as client:
        for operation, row in matrix.items():
            method, path = known[operation]
            for who, status in row.rule.items():
                mine = shown if who is Who.GRANTED else private
                if row.gone and status is None:
                    mine = doomed[who]
                token = cast.token(who, method)
                headers = {"Authorization": f"Bearer {token}"} if token else {}
                if who in {Who.LINK, Who.STRAY_LINK}:
                    headers["Mgeprof-Link"] = secret if who is Who.LINK else stray
                answer = await client.request(method, url(path, row, mine), json=row.body, headers=headers)
                if answer.status_code != (status or row.ok):
                    wrong.append(f"{operation}, {who}: {answer.status_code}, not {status or row.ok}")
                client.cookies.clear()
    assert not wrong, "\n".join(wrong)


def url(path: str, row: Row, mine: Things) -> str:
    """What has no name in ``mine`` is asked for by an id that nothing has."""
    named = {**mine, **row.path}
    for _ in range(2):  # what the row names instead may be named there, too
        path = re.sub(r"{(\w+)}", lambda name: named.get(name[1], str(new_id())), path)
    return path + row.query
