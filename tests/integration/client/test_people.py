"""People at the command line: what they share, delete and run again, and what administrators do, against the real api."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from client.client import Client
from core.events.ids import new_id
from infra.cli.main import app
from infra.embedded.stack import Stack
from tests.integration.client.conftest import Run

PASSWORD = "correct horse battery"

As = Callable[..., Coroutine[None, None, Result]]


@pytest.fixture
def person(stack: Stack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> As:
    """Runs the command line as somebody with a configuration folder of their own, and without the stack's home."""
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.chdir(tmp_path)

    async def invoke(name: str, *arguments: str | Path, typed: str = "") -> Result:
        environment = {"MGEPROF_CONFIG_DIR": str(tmp_path / name), "MGEPROF_URL": stack.url}
        told = [str(one) for one in arguments]
        return await asyncio.to_thread(CliRunner().invoke, app, told, input=typed, env=environment)

    return invoke


async def arrives(run: Run, person: As, name: str) -> None:
    """Somebody is invited, registers and is logged in from then on."""
    invited = json.loads(ok(await run("invite", "--json")))
    ok(await person(name, "register", name, "--link", invited["url"], typed=f"{PASSWORD}\n"))


def ok(result: Result) -> str:
    assert result.exit_code == 0, result.output
    return result.stdout


async def submitted(client: Client, model: Path, **more: Any) -> str:
    uploaded = await client.upload_model(model)
    return (await client.submit(uploaded, platform="x86", engine="1.13.0", **more)).id


async def test_administrators_look_after_people(run: Run, person: As) -> None:
    await arrives(run, person, "ada")
    listed = json.loads(ok(await run("admin", "users", "ls", "-q", "ada", "--json")))
    assert [one["name"] for one in listed["items"]] == ["ada"]
    assert "no limit" in ok(await run("admin", "users", "show", "ada"))

    ok(await run("admin", "users", "quota", "ada", "--running", "2", "--tasks-a-day", "7"))
    ok(await run("admin", "users", "quota", "ada", "--stored-bytes", "1000000"))
    quota = json.loads(ok(await person("ada", "account", "usage", "--json")))["quota"]
    assert quota == {"tasks_a_day": 7, "running": 2, "stored_bytes": 1_000_000}, "what is not given stays"

    assert (await person("ada", "admin", "users", "ls")).exit_code == 1
    ok(await run("admin", "users", "role", "ada", "admin"))
    assert json.loads(ok(await person("ada", "whoami", "--json")))["role"] == "admin"
    ok(await run("admin", "users", "role", "ada", "user"))

    link = ok(await run("admin", "users", "reset", "ada")).strip()
    ok(await person("ada", "passwd", "--link", link, typed="a quite different one\n"))
    ok(await person("ada", "login", "ada", typed="a quite different one\n"))

    ok(await run("admin", "users", "disable", "ada"))
    assert "account_disabled" in (await person("ada", "whoami")).stderr
    ok(await run("admin", "users", "enable", "ada"))
    acts = json.loads(ok(await run("admin", "audit", "--owner", "ada", "--actor", "local", "--json")))["items"]
    assert {"account.disabled", "account.role_changed", "account.quota_set"} <= {one["type"] for one in acts}
    ok(await run("admin", "users", "delete", "ada", "--yes"))
    gone = await run("admin", "users", "show", "ada")
    assert gone.exit_code == 1
    assert "There is no account ada." in gone.stderr


async def test_invitations_can_be_taken_back(run: Run, person: As) -> None:
    invited = json.loads(ok(await run("invite", "--email", "eve@example.org", "--json")))
    assert "eve@example.org" in ok(await run("admin", "invitations", "ls"))
    ok(await run("admin", "invitations", "revoke", invited["id"]))
    refused = await person("eve", "register", "eve", "--link", invited["url"], typed=f"{PASSWORD}\n")
    assert "link_refused" in refused.stderr


async def test_runs_of_anybody_are_cancelled_together(run: Run, client: Client, model: Path) -> None:
    mine = {await submitted(client, model) for _ in range(3)}
    assert (await run("admin", "runs", "cancel")).exit_code == 2, "without saying which, none"
    done = json.loads(
        ok(await run("admin", "runs", "cancel", "--owner", "local", "--state", "queued", "--yes", "--json"))
    )
    assert mine <= set(done["cancelled"])
    states = {(await client.wait(one)).state for one in mine}
    assert states == {"cancelled"}


async def test_storage_and_retention(run: Run, client: Client, model: Path) -> None:
    await client.upload_model(model)
    assert "local" in ok(await run("admin", "storage"))
    assert "30 days" in ok(await run("admin", "retention", "--days", "30"))
    assert "0 runs" in (await run("admin", "retention", "--run")).stderr
    assert "0 runs" in ok(await run("admin", "retention", "--dry-run", "--days", "1"))
    assert "for ever" in ok(await run("admin", "retention", "--never"))


