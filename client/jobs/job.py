"""A run and what one does with it."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from client.jobs.operators import Operators
from client.jobs.view import JobView
from client.live import LiveItem
from client.models import RecordedEvent, Task
from client.profiles import Comparison, Profile

if TYPE_CHECKING:
    from client.client import Client

On = Callable[[LiveItem], None]


class AsyncJob(JobView):
    """All of it raises ProblemError and NoAnswerError, as `Client` does."""

    def __init__(self, client: Client, task: Task) -> None:
        super().__init__(task)
        self._client = client

    async def refresh(self) -> AsyncJob:
        """Ask the server how it is now."""
        self.task = await self._client.task(self.id)
        return self

    async def wait(self, on: On | None = None, *, progress: bool | None = None) -> AsyncJob:
        """Until it has ended, however that is; `check` says how.

        ``on`` is told everything that happens meanwhile. ``progress`` shows where it is; by itself on a terminal and in a notebook.
        """
        with _shown(progress) as show:

            def tell(item: LiveItem) -> None:
                show(item)
                if on is not None:
                    on(item)

            self.task = await self._client.wait(self.id, tell)
        return self

    async def profile(self, **filters: Any) -> Profile:
        """The analysed profile; filters as in ``Client.profile``: top, sort, type, name, …"""
        return await self._client.profile(self.id, filters)

    async def operators(self, **filters: Any) -> Operators:
        """Every operator, or those that pass the filters."""
        return Operators((await self.profile(**filters)).operators)

    async def compare(self, *others: AsyncJob | str, **filters: Any) -> Comparison:
        """Other runs held against this one, operator by operator. Filters: top, sort."""
        return await self._client.compare([self.id, *(_id(one) for one in others)], filters)

    async def download_profile(self, path: Path | str | None = None, form: str = "json") -> Path:
        """Write the profile to a file, ``<id>.<form>`` here if none is named; it appears when it is whole. ``form``: json, csv, chrome-trace."""
        to = Path(path or f"{self.id}.{form if form != 'chrome-trace' else 'trace.json'}")
        part = to.with_name(f"{to.name}.part")
        try:
            with part.open("wb") as out:
                async for chunk in self._client.export(self.id, form):
                    out.write(chunk)
            part.replace(to)
        finally:
            part.unlink(missing_ok=True)
        return to

    async def cancel(self) -> AsyncJob:
        """Ask for its end; asking again, or when it has ended, changes nothing."""
        self.task = await self._client.cancel(self.id)
        return self

    async def retry(self, **changes: Any) -> AsyncJob:
        """Run it again, as a new run: name, platform, engine, options (those that change) may be others."""
        return AsyncJob(self._client, await self._client.retry(self.id, changes))

    async def events(self) -> list[RecordedEvent]:
        """Everything that has happened to it."""
        return (await self._client.events(self.id)).items

    async def log(self) -> list[str]:
        """The lines of the engine's log, once it has ended."""
        return [line async for line in self._client.log(await self._client.task(self.id))]


def _id(job: AsyncJob | str) -> str:
    return job if isinstance(job, str) else job.id


@contextlib.contextmanager
def _shown(progress: bool | None) -> Iterator[On]:
    from rich.console import Console

    from client.progress import RunProgress

    console = Console(stderr=True)
    wanted = (sys.stderr.isatty() or console.is_jupyter) if progress is None else progress
    if not wanted:
        yield lambda _: None
        return
    with RunProgress(console, shown=True, verbose=False) as shown:
        yield shown.tell
