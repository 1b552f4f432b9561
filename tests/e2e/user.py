"""A user who speaks plain HTTP, and one who types commands."""

from __future__ import annotations

import asyncio
import json
import os
import random
import sys
import tempfile
from asyncio.subprocess import DEVNULL
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2

from infra.cli.main import main
from infra.embedded.stack import Stack
from tests.forked import Program
from tests.integration.api.user import Json, announced

ENDED = {"completed", "failed", "cancelled", "expired"}
PATIENCE_S = 180.0


@dataclass(frozen=True)
class Said:
    """What a command said, and how it ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Its standard output, read as JSON."""
        return json.loads(self.out)


@dataclass(frozen=True)
class CommandLine:
    """`mgeprof` with further environment variables: `await mgeprof("ls", "--json")`."""

    environment: Mapping[str, str]

    @staticmethod
    def of(stack: Stack) -> CommandLine:
        """Against one stack."""
        known = {"MGEPROF_URL": stack.url, "MGEPROF_TOKEN": stack.services.secrets.token}
        # Wide enough that no table of ours has to break a word that a test looks for.
        return CommandLine({**known, "COLUMNS": "200"})

    async def start(self, *arguments: str | Path | int) -> asyncio.subprocess.Process:
        """Start a command as a shell does, and leave it to the caller."""
        return await asyncio.create_subprocess_exec(
            *(sys.executable, "-P", "-m", "infra.cli.main", *map(str, arguments)),
            stdin=DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env={**os.environ, **self.environment},
        )

    async def __call__(self, *arguments: str | Path | int) -> Said:
        return await self.told(*arguments, lines=())

    async def told(self, *arguments: str | Path | int, lines: Sequence[str]) -> Said:
        """The same with lines on its standard input."""
        with tempfile.TemporaryDirectory(prefix="mgeprof-said-") as name:
            typed, out, err = (Path(name, one) for one in ("in", "out", "err"))
            typed.write_text("".join(f"{line}\n" for line in lines))
            argv = ("mgeprof", *map(str, arguments))
            process = await Program(main, argv, out, err, typed, self.environment).start()
            await asyncio.to_thread(process.join)
            code = process.exitcode
            process.close()
            return Said(code or 0, out.read_text(), err.read_text())


@dataclass(frozen=True)
class User:
    """Plain HTTP, without our client and its patience."""

    http: httpx2.AsyncClient

    @staticmethod
    def of(stack: Stack) -> User:
        return User.with_token(stack, stack.services.secrets.token)

    @staticmethod
    def with_token(stack: Stack, token: str) -> User:
        """Somebody else."""
        headers = {"Authorization": f"Bearer {token}"}
        return User(httpx2.AsyncClient(base_url=stack.url, headers=headers, timeout=60.0))

    async def get(self, path: str, **query: Any) -> Any:
        response = await self.http.get(f"/api/v1{path}", params=query)
        assert response.status_code == 200, response.text
        return response.json()

    async def all_ids(self) -> list[set[str]]:
        """Of all models and all runs."""
        pages = [await self.get(path, limit=100) for path in ("/models", "/tasks")]
        assert [page["next_cursor"] for page in pages] == [None, None]
        return [{one["id"] for one in page["items"]} for page in pages]

    async def begin(self, kind: str, data: bytes, **changed: Any) -> Json:
        """Announce an upload."""
        response = await self.http.post("/api/v1/uploads", json=announced(kind, data, **changed))
        assert response.status_code == 201, response.text
        upload: Json = response.json()
        return upload

    async def send(self, upload: Json, data: bytes, *numbers: int) -> None:
        """Send parts of an upload; all of them, if no number is given."""
        size = upload["part_size"]
        for number in numbers or range(1, upload["parts_total"] + 1):
            path = f"/api/v1/uploads/{upload['id']}/parts/{number}"
            response = await self.http.put(path, content=data[(number - 1) * size : number * size])
            assert response.status_code == 204, response.text

    async def complete(self, upload: Json) -> httpx2.Response:
        return await self.http.post(f"/api/v1/uploads/{upload['id']}/complete")

    async def upload(self, kind: str, file: Path) -> str:
        """The id of the model or input that a file became."""
        data = file.read_bytes()
        upload = await self.begin(kind, data, filename=file.name)
        if upload["state"] == "open":
            await self.send(upload, data)
            response = await self.complete(upload)
            assert response.status_code == 200, response.text
            upload = response.json()
        resource_id: str = upload["resource_id"]
        return resource_id

    async def submit(self, **asked: Any) -> Json:
        """Ask for a run on x86 with MegEngine 1.13.0; the task, once reads show it."""
        response = await self.http.post("/api/v1/tasks", json={"platform": "x86", "engine": "1.13.0", **asked})
        assert response.status_code == 201, response.text
        task: Json = response.json()
        written = {"Mgeprof-Sequence": response.headers["Mgeprof-Sequence"]}
        async with asyncio.timeout(PATIENCE_S):
            while True:
                shown = await self.http.get(f"/api/v1/tasks/{task['id']}", headers=written)
                if shown.status_code == 200:
                    return task
                await asyncio.sleep(0.1)

    async def ended(self, task_id: str) -> Json:
        """The task when it has ended."""
        async with asyncio.timeout(PATIENCE_S):
            while True:
                task: Json = await self.get(f"/tasks/{task_id}")
                if task["state"] in ENDED:
                    return task
                await asyncio.sleep(0.1)

    async def artifact(self, task: Json, name: str) -> bytes:
        [kept] = [one for one in task["artifacts"] if one["name"] == name]
        response = await self.http.get(kept["url"])
        assert response.status_code == 200, response.text
        return response.content


def noise(size: int) -> bytes:
    """Always the same random bytes."""
    return random.Random(1).randbytes(size)
