"""An uploaded model is looked at by a runner without being asked, and what was found is used before anything runs."""

from __future__ import annotations

from pathlib import Path

import pytest

from client.client import Client
from client.errors import CallerProblemError
from tests.e2e.conftest import INPUTS
from tests.e2e.user import CommandLine, User

pytestmark = pytest.mark.engine


async def inspected(client: Client, user: User, model_id: str) -> str:
    """Wait for the end of a model's inspection; gives its state."""
    shown = await user.get(f"/models/{model_id}")
    return (await client.wait(shown["inspection"]["task_id"])).state


@pytest.mark.parametrize("name", list(INPUTS))
async def test_an_uploaded_model_is_inspected(
    client: Client, user: User, mgeprof: CommandLine, examples: Path, name: str
) -> None:
    model = await client.upload_model(examples / f"{name}.mge")
    assert await inspected(client, user, model.id) == "completed"
    # The fact about the model follows the task's end.
    found = await client.model(model.id)
    while found.inspected is None:
        found = await client.model(model.id)
    inspection = await client.inspection(model.id)
    assert {one.name for one in inspection.inputs} == set(INPUTS[name])
    assert found.inspected.operators == inspection.totals.operators == len(inspection.operators)
    assert found.inspected.computation == inspection.totals.computation > 0
    assert [(one.platform, one.engine) for one in found.loaded_by] == [("x86", "1.13.0")]
    said = await mgeprof("model", model.id, "--operators", 1)
    assert said.code == 0, said.err
    for words in (
        f"{name}.mge",
        f"operators    {inspection.totals.operators}",
        "MegEngine 1.13.0 on x86",
        *INPUTS[name],
    ):
        assert words in said.out
    listed = await user.get("/tasks", limit=100)
    assert {one["kind"] for one in listed["items"]} <= {"profile"}
    with pytest.raises(CallerProblemError) as refused:
        await client.submit(model.id, platform="x86", engine="1.13.0")
    assert refused.value.code == "bad_input"
    for one in INPUTS[name]:
        assert f"Input {one!r} is missing." in refused.value.detail


async def test_a_damaged_model_fails_its_inspection_as_its_run_would(
    client: Client, user: User, mgeprof: CommandLine, examples: Path, tmp_path: Path
) -> None:
    whole = (examples / "resnet.mge").read_bytes()
    file = tmp_path / "damaged.mge"
    file.write_bytes(whole[:64] + b"\xa5" * (len(whole) - 64))
    model = await client.upload_model(file)
    assert await inspected(client, user, model.id) == "failed"
    shown = await user.get(f"/models/{model.id}")
    assert (shown["inspected"], shown["inspection"]["failure"]) == (None, "bad_model")
    said = await mgeprof("model", model.id)
    assert "Its inspection failed (bad_model)" in said.out
