from __future__ import annotations

import re

from api.errors.catalogue import CATALOGUE
from api.parts import Parts
from tests.integration.api.conftest import client_of
from tests.integration.api.fleet import OWNER, Fleet
from tests.integration.api.user import Json, User, check_problem


async def test_nobody_gets_in_without_a_token(parts: Parts, token: str) -> None:
    for given, code in ((None, "token_missing"), (token[:-1] + "_", "token_refused"), ("", "token_missing")):
        async with client_of(parts, given) as client:
            document = (await client.get("/api/v1/openapi.json")).json()
            for method, path in guarded(document):
                url = re.sub(r"{(\w+)}", lambda name: PATHS.get(name[1], str(OWNER)), path)
                response = await client.request(method, url)
                check_problem(response, 401, code)
                assert response.headers["WWW-Authenticate"].startswith("Bearer")


PATHS = {"number": "1", "name": "a", "format": "csv"}


def guarded(document: Json) -> list[tuple[str, str]]:
    """Every operation but those that say of themselves that they need no token."""
    return [
        (method.upper(), path)
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
        if path.startswith("/api/v1/") and operation.get("security") != []
    ]


async def test_the_token_says_who_is_asking(user: User) -> None:
    scopes = ["admin", "read", "runner", "submit"]
    expected = {
        "id": str(OWNER),
        "name": "local",
        "role": "admin",
        "scopes": scopes,
        "via": "local",
        "email": None,
        "language": None,
        "expires_at": None,
    }
    assert await user.get("/me") == expected


async def test_the_fleet_is_shown(user: User, fleet: Fleet) -> None:
    other = Fleet(fleet.log, fleet.store, fleet.run)
    sequence = await other.enrol()
    runners = {runner["id"]: runner for runner in (await user.get("/runners", sequence))["items"]}
    runner = runners[str(other.id)]
    assert (runner["platform"], runner["state"], runner["slots"], runner["cores"]) == ("x86", "idle", 1, 2)
    assert runner["engines"] == [{"version": "1.13.0", "driver": "megengine", "build": "1.13.0", "peaks": None}]
    offering = [one for one in runners.values() if one["pool"] == "public" and one["engines"]]
    usable = [one for one in offering if not (one["disabled"] or one["removed"])]
    [engine] = (await user.get("/engines"))["items"]
    assert (engine["platform"], engine["version"], engine["runners"]) == ("x86", "1.13.0", len(usable))


async def test_an_engine_tells_how_many_wait_for_it(user: User) -> None:
    [before] = (await user.get("/engines"))["items"]
    task = await user.submit()
    [after] = (await user.get("/engines", task["sequence"]))["items"]
    assert after["waiting"] > before["waiting"]


async def test_a_busy_runner_is_busy(user: User, fleet: Fleet) -> None:
    task = await user.submit()
    sequence = await fleet.start(task["id"])
    [runner] = [one for one in (await user.get("/runners", sequence))["items"] if one["id"] == str(fleet.id)]
    assert runner["state"] == "busy"
    assert runner["running"] >= 1


async def test_the_process_tells_how_it_is(parts: Parts) -> None:
    async with client_of(parts, None) as client:
        assert (await client.get("/healthz")).json() == {"status": "ok"}
        ready = await client.get("/readyz")
        assert (ready.status_code, ready.json()["parts"]) == (200, {"nats": "ok", "postgres": "ok", "s3": "ok"})
        await client.get("/api/v1/tasks/01990d5d-ac96-774b-bcce-b302099a8057")
        text = (await client.get("/metrics")).text
    assert 'mgeprof_api_requests_total{method="GET",route="/api/v1/tasks/{task_id}",status="401"}' in text
    assert "mgeprof_api_request_seconds_bucket" in text
    assert "01990d5d" not in text


async def test_every_answer_has_a_request_id(user: User) -> None:
    assert len((await user.http.get("/api/v1/me")).headers["X-Request-Id"]) == 36
    given = await user.http.get("/api/v1/me", headers={"X-Request-Id": "from-the-proxy-1"})
    assert given.headers["X-Request-Id"] == "from-the-proxy-1"
    odd = await user.http.get("/api/v1/me", headers={"X-Request-Id": "with blanks and more"})
    assert odd.headers["X-Request-Id"] != "with blanks and more"


async def test_paths_that_do_not_exist_are_problems_too(user: User) -> None:
    check_problem(await user.http.get("/api/v1/nothing"), 404, "not_found")
    check_problem(await user.http.put("/api/v1/me"), 405, "method_not_allowed")
    check_problem(await user.http.get("/api/v1/tasks/no-id"), 422, "invalid_request")
    problem = check_problem(
        await user.http.post("/api/v1/tasks", content=b"{", headers={"Content-Type": "application/json"}),
        422,
        "invalid_request",
    )
    assert problem["errors"]
    large = await user.http.post("/api/v1/tasks", json={"name": "x" * 2**20})
    check_problem(large, 413, "body_too_large")


async def test_the_description_is_whole_and_its_page_loads_nothing(user: User) -> None:
    document = (await user.http.get("/api/v1/openapi.json")).json()
    assert "Problem" in document["components"]["schemas"]
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            if not path.startswith("/api/v1/"):
                continue
            assert "401" in operation["responses"] or operation.get("security") == [], (method, path)
            for status, response in operation["responses"].items():
                for code in response.get("content", {}).get("application/problem+json", {}).get("examples", {}):
                    assert CATALOGUE[code].status == int(status)
    page = (await user.http.get("/api/v1/docs")).text
    assert "/api/v1/tasks/{task_id}/live" in page
    assert "<script" not in page
    assert "http://" not in page
    assert "https://" not in page
