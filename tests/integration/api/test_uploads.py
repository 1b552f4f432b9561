from __future__ import annotations

import pickle
import secrets
from typing import Any

import pytest

from api.parts import Parts
from api.uploads.sweep import sweep
from core.s3 import keys
from tests.integration.api.user import PART, User, a_model, an_npy, announced, check_problem, part


async def begin(user: User, **body: Any) -> Any:
    return await user.http.post("/api/v1/uploads", json=body)


async def test_a_model_comes_in_parts_and_goes_by_its_name(user: User, parts: Parts) -> None:
    data = a_model(3 * PART + 1)
    upload = await user.begin("model", data, filename="resnet18.mge")
    assert (upload["state"], upload["part_size"], upload["parts_total"]) == ("open", PART, 4)
    await user.send(upload, data)
    response = await user.complete(upload)
    completed = response.json()
    assert (completed["state"], completed["parts_done"]) == ("complete", [1, 2, 3, 4])
    model = await user.get(f"/models/{completed['resource_id']}")
    sha256 = announced("model", data)["sha256"]
    assert (model["name"], model["size"], model["sha256"]) == ("resnet18.mge", len(data), sha256)
    assert await parts.store.read_bytes(keys.model(sha256)) == data
    sequence = int(response.headers["Mgeprof-Sequence"])
    [listed] = (await user.get("/models", sequence, limit=1))["items"]
    assert listed == {field: model[field] for field in listed}


async def test_the_parts_are_gone_when_the_model_is_there(user: User, parts: Parts) -> None:
    data = a_model()
    upload = await user.begin("model", data)
    await user.send(upload, data)
    assert [entry async for entry in parts.store.list(f"uploads/{upload['id']}/")]
    await user.complete(upload)
    assert [entry async for entry in parts.store.list(f"uploads/{upload['id']}/")] == []


async def test_an_upload_that_broke_off_goes_on_where_it_stopped(user: User) -> None:
    data = a_model(4 * PART)
    first = await user.begin("model", data)
    await user.send(first, data, 1, 3)
    again = await user.begin("model", data)
    assert (again["id"], again["parts_done"]) == (first["id"], [1, 3])
    assert await user.get(f"/uploads/{first['id']}") == again
    await user.send(again, data, 2, 4)
    assert (await user.complete(again)).status_code == 200


async def test_completing_twice_makes_one_model(user: User) -> None:
    data = a_model()
    upload = await user.begin("model", data)
    await user.send(upload, data)
    first, second = await user.complete(upload), await user.complete(upload)
    assert first.json() == second.json()
    assert first.headers["Mgeprof-Sequence"] == second.headers["Mgeprof-Sequence"] != "0"


async def test_completing_goes_on_after_a_crash_behind_the_event(user: User, parts: Parts) -> None:
    data = a_model()
    upload = await user.begin("model", data)
    await user.send(upload, data)
    first = (await user.complete(upload)).json()
    await parts.pool.execute("DELETE FROM model_names WHERE id = $1", first["resource_id"])
    await parts.pool.execute("UPDATE uploads SET state = 'open' WHERE id = $1", upload["id"])
    await user.send(upload, data)
    second = await user.complete(upload)
    assert second.json()["resource_id"] == first["resource_id"]
    assert (await user.get(f"/models/{first['resource_id']}"))["size"] == len(data)


async def test_what_the_caller_has_already_is_not_sent_again(user: User) -> None:
    data, array = a_model(), an_npy()
    model, known = await user.upload("model", data), await user.upload("input", array)
    assert (await user.begin("model", data))["resource_id"] == model
    again = await user.begin("input", array)
    assert (again["state"], again["resource_id"]) == ("complete", known)


async def test_bytes_of_others_have_to_be_brought(user: User, parts: Parts) -> None:
    data = a_model()
    await parts.store.put_bytes(keys.model(announced("model", data)["sha256"]), data)
    upload = await user.begin("model", data)
    assert upload["state"] == "open"
    check_problem(await user.complete(upload), 409, "missing_parts")
    await user.send(upload, data)
    assert (await user.complete(upload)).status_code == 200


async def test_an_input_tells_its_dtype_and_shape(user: User) -> None:
    array = an_npy((1, 3, 8))
    known = await user.get(f"/inputs/{await user.upload('input', array, filename='image.npy')}")
    assert (known["name"], known["dtype"], known["shape"]) == ("image.npy", "float32", [1, 3, 8])
    assert known["size"] == len(array)


async def test_missing_parts_are_named(user: User) -> None:
    data = a_model(4 * PART)
    upload = await user.begin("model", data)
    await user.send(upload, data, 2)
    problem = check_problem(await user.complete(upload), 409, "missing_parts")
    assert problem["missing_parts"] == [1, 3, 4]


async def test_a_part_that_the_store_lost_is_missing(user: User, parts: Parts) -> None:
    data = a_model(3 * PART)
    upload = await user.begin("model", data)
    await user.send(upload, data)
    await parts.store.delete(f"uploads/{upload['id']}/2/file")
    assert check_problem(await user.complete(upload), 409, "missing_parts")["missing_parts"] == [2]
    await user.send(upload, data, 2)
    assert (await user.complete(upload)).status_code == 200


@pytest.mark.parametrize("damaged", [1, 2])
async def test_damaged_bytes_are_sent_again(user: User, parts: Parts, damaged: int) -> None:
    data = a_model(3 * PART)
    upload = await user.begin("model", data)
    await user.send(upload, data)
    await user.send(upload, secrets.token_bytes(len(data)), damaged)
    problem = check_problem(await user.complete(upload), 422, "digest_mismatch")
    assert problem["expected"] == upload["sha256"] != problem["actual"]
    assert await parts.store.head(keys.model(upload["sha256"])) is None
    assert (await user.get(f"/uploads/{upload['id']}"))["state"] == "open"
    await user.send(upload, data, damaged)
    assert (await user.complete(upload)).status_code == 200


