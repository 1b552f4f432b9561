"""The client's calls that give jobs, in the shape that people know from other services of this kind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from client.errors import NoEngineError
from client.fleet import Fleet
from client.http import Params
from client.jobs.job import AsyncJob
from client.models import Dataset, Engine, Input, Model, Runner

if TYPE_CHECKING:
    from client.client import Client

PLATFORMS = frozenset({"x86", "cuda", "arm"})
Data = Mapping[str, "Input | Path | str"]
"""By input name: what was uploaded, its id, or a file to upload (a ``Path``)."""


class JobCalls:
    """Mixed into `Client`. All of them raise ProblemError and NoAnswerError."""

    async def get_devices(self) -> list[Runner]:
        """Every device that may be used."""
        return (await self._client.runners()).items

    async def get_engines(self) -> list[Engine]:
        """Every MegEngine version on every platform."""
        return (await self._client.engines()).items

    async def upload_dataset(self, name: str, data: Data) -> Dataset:
        """Name a set of inputs, to be used by many runs; files are uploaded."""
        return await self._client.create_dataset(name, {"inputs": await self._ids(data)})

    async def submit_profile_job(  # noqa: PLR0913 - all that can be said of a run, by name
        self,
        model: Model | Path | str,
        device: Runner | str = "x86",
        engine: str | None = None,
        options: Mapping[str, Any] | None = None,
        *,
        inputs: Data | None = None,
        dataset: Dataset | str | None = None,
        random: Mapping[str, Mapping[str, Any]] | None = None,
        name: str | None = None,
        project: str | None = None,
        tags: Sequence[str] = (),
        despite_losses: bool = False,
    ) -> AsyncJob:
        """Ask for a run.

        Args:
            model: what was uploaded, its id, or a file to upload (a ``Path``).
            device: a platform (x86, cuda, arm), or one device of `get_devices` or its name.
            engine: a MegEngine version; the newest there is for the device, if not given.
            options: by the names that ``GET /options`` lists, such as iterations or profiled_passes.
            inputs: data by input name.
            dataset: named inputs that hold the rest.
            despite_losses: as of `Client.submit`.
            random: what is made up, by input name: ``distribution``, its two numbers, ``seed``.
            name: what people shall call the run.
            project: an id.
            tags: words to find it by.
        """
        client = self._client
        platform, wanted, offered = await self._device(device)
        data: dict[str, Any] = {"device": wanted} if wanted else {}
        if dataset is not None:
            data["dataset"] = dataset if isinstance(dataset, str) else dataset.id
        data |= {"random": dict(random)} if random else {}
        data |= {"project": project} if project else {}
        data |= {"tags": list(tags)} if tags else {}
        known = await client.upload_model(model) if isinstance(model, Path) else model
        task = await client.submit(
            known,
            platform=platform,
            engine=engine or _newest(platform, offered),
            inputs=await self._ids(inputs or {}),
            data=data,
            despite_losses=despite_losses,
            options=options,
            name=name,
        )
        return AsyncJob(client, task)

    async def get_job(self, job_id: str) -> AsyncJob:
        return AsyncJob(self._client, await self._client.task(job_id))

    async def get_jobs(self, most: int = 100, **filters: Any) -> list[AsyncJob]:
        """Newest first. Filters as in ``Client.tasks``: state, platform, engine, model, project, tag, q, whose, …"""
        found: list[AsyncJob] = []
        asked: Params = {**filters, "limit": min(most, 100)}
        while True:
            page = await self._client.tasks(asked)
            found += [AsyncJob(self._client, task) for task in page.items]
            if page.next_cursor is None or len(found) >= most:
                return found[:most]
            asked = {**asked, "cursor": page.next_cursor}

    async def _device(self, device: Runner | str) -> tuple[str, dict[str, Any], list[str]]:
        """Platform, what a submission says of the device, and the versions that are offered."""
        if isinstance(device, str) and device in PLATFORMS:
            engines = await self.get_engines()
            there = [one for one in engines if one.platform == device]
            return device, {}, [one.version for one in there if one.present] or [one.version for one in there]
        one = await Fleet(self._client.http).device(device) if isinstance(device, str) else device
        return one.platform, {"runner": one.id}, [offer.version for offer in one.engines]

    async def _ids(self, data: Data) -> dict[str, str]:
        ids = {}
        for name, one in data.items():
            given = await self._client.upload_input(one) if isinstance(one, Path) else one
            ids[name] = given if isinstance(given, str) else given.id
        return ids

    @property
    def _client(self) -> Client:
        return cast("Client", self)


def _newest(platform: str, offered: list[str]) -> str:
    if not offered:
        raise NoEngineError(platform)
    return max(offered, key=lambda version: [int(part) if part.isdigit() else -1 for part in version.split(".")])
