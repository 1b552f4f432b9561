from __future__ import annotations

import hashlib
import random
from pathlib import Path

import pytest

from client.errors import CallerProblemError, FileChangedError
from client.uploads import Step
from tests.integration.client.conftest import Scripted
from tests.integration.client.scripted import PART, Broken, problem

PARTS = 5


@pytest.fixture
def model(tmp_path: Path) -> Path:
    file = tmp_path / "net.mge"
    file.write_bytes(random.Random(7).randbytes(PART * (PARTS - 1) + 100))
    return file


def name_of(model: Path) -> str:
    return hashlib.sha256(model.read_bytes()).hexdigest()[:8]


def stored(scripted: Scripted, model: Path) -> bytes:
    parts = scripted.script.parts[name_of(model)]
    return b"".join(parts[n] for n in sorted(parts))


async def test_a_file_arrives_whole_in_parts(scripted: Scripted, model: Path) -> None:
    told: list[tuple[Step, int, int]] = []
    uploaded = await scripted.client.upload_model(model, lambda *what: told.append(what))
    assert uploaded.id == f"model-{name_of(model)}"
    assert stored(scripted, model) == model.read_bytes()
    assert scripted.script.requests["PUT uploads/parts"] == PARTS
    size = model.stat().st_size
    assert told[0] == ("hashing", size, size)
    assert told[-1] == ("sending", size, size)
    assert all(0 <= done <= total == size for _, done, total in told)


async def test_the_read_after_it_waits_for_the_model(scripted: Scripted, model: Path) -> None:
    await scripted.client.upload_model(model)
    assert scripted.script.headers["GET models"][0]["mgeprof-sequence"] == "7"


async def test_goes_on_where_another_process_broke_off(scripted: Scripted, model: Path) -> None:
    scripted.script.fail("PUT uploads/parts", None, None, problem(422, "part_wrong_length"))
    with pytest.raises(CallerProblemError, match="part_wrong_length"):
        await scripted.client.upload_model(model)
    here = set(scripted.script.parts[name_of(model)])
    assert 0 < len(here) < PARTS
    before = scripted.script.requests["PUT uploads/parts"]
    await scripted.client.upload_model(model)
    # A part that was on its way when the upload broke off may have arrived after we looked.
    assert 0 < scripted.script.requests["PUT uploads/parts"] - before <= PARTS - len(here)
    assert stored(scripted, model) == model.read_bytes()


async def test_a_file_that_is_there_is_not_sent(scripted: Scripted, model: Path) -> None:
    first = await scripted.client.upload_model(model)
    second = await scripted.client.upload_model(model)
    assert first.id == second.id
    assert scripted.script.requests["PUT uploads/parts"] == PARTS


async def test_a_part_comes_again_when_the_connection_breaks(scripted: Scripted, model: Path) -> None:
    scripted.script.fail("PUT uploads/parts", Broken(), None, problem(503, "storage_unavailable"))
    await scripted.client.upload_model(model)
    assert scripted.script.requests["PUT uploads/parts"] == PARTS + 2
    assert stored(scripted, model) == model.read_bytes()


async def test_parts_that_the_server_lost_are_sent_again(scripted: Scripted, model: Path) -> None:
    scripted.script.fail("POST uploads/complete", problem(409, "missing_parts"))
    await scripted.client.upload_model(model)
    assert scripted.script.requests["GET uploads"] == 1
    assert scripted.script.requests["POST uploads/complete"] == 2


async def test_bytes_that_were_damaged_on_the_way_are_sent_again(scripted: Scripted, model: Path) -> None:
    scripted.script.damage_next_part = True
    await scripted.client.upload_model(model)
    assert stored(scripted, model) == model.read_bytes()
    assert scripted.script.requests["PUT uploads/parts"] == 2 * PARTS


async def test_a_file_that_changes_meanwhile_is_named(scripted: Scripted, model: Path) -> None:
    def change(step: Step, done: int, total: int) -> None:
        if step == "hashing" and done == total:
            model.write_bytes(bytes(total))

    with pytest.raises(FileChangedError, match=r"net\.mge changed"):
        await scripted.client.upload_model(model, change)


async def test_a_file_that_shrinks_meanwhile_is_named(scripted: Scripted, model: Path) -> None:
    def shrink(step: Step, done: int, total: int) -> None:
        if step == "hashing" and done == total:
            model.write_bytes(b"short")

    with pytest.raises(FileChangedError):
        await scripted.client.upload_model(model, shrink)


async def test_another_process_that_was_first_is_no_error(scripted: Scripted, model: Path) -> None:
    await scripted.client.upload_model(model)
    scripted.script.uploads[name_of(model)]["state"] = "open"
    del scripted.script.parts[name_of(model)][PARTS]
    scripted.script.fail("PUT uploads/parts", problem(409, "upload_complete"))
    assert (await scripted.client.upload_model(model)).id == f"model-{name_of(model)}"
