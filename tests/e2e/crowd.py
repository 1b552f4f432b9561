"""Users who go on submitting runs and waiting for them, whatever happens to the server."""

from __future__ import annotations

import asyncio
import random
from pathlib import Path

from client.client import Client
from client.connection import Connection
from client.http import Patience
from client.live import Reconnect
from client.models import Input, Model, Task
from infra.embedded.stack import Stack

# As patient as a night job. Keys of idempotency make every repetition the same request.
PATIENCE = Patience(first_s=300.0, within_s=300.0, wait_max_s=0.5)
RECONNECT = Reconnect(wait_s=0.2, within_s=300.0)
# Long enough to be hit at work: about a second of timing.
ITERATIONS = 200
# Who is killed again and again is not the model's doing.
HOWEVER = {"despite_losses": True}


def patient_client(stack: Stack) -> Client:
    return Client(Connection(stack.url, stack.services.secrets.token), patience=PATIENCE, reconnect=RECONNECT)


class Crowd:
    """`told`: for each accepted run the state in which it ended, as its user was told; `names`: what each called theirs."""

    def __init__(self, client: Client, model: Model, data: Input, rng: random.Random, iterations: int) -> None:
        self._client, self._model, self._data, self._rng, self._iterations = client, model, data, rng, iterations
        self._users: set[asyncio.Task[None]] = set()
        self._submitted = 0
        self.told: dict[str, str | None] = {}
        self.names: dict[str, str] = {}

    @classmethod
    async def gather(cls, client: Client, examples: Path, rng: random.Random, iterations: int = ITERATIONS) -> Crowd:
        model = await client.upload_model(examples / "resnet.mge")
        return cls(client, model, await client.upload_input(examples / "resnet-data.npy"), rng, iterations)

    async def keep_coming(self, most: int) -> None:
        """Submit for ever, so that about `most` runs are open all the time."""
        while True:
            self._users = {user for user in self._users if not user.done() or user.exception() is not None}
            if len(self._users) < most:
                self._submitted += 1
                self._users.add(asyncio.create_task(self._one_user(f"run {self._submitted}")))
            await asyncio.sleep(self._rng.uniform(0.05, 0.5))

    def count(self, state: str) -> int:
        """How many users were told that their run ended like this."""
        return list(self.told.values()).count(state)

    async def until_more(self, state: str, than: int) -> None:
        """Wait until more than so many users were told that."""
        while self.count(state) <= than:  # noqa: ASYNC110 - of many users, whichever comes first
            await asyncio.sleep(0.05)

    async def ask(self, iterations: int) -> str:
        """One run more, whose user waits for it like the others; gives its id."""
        self._submitted += 1
        task = await self._submit(f"run {self._submitted}", iterations)
        self._users.add(asyncio.create_task(self._wait(task)))
        return task.id

    async def until_served(self) -> None:
        """Wait until everybody has been told the end of their run. Raises what any of them met."""
        await asyncio.gather(*self._users)

    async def _one_user(self, name: str) -> None:
        await self._wait(await self._submit(name, self._iterations))

    async def _submit(self, name: str, iterations: int) -> Task:
        task = await self._client.submit(
            self._model,
            platform="x86",
            engine="1.13.0",
            inputs={"data": self._data},
            data=HOWEVER,
            options={"iterations": iterations, "profiled_passes": 1},
            name=name,
        )
        self.told[task.id], self.names[task.id] = None, name
        return task

    async def _wait(self, task: Task) -> None:
        self.told[task.id] = (await self._client.wait(task.id)).state
