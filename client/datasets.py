"""The client's calls about named sets of inputs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from client.http import Http, Params
from client.models import Dataset, DatasetList


class DatasetCalls:
    """Datasets, by name or by id."""

    http: Http

    async def create_dataset(self, name: str, content: Mapping[str, Any]) -> Dataset:
        """``content``: ``inputs`` (ids by input name), ``readings``, ``archives`` and ``random``, as in `submit`."""
        return Dataset.read(await self.http.post("/datasets", {**content, "name": name}))

    async def datasets(self, filters: Params | None = None) -> DatasetList:
        """Filters: whose (mine or anyone)."""
        return DatasetList.read(await self.http.get("/datasets", filters))

    async def dataset(self, name: str) -> Dataset:
        """The dataset of this name, or of this id."""
        found = next((one for one in (await self.datasets()).items if one.name == name), None)
        return found or Dataset.read(await self.http.get(_at(name)))

    async def delete_dataset(self, dataset_id: str) -> None:
        await self.http.delete(_at(dataset_id))


def _at(dataset_id: str) -> str:
    return f"/datasets/{quote(dataset_id, safe='')}"