async def test_a_link_opens_a_run_to_somebody_without_an_account(
    run: Run, person: As, client: Client, model: Path
) -> None:
    task = await submitted(client, model, name="shared one")
    link = ok(await run("share", "create", task, "--days", "2")).strip()
    assert (await person("nobody", "show", task)).exit_code == 1
    assert "shared one" in ok(await person("nobody", "share", "open", link))
    assert "shared one" in ok(await person("nobody", "show", task))
    assert "place" in ok(await person("nobody", "waiting", task))
    changing = await person("nobody", "cancel", task)
    assert changing.exit_code == 1, "it is to look at"
    [made] = json.loads(ok(await run("share", "ls", task, "--json")))["items"]
    ok(await run("share", "revoke", task, made["id"]))
    assert "link_unknown" in (await person("nobody", "show", task)).stderr
    assert "revoked" in ok(await run("share", "ls", task))
    assert "is not a link" in (await person("nobody", "share", "open", "https://example.org/")).stderr


async def test_a_link_opens_a_sweep_and_each_of_its_runs(run: Run, person: As, client: Client, model: Path) -> None:
    uploaded = await client.upload_model(model)
    made = await client.submit_sweep(
        uploaded.id,
        platforms=["x86"],
        engines=["1.13.0"],
        options=[{"iterations": 2}, {"iterations": 3}],
        name="shared sweep",
        despite_losses=True,
    )
    link = ok(await run("share", "create", made.id, "--sweep")).strip()
    assert (await person("nobody", "sweeps", made.id)).exit_code == 1
    assert "shared sweep" in ok(await person("nobody", "share", "open", link))
    assert "shared sweep" in ok(await person("nobody", "sweeps", made.id))
    assert "shared sweep" in ok(await person("nobody", "show", made.cells[1].task_id))
    assert "profile_not_ready" in (await person("nobody", "compare", *(one.task_id for one in made.cells))).stderr
    [listed] = json.loads(ok(await run("share", "ls", made.id, "--sweep", "--json")))["items"]
    ok(await run("share", "revoke", made.id, listed["id"], "--sweep"))
    assert "link_unknown" in (await person("nobody", "sweeps", made.id)).stderr


async def test_what_is_shown_to_the_team_is_seen_by_others(run: Run, person: As, client: Client, model: Path) -> None:
    await arrives(run, person, "bob")
    task = await submitted(client, model, name="for all")
    assert "task_unknown" in (await person("bob", "show", task)).stderr
    ok(await run("visibility", "run", task, "team"))
    ok(await run("visibility", "model", (await client.upload_model(model)).id, "team"))
    assert task in ok(await person("bob", "ls", "--everybody"))
    assert task not in ok(await person("bob", "ls"))
    assert "net.mge" in ok(await person("bob", "models", "--everybody"))
    ok(await run("visibility", "run", task, "private"))
    assert "task_unknown" in (await person("bob", "show", task)).stderr
    typed = f"{PASSWORD}\n"
    assert "Bob" in ok(await person("bob", "account", "change", "--name", "Bob", typed=typed))
    ok(await person("bob", "account", "delete", "--yes", typed=typed))
    assert "token_refused" in (await person("bob", "whoami")).stderr


async def test_a_run_is_run_again_and_deleted(run: Run, client: Client, model: Path) -> None:
    task = await submitted(client, model, options={"iterations": 3})
    assert "place" in ok(await run("show", task)), "one that waits says why"
    why = json.loads(ok(await run("waiting", task, "--json")))
    assert (why["reason"], why["position"]) == ("runners_offline", 1) or why["ahead"] > 0
    again = json.loads(ok(await run("retry", task, "--passes", "2", "--name", "again", "--despite-losses", "--json")))
    assert (again["options"]["iterations"], again["options"]["profiled_passes"]) == (3, 2)
    assert "task_not_ended" in (await run("delete", "run", task, "--yes")).stderr
    for one in (task, again["id"]):
        ok(await run("cancel", one))
    assert (await run("delete", "run", task)).exit_code == 1, "nobody said yes"
    ok(await run("delete", "files", task, "--yes"))
    ok(await run("delete", "run", task, again["id"], "--yes"))
    assert "task_unknown" in (await run("show", task)).stderr
    uploaded = await client.upload_model(model)
    ok(await run("delete", "model", uploaded.id, "--yes"))
    assert "input_unknown" in (await run("delete", "input", str(new_id()), "--yes")).stderr


async def test_tokens_for_devices_are_listed_and_taken_back(run: Run) -> None:
    made = json.loads(ok(await run("device", "token", "--json")))
    assert made["id"] in ok(await run("device", "tokens"))
    ok(await run("device", "revoke-token", made["id"]))
    assert made["id"] not in ok(await run("device", "tokens"))