@pytest.mark.parametrize("length", [0, 1, PART - 1, PART + 1, 3 * PART])
async def test_a_part_has_its_length(user: User, length: int) -> None:
    upload = await user.begin("model", a_model(3 * PART))
    url = f"/api/v1/uploads/{upload['id']}/parts/1"
    check_problem(await user.http.put(url, content=bytes(length)), 422, "part_wrong_length")

    async def unannounced() -> Any:
        yield bytes(length)

    check_problem(await user.http.put(url, content=unannounced()), 422, "part_wrong_length")
    assert (await user.get(f"/uploads/{upload['id']}"))["parts_done"] == []


async def test_the_last_part_has_what_remains(user: User) -> None:
    data = a_model(PART + 10)
    upload = await user.begin("model", data)
    url = f"/api/v1/uploads/{upload['id']}/parts"
    check_problem(await user.http.put(f"{url}/2", content=bytes(PART)), 422, "part_wrong_length")
    assert (await user.http.put(f"{url}/2", content=part(data, 2))).status_code == 204
    check_problem(await user.http.put(f"{url}/3", content=b"x"), 404, "part_unknown")


async def test_files_over_the_limit_are_refused_at_once(user: User) -> None:
    for kind, limit in (("model", 20 * PART), ("input", 10 * PART)):
        problem = check_problem(await begin(user, **announced(kind, b"", size=limit + 1)), 413, "file_too_large")
        assert str(limit) in problem["detail"]


async def test_empty_files_are_refused_at_once(user: User) -> None:
    check_problem(await begin(user, **announced("model", b"")), 422, "file_empty")


@pytest.mark.parametrize(
    ("kind", "data", "code"),
    [
        ("model", pickle.dumps({"weight": [1.0] * 10}, protocol=4), "not_a_model_pickle"),
        ("model", b"some bytes that are no model", "not_a_model"),
        ("model", a_model()[:-500], "model_truncated"),
        ("input", b"1.0, 2.0, 3.0", "not_an_npy"),
        ("input", an_npy((50, 50))[:-10], "npy_truncated"),
    ],
)
async def test_what_cannot_be_used_is_refused(user: User, parts: Parts, kind: str, data: bytes, code: str) -> None:
    upload = await user.begin(kind, data)
    await user.send(upload, data)
    problem = check_problem(await user.complete(upload), 422, code)
    assert problem["hint"]
    if "model" in code and code != "model_truncated":
        assert "trace" in problem["detail"]
        assert ".dump(" in problem["detail"]
    assert await parts.store.head(f"{kind}s/{upload['sha256']}/file") is None


async def test_names_do_no_harm(user: User) -> None:
    named = await user.begin("model", a_model(), filename="../../etc/\x00passwd\x1b[31m")
    assert named["filename"] == "passwd[31m"
    assert (await user.begin("model", a_model(), filename="C:\\models\\net.mge"))["filename"] == "net.mge"
    for name in ("", "\x00", "/", "x" * 10_000):
        problem = check_problem(
            await begin(user, **announced("model", a_model(), filename=name)), 422, "invalid_request"
        )
        assert [error["field"] for error in problem["errors"]] == ["filename"]


async def test_an_upload_can_be_given_up(user: User, parts: Parts) -> None:
    data = a_model()
    upload = await user.begin("model", data)
    await user.send(upload, data, 1)
    assert (await user.http.delete(f"/api/v1/uploads/{upload['id']}")).status_code == 204
    check_problem(await user.http.get(f"/api/v1/uploads/{upload['id']}"), 404, "upload_unknown")
    check_problem(await user.http.put(f"/api/v1/uploads/{upload['id']}/parts/1", content=b""), 404, "upload_unknown")
    assert [entry async for entry in parts.store.list(f"uploads/{upload['id']}/")] == []


async def test_a_complete_upload_takes_no_more_parts(user: User) -> None:
    data = a_model()
    upload = await user.begin("model", data)
    await user.send(upload, data)
    await user.complete(upload)
    response = await user.http.put(f"/api/v1/uploads/{upload['id']}/parts/1", content=part(data, 1))
    check_problem(response, 409, "upload_complete")


async def test_expired_uploads_are_swept_away(user: User, parts: Parts) -> None:
    data = a_model()
    old, fresh = await user.begin("model", data), await user.begin("model", a_model())
    await user.send(old, data, 1)
    await parts.pool.execute("UPDATE uploads SET expires_at = now() WHERE id = $1", old["id"])
    assert await sweep(parts) == 1
    check_problem(await user.http.get(f"/api/v1/uploads/{old['id']}"), 404, "upload_unknown")
    assert [entry async for entry in parts.store.list(f"uploads/{old['id']}/")] == []
    assert (await user.get(f"/uploads/{fresh['id']}"))["state"] == "open"


async def test_the_same_key_begins_one_upload(user: User) -> None:
    data = a_model()
    key = {"Idempotency-Key": secrets.token_hex()}
    answers = [await user.http.post("/api/v1/uploads", json=announced("model", data), headers=key) for _ in range(2)]
    assert answers[0].json() == answers[1].json()
    other = await user.http.post("/api/v1/uploads", json=announced("model", a_model()), headers=key)
    check_problem(other, 422, "idempotency_key_reused")
