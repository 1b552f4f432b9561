"""What a user does over HTTP."""

from __future__ import annotations

import hashlib
import io
import secrets
from dataclasses import dataclass
from typing import Any

import httpx2
import numpy as np

PART = 2048
"""Bytes of a part in these tests, so that small files have several."""

Json = dict[str, Any]


def a_model(size: int = 3 * PART + 100) -> bytes:
    """Bytes that begin as a dumped graph of their own length does, unlike any other's."""
    return (size - 4).to_bytes(4, "little") + b"\0\0\0\0mgv2" + secrets.token_bytes(size - 12)


def an_npy(shape: tuple[int, ...] = (2, 3), dtype: str = "float32") -> bytes:
    file = io.BytesIO()
    np.save(file, np.random.default_rng().standard_normal(shape).astype(dtype))
    return file.getvalue()


def announced(kind: str, data: bytes, **changed: Any) -> Json:
    names = {"model": "net.mge", "input": "data.npy"}
    known = {"filename": names[kind], "size": len(data), "sha256": hashlib.sha256(data).hexdigest()}
    return {"kind": kind, **known, **changed}


def part(data: bytes, number: int) -> bytes:
    return data[(number - 1) * PART : number * PART]


@dataclass
class User:
    http: httpx2.AsyncClient

    async def begin(self, kind: str, data: bytes, **changed: Any) -> Json:
        response = await self.http.post("/api/v1/uploads", json=announced(kind, data, **changed))
        assert response.status_code == 201, response.text
        upload: Json = response.json()
        return upload

    async def send(self, upload: Json, data: bytes, *numbers: int) -> None:
        for number in numbers or range(1, upload["parts_total"] + 1):
            url = f"/api/v1/uploads/{upload['id']}/parts/{number}"
            response = await self.http.put(url, content=part(data, number))
            assert response.status_code == 204, response.text

    async def complete(self, upload: Json) -> httpx2.Response:
        return await self.http.post(f"/api/v1/uploads/{upload['id']}/complete")

    async def upload(self, kind: str, data: bytes, **changed: Any) -> str:
        """The id of the model or input that the bytes became."""
        upload = await self.begin(kind, data, **changed)
        await self.send(upload, data)
        response = await self.complete(upload)
        assert response.status_code == 200, response.text
        resource_id: str = response.json()["resource_id"]
        return resource_id

    async def ask(self, **changed: Any) -> Json:
        """The body of a submission with a model and an input of its own."""
        asked: Json = {"platform": "x86", "engine": "1.13.0", "name": "a run"}
        if "model" not in changed:
            asked["model"] = await self.upload("model", a_model())
        if "inputs" not in changed:
            asked["inputs"] = {"data": await self.upload("input", an_npy())}
        return {**asked, **changed}

    async def submit(self, **changed: Any) -> Json:
        response = await self.http.post("/api/v1/tasks", json=await self.ask(**changed))
        assert response.status_code == 201, response.text
        task: Json = response.json()
        return task

    async def get(self, path: str, sequence: int = 0, **query: Any) -> Any:
        """The answer to a read that sees everything up to a sequence."""
        response = await self.http.get(
            f"/api/v1{path}", params=query, headers={"Mgeprof-Sequence": str(sequence)} if sequence else {}
        )
        assert response.status_code == 200, response.text
        return response.json()


def check_problem(response: httpx2.Response, status: int, code: str) -> Json:
    """That the answer is a problem document of this kind; gives it."""
    assert response.headers["content-type"] == "application/problem+json", response.text
    problem: Json = response.json()
    assert (response.status_code, problem["status"], problem["code"]) == (status, status, code), response.text
    assert problem["type"] == f"about:blank#{code}"
    assert problem["title"]
    assert problem["detail"]
    assert problem["request_id"] == response.headers["X-Request-Id"]
    return problem
