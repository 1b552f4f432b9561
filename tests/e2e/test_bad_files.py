"""Files that are not what they are said to be, and uploads that break off: answered by the api, before anything is submitted."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import httpx2
import numpy as np
import pytest

from core.profile.header import HOW_TO_DUMP
from tests.e2e.conftest import MODEL_LIMIT, ORDER, PART
from tests.e2e.user import CommandLine, User, noise
from tests.integration.api.user import Json, announced, check_problem

pytestmark = pytest.mark.engine

Damage = Callable[[bytes], bytes]


@dataclass(frozen=True)
class Refusal:
    """A problem's code, words of its detail, and how its hint begins."""

    code: str
    detail: str
    hint: str


@pytest.mark.parametrize(
    ("damage", "expected"),
    [
        (lambda _: b"", Refusal("file_empty", "bad.mge has no bytes", "Check the path")),
        (lambda _: noise(9_000), Refusal("not_a_model", "does not begin like a dumped MegEngine graph", HOW_TO_DUMP)),
        (lambda whole: whole[: len(whole) // 2], Refusal("model_truncated", "The file is cut short", "Dump or copy")),
        (lambda _: bytes(MODEL_LIMIT + 1), Refusal("file_too_large", f"may have {MODEL_LIMIT}", "Ask the admin")),
    ],
)
async def test_a_file_that_is_no_model_is_refused_by_the_api(
    mgeprof: CommandLine, user: User, resnet: bytes, tmp_path: Path, damage: Damage, expected: Refusal
) -> None:
    file = tmp_path / "bad.mge"
    file.write_bytes(damage(resnet))
    await check_refused_upload(mgeprof, user, file, expected)


async def test_a_checkpoint_is_refused_with_the_way_to_dump_a_graph(
    mgeprof: CommandLine, user: User, examples: Path
) -> None:
    expected = Refusal("not_a_model_pickle", "megengine.save writes it", HOW_TO_DUMP)
    await check_refused_upload(mgeprof, user, examples / "checkpoint.mge", expected)


async def check_refused_upload(mgeprof: CommandLine, user: User, file: Path, expected: Refusal) -> None:
    """That the command line says so and ends with 1, that plain HTTP says the same, and that nothing came of it."""
    before = await user.all_ids()
    said = await mgeprof("submit", file, *ORDER)
    assert (said.code, said.out) == (1, "")
    words = " ".join(said.err.split())
    for told in (expected.code, expected.detail, "What to do:", expected.hint):
        assert told in words
    problem = check_problem(*await refusal(user, "model", file))
    assert (problem["code"], problem["hint"].startswith(expected.hint)) == (expected.code, True)
    assert expected.detail in problem["detail"]
    assert await user.all_ids() == before


async def refusal(user: User, kind: str, file: Path) -> tuple[httpx2.Response, int, str]:
    """How the api refuses a file, and the status and code that it names: by its size at once, by its bytes when all are there."""
    data = file.read_bytes()
    response = await user.http.post("/api/v1/uploads", json=announced(kind, data, filename=file.name))
    if response.status_code == 201:
        upload = response.json()
        missing = set(range(1, upload["parts_total"] + 1)) - set(upload["parts_done"])
        if missing:
            await user.send(upload, data, *missing)
        response = await user.complete(upload)
    else:
        assert not 0 < len(data) <= MODEL_LIMIT, "only its size can be known before its bytes"
    return response, response.json()["status"], response.json()["code"]


@pytest.mark.parametrize(
    ("code", "detail", "content"),
    [
        ("file_empty", "has no bytes", b""),
        ("not_an_npy", "not a .npy array", b"1.0, 2.0, 3.0"),
        ("not_an_npy", "Python objects", np.array([{}], dtype=object)),
        ("npy_truncated", "make 49280", None),
    ],
)
async def test_data_that_is_no_array_is_refused_by_the_api(
    user: User, examples: Path, tmp_path: Path, code: str, detail: str, content: bytes | np.ndarray | None
) -> None:
    file = tmp_path / "data.npy"
    if isinstance(content, np.ndarray):
        np.save(file, content, allow_pickle=True)
    else:
        file.write_bytes((examples / "resnet-data.npy").read_bytes()[:-5] if content is None else content)
    response, status, said = await refusal(user, "input", file)
    problem = check_problem(response, status, said)
    assert (said, status) == (code, 422)
    assert detail in problem["detail"]
    assert problem["hint"]


async def test_other_bytes_than_were_announced_are_refused_and_can_be_sent_again(user: User, resnet: bytes) -> None:
    data = resnet + noise(PART)
    damaged = bytearray(data)
    damaged[3 * PART] ^= 1
    upload = await user.begin("model", data)
    await user.send(upload, bytes(damaged))
    problem = check_problem(await user.complete(upload), 422, "digest_mismatch")
    assert problem["expected"] == announced("model", data)["sha256"] != problem["actual"]
    assert "send its parts again" in problem["hint"]
    await user.send(upload, data, 4)
    assert (await user.complete(upload)).json()["state"] == "complete"


async def test_an_upload_that_was_broken_off_goes_on_with_what_is_missing(
    mgeprof: CommandLine, user: User, examples: Path, resnet: bytes, tmp_path: Path
) -> None:
    # MegEngine does not look behind the graph's end: this is the same model in a file of 120 parts, unlike any other.
    data, file = resnet + noise(120 * PART - len(resnet)), tmp_path / "long.mge"
    file.write_bytes(data)
    upload = await user.begin("model", data)
    submit = ("submit", file, "--data", f"data={examples / 'resnet-data.npy'}", *ORDER, "--wait", "--json")
    # Known already, so that every part that is taken from here on is the model's.
    await user.upload("input", examples / "resnet-data.npy")

    first = await mgeprof.start(*submit)
    async with asyncio.timeout(120):
        while await parts_here(user, upload) < 5:
            assert first.returncode is None
    first.kill()
    await first.communicate()
    done = await settled(user, upload)
    assert 5 <= done < 120
    sent = await parts_taken(user)
    second = await mgeprof(*submit)
    assert (second.code, second.json["state"]) == (0, "completed"), second.err
    assert second.json["model"]["sha256"] == announced("model", data)["sha256"]
    assert await parts_taken(user) - sent == 120 - done


async def parts_here(user: User, upload: Json) -> int:
    """How many parts of an upload the api says that it has."""
    found: list[int] = (await user.get(f"/uploads/{upload['id']}"))["parts_done"]
    return len(found)


async def settled(user: User, upload: Json) -> int:
    """The same, when nothing is on its way any more from a sender that is gone."""
    async with asyncio.timeout(120):
        before, now = -1, await parts_here(user, upload)
        while now != before:
            await asyncio.sleep(0.3)
            before, now = now, await parts_here(user, upload)
    return now


async def parts_taken(user: User) -> int:
    """How many parts of uploads the api has taken since it started."""
    metrics = (await user.http.get("/metrics")).text
    name = 'mgeprof_api_requests_total{method="PUT",route="/api/v1/uploads/{upload_id}/parts/{number}",status="204"}'
    return sum(int(float(line.split()[-1])) for line in metrics.splitlines() if line.startswith(name))
