from __future__ import annotations

from core.protocol.environment import ENVIRONMENT
from runner.environment import Circumstances
from tests.integration.api.fleet import Fleet
from tests.integration.api.user import User, check_problem
from tests.unit.runner.test_environment import circumstances


async def test_a_task_shows_what_it_ran_on(user: User, fleet: Fleet) -> None:
    made: Circumstances = circumstances()
    task = await user.submit()
    id_, seen = task["id"], {"Mgeprof-Sequence": str(task["sequence"])}
    check_problem(await user.http.get(f"/api/v1/tasks/{id_}/environment", headers=seen), 404, "artifact_unknown")
    await fleet.start(id_)
    document = made.document(None)
    sequence = await fleet.complete(id_, **{ENVIRONMENT.replace(".", "__"): document.model_dump_json().encode()})
    shown = await user.get(f"/tasks/{id_}/environment", sequence)
    assert shown == document.model_dump(mode="json")
