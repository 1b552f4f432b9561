"""A model that takes runners down is not handed out again before its owner says so."""

from __future__ import annotations

from core.events.failure import FailureKind
from tests.integration.api.conftest import MakeUser
from tests.integration.api.fleet import Fleet
from tests.integration.api.user import check_problem


async def test_a_model_that_kills_runners_waits_for_its_owners_word(make_user: MakeUser, fleet: Fleet) -> None:
    owner, other = await make_user(), await make_user()
    ask = await owner.ask()
    killer = (await owner.http.post("/api/v1/tasks", json=ask)).json()
    await fleet.queue(killer["id"])
    await fleet.start(killer["id"])
    sequence = await fleet.fail(killer["id"], FailureKind.RUNNER_LOST, {"message": "three runners were lost"})
    assert (await owner.get(f"/tasks/{killer['id']}", sequence))["failure"]["kind"] == "runner_lost"

    refused = check_problem(await owner.http.post("/api/v1/tasks", json=ask), 409, "model_kills_runners")
    assert "despite_losses" in refused["hint"]
    retry = f"/api/v1/tasks/{killer['id']}/retry"
    check_problem(await owner.http.post(retry), 409, "model_kills_runners")
    await owner.http.patch(f"/api/v1/models/{ask['model']}", json={"visibility": "team"})
    theirs = {**await other.ask(), "model": ask["model"], "despite_losses": True}
    check_problem(await other.http.post("/api/v1/tasks", json=theirs), 409, "model_kills_runners")
    check_problem(await other.http.post(f"/api/v1/models/{ask['model']}/inspect"), 409, "model_kills_runners")
    assert (await owner.get(f"/models/{ask['model']}"))["runners_lost"] == 1

    again = (await owner.http.post(retry, json={"despite_losses": True})).json()
    await fleet.queue(again["id"])
    await fleet.start(again["id"])
    sequence = await fleet.complete(again["id"])
    assert (await owner.get(f"/tasks/{again['id']}", sequence))["state"] == "completed"
    assert (await owner.get(f"/models/{ask['model']}"))["runners_lost"] == 0
    made_good = await owner.http.post("/api/v1/tasks", json=ask)
    assert made_good.status_code == 201, made_good.text
