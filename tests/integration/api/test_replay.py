"""How a task was at any moment, and the fleet when it began."""

from __future__ import annotations

from core.events.ids import RunnerId, new_id
from core.events.runner import Pool
from tests.integration.api.conftest import MakeUser, MemberUser
from tests.integration.api.fleet import Fleet
from tests.integration.api.user import Json, check_problem


async def ended(user: MemberUser, fleet: Fleet) -> Json:
    """A completed task of the user's."""
    task = await user.submit()
    assert await user.get(f"/tasks/{task['id']}", task["sequence"])
    await fleet.start(task["id"])
    await fleet.complete(task["id"], profile__json=b"{}")
    return task


async def test_a_task_is_replayed_step_by_step(make_user: MakeUser, fleet: Fleet) -> None:
    user = await make_user()
    task = await ended(user, fleet)
    told = await user.get(f"/tasks/{task['id']}/replay")
    events = (await user.get(f"/tasks/{task['id']}/events"))["items"]
    assert [step["event"] for step in told["steps"]] == events
    statuses = [step["state"]["status"] for step in told["steps"]]
    assert (statuses[0], statuses[-2:]) == ("submitted", ["running", "completed"])
    began = told["steps"][-2]
    assert {change["field"]: change["after"] for change in began["changes"]} == {
        "status": "running",
        "attempt": 1,
        "runners": [str(fleet.id)],
    }
    assert (told["before"]["status"], told["after"], told["more"]) == ("new", told["steps"][-1]["state"], 0)


async def test_any_two_moments_are_compared(make_user: MakeUser, fleet: Fleet) -> None:
    user = await make_user()
    task = await ended(user, fleet)
    steps = (await user.get(f"/tasks/{task['id']}/replay"))["steps"]
    began, end = steps[-2]["event"], steps[-1]["event"]

    async def between(**asked: str | int) -> Json:
        answer = await user.http.get(f"/api/v1/tasks/{task['id']}/replay", params=asked)
        assert answer.status_code == 200, answer.text
        document: Json = answer.json()
        return document

    then = await between(until_sequence=end["sequence"] - 1)
    assert (then["after"], then["more"]) == (steps[-2]["state"], 1)
    assert await between(until_time=began["time"]) == await between(until_sequence=began["sequence"])
    assert (await between(until_sequence=task["sequence"] - 1))["after"]["status"] == "new"
    last = await between(since_sequence=began["sequence"])
    assert (last["before"], last["steps"]) == (steps[-2]["state"], steps[-1:])
    assert last["changes"] == [{"field": "status", "before": "running", "after": "completed"}]
    assert (await between(since_time=end["time"]))["changes"] == []
    path = f"/api/v1/tasks/{task['id']}/replay"
    check_problem(await user.http.get(path, params={"until_time": "yesterday"}), 422, "invalid_request")


async def test_the_fleet_is_shown_as_it_was_when_the_attempt_began(make_user: MakeUser, fleet: Fleet) -> None:
    user, other = await make_user(), await make_user()
    own, secret = [Fleet(fleet.log, fleet.store, fleet.run, RunnerId(new_id())) for _ in range(2)]
    await own.enrol(Pool.PRIVATE, user.member.account)
    await secret.enrol(Pool.PRIVATE, other.member.account)
    before, busy = await ended(user, fleet), await user.submit()
    await own.start(busy["id"])
    task = await ended(user, fleet)
    await own.complete(busy["id"])
    late = Fleet(fleet.log, fleet.store, fleet.run, RunnerId(new_id()))
    await late.enrol(Pool.PRIVATE, user.member.account)

    found = await user.get(f"/tasks/{task['id']}/fleet")
    shown = {one["id"]: one for one in found["runners"]}
    assert {str(fleet.id), str(own.id)} <= set(shown)
    assert not {str(secret.id), str(late.id)} & set(shown)
    assert [id_ for id_, one in shown.items() if one["chosen"]] == [str(fleet.id)] == [found["choice"]["runner"]]
    assert shown[str(fleet.id)]["usable"]
    assert (shown[str(own.id)]["running"], shown[str(own.id)]["software"]) == (1, "0.1")
    earlier = await user.get(f"/tasks/{before['id']}/fleet")
    assert {one["id"]: one["running"] for one in earlier["runners"]}[str(own.id)] == 0
    assert [engine["version"] for engine in shown[str(fleet.id)]["engines"]] == ["1.13.0"]
    assert (found["choice"]["attempt"], found["choice"]["reason"]) == (1, "only")
    events = (await user.get(f"/tasks/{task['id']}/replay"))["steps"]
    path = f"/api/v1/tasks/{task['id']}/fleet"
    asked = [{"sequence": one["event"]["sequence"]} for one in events]
    moments = [(await user.http.get(path, params=one)).json() for one in asked]
    under_way = [one["state"]["status"] == "running" for one in events]
    assert [one["choice"] is not None for one in moments] == under_way
    assert [any(runner["chosen"] for runner in one["runners"]) for one in moments] == under_way
    check_problem(await user.http.get(path, params={"sequence": 1}), 404, "attempt_unknown")
    check_problem(await user.http.get(path, params={"attempt": 2}), 404, "attempt_unknown")
    check_problem(await other.http.get(path), 404, "task_unknown")
    check_problem(await other.http.get(path.replace("fleet", "replay")), 404, "task_unknown")
