"""Backup and restore: what comes back is what stood there, byte for byte, although everything was at work."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import os
import random
import re
import shutil
import sys
import tarfile
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from standardwebhooks import Webhook

from core.postgres import copying
from core.postgres.connection import open_pool
from infra.backup.folder import BackupError, Folder, Manifest, sha256_of
from infra.backup.places import Places, of_home
from infra.backup.restore import checked, restore
from infra.backup.take import take
from infra.embedded.stack import Stack
from infra.engines.environment import engine
from projections.read_models import READ_MODELS
from projections.rebuild import rebuild
from tests.e2e.crowd import Crowd, patient_client
from tests.e2e.user import CommandLine, User, noise
from tests.e2e.web.browser import open_in_the_dashboard
from tests.integration.api.receiver import Receiver, receiving
from tests.integration.api.user import Json
from tests.integration.api.webhooks import made, until

pytestmark = pytest.mark.engine

mgeprof = CommandLine({"COLUMNS": "200"})
DOCS = Path(__file__).parents[2] / "docs"
NEAR = {"MGEPROF_WEBHOOKS_NETWORKS": '["127.0.0.0/8"]'}
"""Receivers may stand on this machine."""


@pytest.fixture(scope="module")
async def backup(stack: Stack, user: User, by_api: dict[str, Json], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Of the shared stack, taken by the command line while somebody sends files."""
    assert by_api
    folder = tmp_path_factory.mktemp("backups") / "first"
    async with uploads_without_end(user, tmp_path_factory.mktemp("uploads")):
        said = await mgeprof("backup", folder, "--home", stack.home.path)
    assert said.code == 0, said.err
    assert "own keys are not in it, on purpose: keep secrets.json of the home elsewhere" in said.err
    return folder


@contextlib.asynccontextmanager
async def uploads_without_end(user: User, folder: Path) -> AsyncIterator[None]:
    async def work() -> None:
        count = 0
        while True:
            count += 1
            file = folder / "data.json"
            file.write_text(f"[[{count}, {count}]]")
            await user.upload("input", file)

    working = asyncio.create_task(work())
    try:
        yield
    finally:
        assert not working.done(), working.result()
        working.cancel()


async def test_what_is_restored_is_what_was_backed_up(stack: Stack, backup: Path, tmp_path: Path) -> None:
    folder, manifest = checked(backup)
    async with of_home(stack.home.path) as source, of_home(tmp_path / "new") as new:
        await restore(new, folder, manifest)
        assert await new.log.fingerprint(manifest.sequence) == await source.log.fingerprint(manifest.sequence)
        assert await tables_of(new, tmp_path) == digests(manifest, "tables/")
        assert await objects_of(new) == {one.key: one.sha256 for one in Folder(backup).kept()}
        assert await lists_of(new, manifest.sequence) == await lists_of(source, manifest.sequence)


async def test_every_file_that_the_log_speaks_of_is_in_it(backup: Path, by_api: dict[str, Json]) -> None:
    kept = {one.key for one in Folder(backup).kept()}
    for task in by_api.values():
        assert f"models/{task['model']['sha256']}/file" in kept
        assert {f"artifacts/{task['id']}/{one['name']}" for one in task["artifacts"]} <= {
            key if "/0-" in key else key.replace("/1-", "/") for key in kept
        }


async def test_a_second_backup_shares_the_files_of_the_first(stack: Stack, backup: Path, tmp_path: Path) -> None:
    async with of_home(stack.home.path) as source:
        await take(source, tmp_path / "second", earlier=backup)
    shared = [one for one in Folder(backup).kept() if one.key.startswith("models/")]
    assert shared
    for one in shared:
        assert Folder(tmp_path / "second").object(one.key).samefile(Folder(backup).object(one.key))


