from __future__ import annotations

import io
import json
import zipfile

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


async def test_the_reproduce_pack_names_what_it_takes(user: User, fleet: Fleet) -> None:
    task = await user.submit()
    id_ = task["id"]
    await fleet.start(id_)
    document = circumstances().document(None)
    sequence = await fleet.complete(id_, **{ENVIRONMENT.replace(".", "__"): document.model_dump_json().encode()})
    response = await user.http.get(f"/api/v1/tasks/{id_}/export/reproduce", headers={"Mgeprof-Sequence": str(sequence)})
    assert response.status_code == 200, response.text
    assert response.headers["content-type"] == "application/zip"
    packed = zipfile.ZipFile(io.BytesIO(response.content))
    assert set(packed.namelist()) == {"README.md", "pack.json", "environment.json", "options.json", "reproduce.py"}
    assert json.loads(packed.read("environment.json")) == document.model_dump(mode="json")
    about = json.loads(packed.read("pack.json"))
    assert about["files"][0] == {"file": "model.mge", "what": "the model", "sha256": document.model}
    assert about["task"] == id_
