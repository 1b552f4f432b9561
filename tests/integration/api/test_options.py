from __future__ import annotations

import pytest

from core.events.values import ProfileOptions
from tests.integration.api.user import User, check_problem

pytestmark = pytest.mark.usefixtures("fleet")


async def test_options_are_listed_with_what_works_and_why_not(user: User) -> None:
    listed = await user.get("/options", platform="x86", engine="1.13.0")
    by_name = {one["name"]: one for one in listed["items"]}
    assert listed["drivers"] == ["megengine"]
    assert list(by_name) == list(ProfileOptions.model_fields)
    assert (by_name["iterations"]["works"], by_name["iterations"]["default"]) == (True, 10)
    assert not by_name["threads"]["works"]
    assert "one thread" in by_name["threads"]["reason"]
    assert by_name["nchw4"]["works"]
    assert "nchw88" in by_name["nchw4"]["excludes"]
    unknown = await user.http.get("/api/v1/options", params={"platform": "arm", "engine": "1.13.0"})
    check_problem(unknown, 422, "engine_unknown")


@pytest.mark.parametrize(
    ("options", "field"),
    [
        ({"threads": 2}, "options.threads"),
        ({"nhwcd4": True}, "options.nhwcd4"),
        ({"nchw4": True, "nchw88": True}, "options.nchw88"),
        ({"fast_run": True, "full_run": True}, "options.full_run"),
    ],
)
async def test_a_choice_that_cannot_work_is_refused(user: User, options: dict[str, object], field: str) -> None:
    asked = await user.ask(options=options)
    problem = check_problem(await user.http.post("/api/v1/tasks", json=asked), 422, "option_unsupported")
    assert [one["field"] for one in problem["errors"]] == [field]
    assert problem["errors"][0]["message"] in problem["detail"]


async def test_a_choice_that_works_is_kept(user: User) -> None:
    asked = await user.ask(options={"nchw88": True, "fast_run": True, "batch_size": 4})
    response = await user.http.post("/api/v1/tasks", json=asked)
    assert response.status_code == 201
    chosen = response.json()["options"]
    assert (chosen["nchw88"], chosen["fast_run"], chosen["batch_size"], chosen["nchw4"]) == (True, True, 4, False)