async def test_a_damaged_backup_is_not_restored(backup: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken"
    shutil.copytree(backup, broken)
    victim = next(Folder(broken).kept())
    Folder(broken).object(victim.key).write_bytes(noise(victim.size))
    said = await mgeprof("restore", broken, "--home", tmp_path / "new")
    assert (said.code, victim.key in said.err) == (1, True), said.err
    assert "Start mgeprof" not in said.err


async def test_nothing_is_restored_over_what_is_there(stack: Stack, backup: Path) -> None:
    async with of_home(stack.home.path) as full:
        before = await full.events.last_sequence()
        with pytest.raises(BackupError, match="the broker holds an event log; the database has a schema api"):
            await restore(full, *checked(backup))
        assert await full.events.last_sequence() == before


async def test_the_tables_are_what_the_log_says(stack: Stack) -> None:
    said = await mgeprof("projections", "verify", "--home", stack.home.path)
    assert (said.code, said.out.startswith("equal, at event ")) == (0, True), said.err + said.out


@pytest.mark.soak
@pytest.mark.parametrize("page", ["operations.md", "operations.zh-CN.md"])
async def test_the_pages_commands_do_what_it_says(stack: Stack, tmp_path: Path, page: str) -> None:
    """In one shell, with places of ours; `mgeprof up` never ends."""
    blocks = re.findall(r"^```\n(.*?)^```", (DOCS / page).read_text(), re.MULTILINE | re.DOTALL)
    wanted = [line for line in "".join(blocks).splitlines() if line.startswith(("mgeprof backup", "mgeprof restore"))]
    assert len(wanted) == 4
    home, lines = stack.home.path, []
    for number, line in enumerate(wanted):
        restores = line.startswith("mgeprof restore")
        folder = tmp_path / ("1" if restores else str(number))
        words = {
            "FOLDER": str(folder),
            "DIR": str(tmp_path / "new" if restores else home),
            "YESTERDAY": str(tmp_path / "0"),
        }
        lines.append(re.sub("|".join(words), lambda found: words[found.group()], line))  # noqa: B023 - used at once
    environment = {**os.environ, **stack.services.environment, "PATH": f"{Path(sys.executable).parent}:{os.defpath}"}
    shell = await asyncio.create_subprocess_exec("bash", "-euc", "\n".join(lines), cwd=tmp_path, env=environment)
    assert await shell.wait() == 0
    assert [Folder(tmp_path / str(number)).read().sequence > 0 for number in range(3)] == [True] * 3
    assert (tmp_path / "new" / "postgres").is_dir()


@pytest.mark.soak
async def test_a_drill_under_load(examples: Path, tmp_path: Path) -> None:
    """Restored without the old keys, of which the one that webhooks need is given later."""
    async with receiving() as receiver:
        await drill(examples, tmp_path, receiver)


async def drill(examples: Path, tmp_path: Path, receiver: Receiver) -> None:
    engines, old, new = (engine("1.13.0"),), tmp_path / "old", tmp_path / "new"
    async with Stack(old, engines=engines, settings={"MGEPROF_RUNNER_SLOTS": "2", **NEAR}) as lost:
        await lost.start()
        kept = lost.services.secrets
        async with User.of(lost).http as http:
            webhook = await made(http, receiver)
        ended = await backed_up_under_load(lost, examples, tmp_path / "backup")
        async with of_home(old) as source:
            manifest = Folder(tmp_path / "backup").read()
            before = await lists_of(source, manifest.sequence)
    shutil.rmtree(old)

    said = await mgeprof("restore", tmp_path / "backup", "--home", new)
    assert (said.code, "The secrets of 1 of 1 webhooks" in said.err) == (0, True), said.err
    async with of_home(new) as restored:
        assert await lists_of(restored, manifest.sequence) == before
    had = len(receiver.accepted)
    opens = {"MGEPROF_WEBHOOKS_KEY_PREVIOUS": kept.webhooks_key}
    async with Stack(new, engines=engines, settings={**NEAR, **opens}) as stack:
        await stack.start()
        assert stack.services.secrets.token != kept.token
        assert (await mgeprof("projections", "verify", "--home", new)).code == 0
        async with patient_client(stack) as client:
            for run in ended:
                assert (await client.task(run)).state == "completed"
                assert (await client.profile(run)).operators
        await open_in_the_dashboard(stack, min(ended))
        # What was under way goes on when its lease has ended, and is told of.
        await until(lambda: len(receiver.accepted) > had, within_s=180)
        message = receiver.accepted[had]
        assert Webhook(webhook["secret"]).verify(message.body, message.headers)


async def backed_up_under_load(stack: Stack, examples: Path, to: Path) -> set[str]:
    """Runs that had ended by then."""
    async with patient_client(stack) as client:
        crowd = await Crowd.gather(client, examples, random.Random(8))
        coming = asyncio.create_task(crowd.keep_coming(4))
        await crowd.until_more("completed", 5)
        ended = {run for run, state in crowd.told.items() if state}
        said = await mgeprof("backup", to, "--home", stack.home.path)
        assert said.code == 0, said.err
        await crowd.until_more("completed", crowd.count("completed"))
        coming.cancel()
        await crowd.until_served()
    return ended


# What is compared --------------------------------------------------------------------------------------------------------


async def tables_of(places: Places, folder: Path) -> dict[str, str]:
    tables = folder / "tables"
    tables.mkdir()
    written = await copying.write_out(places.connection, "api", tables)
    return {f"tables/{table.name}.copy": sha256_of(tables / f"{table.name}.copy") for table in written}


def digests(manifest: Manifest, under: str) -> dict[str, str]:
    return {name: digest for name, digest in manifest.files.items() if name.startswith(under)}


async def objects_of(places: Places) -> dict[str, str]:
    found = {}
    async for entry in places.store.list(""):
        written = await places.store.get(entry.key)
        digest = hashlib.sha256()
        async for chunk in written.chunks():
            digest.update(chunk)
        found[entry.key] = digest.hexdigest()
    return found


async def lists_of(places: Places, upto: int) -> dict[str, list[str]]:
    """Every row of every read model as it was at a sequence, made from the log."""
    await rebuild(places.events, places.database_url, "compared", upto)
    async with await open_pool(places.database_url, size=1) as pool:
        rows = {
            model.table: await pool.fetch(f'SELECT row::text AS row FROM "compared".{model.table} row ORDER BY id')  # noqa: S608 - our own names
            for model in READ_MODELS
        }
        await pool.execute('DROP SCHEMA "compared" CASCADE')
    return {table: [row["row"] for row in found] for table, found in rows.items()}


async def test_a_support_bundle_holds_logs_and_states_and_no_secret(stack: Stack, tmp_path: Path) -> None:
    said = await mgeprof("support", tmp_path / "bundle.tar.gz", "--home", stack.home.path)
    assert said.code == 0, said.err
    with tarfile.open(tmp_path / "bundle.tar.gz") as bundle:
        texts = {one.name.partition("/")[2]: bundle.extractfile(one) for one in bundle.getmembers()}
        whole = {name: file.read().decode() for name, file in texts.items() if file is not None}
    assert {"versions.txt", "settings.txt", "readyz.txt", "metrics.txt", "database.txt", "logs/api.log"} <= whole.keys()
    assert '"ready":true' in whole["readyz.txt"].replace(" ", "")
    assert "request_id" in whole["logs/api.log"]
    secrets = vars(stack.services.secrets)
    for secret in (value for name, value in secrets.items() if name != "runner_id"):
        assert not [name for name, text in whole.items() if secret in text]
