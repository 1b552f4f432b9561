"""The SDK without ``await``: the same calls, carried out by an event loop in a thread of its own. So it works in notebooks, too."""

from __future__ import annotations

import asyncio
import functools
import threading
import weakref
from collections.abc import Callable, Coroutine, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Concatenate, ParamSpec, Self, TypeVar

from client.client import Client as AsyncClient
from client.connection import find_connection
from client.http import Patience
from client.jobs.calls import Data, JobCalls
from client.jobs.job import AsyncJob, On
from client.jobs.operators import Operators
from client.jobs.view import JobView
from client.models import Dataset, Engine, Input, Model, RecordedEvent, Runner
from client.profiles import Comparison, Profile
from client.sweeps import Sweep

T = TypeVar("T")


class _Loop:
    """An event loop in a daemon thread, until it is closed or its owner is gone."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="mgeprof", daemon=True)
        self._thread.start()

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """What it returns or raises. Ctrl-C cancels it."""
        future = asyncio.run_coroutine_threadsafe(work, self._loop)
        try:
            return future.result()
        except BaseException:
            future.cancel()
            raise

    def close(self) -> None:
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join()
            self._loop.close()


class Job(JobView):
    """As `client.jobs.job.AsyncJob`, without ``await``."""

    def __init__(self, job: AsyncJob, loop: _Loop) -> None:
        super().__init__(job.task)
        self._job, self._loop = job, loop

    def refresh(self) -> Job:
        """Ask the server how it is now."""
        return self._now(self._loop.run(self._job.refresh()))

    def wait(self, on: On | None = None, *, progress: bool | None = None) -> Job:
        """Until it has ended, however that is; `check` says how. ``on`` is called in another thread."""
        return self._now(self._loop.run(self._job.wait(on, progress=progress)))

    def profile(self, **filters: Any) -> Profile:
        """The analysed profile; filters: top, sort, type, name, …"""
        return self._loop.run(self._job.profile(**filters))

    def operators(self, **filters: Any) -> Operators:
        """Every operator, or those that pass the filters."""
        return self._loop.run(self._job.operators(**filters))

    def compare(self, *others: Job | str, **filters: Any) -> Comparison:
        """Other runs held against this one, operator by operator."""
        ids = [one if isinstance(one, str) else one.id for one in others]
        return self._loop.run(self._job.compare(*ids, **filters))

    def download_profile(self, path: Path | str | None = None, form: str = "json") -> Path:
        """Write the profile to a file; its path. ``form``: json, csv, chrome-trace."""
        return self._loop.run(self._job.download_profile(path, form))

    def cancel(self) -> Job:
        """Ask for its end."""
        return self._now(self._loop.run(self._job.cancel()))

    def retry(self, **changes: Any) -> Job:
        """Run it again, as a new run."""
        return Job(self._loop.run(self._job.retry(**changes)), self._loop)

    def events(self) -> list[RecordedEvent]:
        """Everything that has happened to it."""
        return self._loop.run(self._job.events())

    def log(self) -> list[str]:
        """The lines of the engine's log, once it has ended."""
        return self._loop.run(self._job.log())

    def _now(self, job: AsyncJob) -> Job:
        self.task = job.task
        return self


P = ParamSpec("P")


def _giving_a_job(
    call: Callable[Concatenate[JobCalls, P], Coroutine[Any, Any, AsyncJob]],
) -> Callable[Concatenate[Client, P], Job]:
    """The same call, with the same parameters, without ``await``."""

    @functools.wraps(call)
    def blocking(self: Client, /, *args: P.args, **named: P.kwargs) -> Job:
        return self._job(call(self._client, *args, **named))

    return blocking


class Client:
    """One caller at one server. ``close`` it, or use it as a context manager.

    Without a URL or key they are looked for as the command line does: environment, a running `mgeprof up`, `mgeprof login`.
    All methods raise ProblemError when the server says no, NoAnswerError when none answers (`client.errors`).
    """

    def __init__(
        self,
        url: str | None = None,
        api_key: str | None = None,
        *,
        home: Path | None = None,
        patience: Patience | None = None,
    ) -> None:
        connection = find_connection(url, api_key, home)
        self._loop = _Loop()
        self._finalizer = weakref.finalize(self, self._loop.close)
        self._client = AsyncClient(connection, patience=patience)
        self._loop.run(self._client.__aenter__())

    def _job(self, asked: Coroutine[Any, Any, AsyncJob]) -> Job:
        return Job(self._loop.run(asked), self._loop)

    def close(self) -> None:
        """Let go of the connection; closing twice does nothing."""
        if self._finalizer.alive:
            self._loop.run(self._client.__aexit__(None, None, None))
            self._finalizer()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def upload_model(self, path: Path | str) -> Model:
        """Bring a dumped graph to the server, or find it there."""
        return self._loop.run(self._client.upload_model(Path(path)))

    def upload_input(self, path: Path | str) -> Input:
        """Bring input data to the server, or find it there."""
        return self._loop.run(self._client.upload_input(Path(path)))

    def upload_dataset(self, name: str, data: Data) -> Dataset:
        """Name a set of inputs, to be used by many runs; files are uploaded."""
        return self._loop.run(self._client.upload_dataset(name, data))

    def get_devices(self) -> list[Runner]:
        """Every device that may be used."""
        return self._loop.run(self._client.get_devices())

    def get_engines(self) -> list[Engine]:
        """Every MegEngine version on every platform."""
        return self._loop.run(self._client.get_engines())

    submit_profile_job = _giving_a_job(JobCalls.submit_profile_job)

    def submit_sweep(
        self,
        model: Model | str,
        *,
        platforms: Sequence[str],
        engines: Sequence[str],
        options: Sequence[Mapping[str, Any]],
        data: Mapping[str, Any] | None = None,
        name: str | None = None,
        despite_losses: bool = False,
    ) -> Sweep:
        """Ask for a run on every platform with every engine and every option set."""
        asked = self._client.submit_sweep(
            model if isinstance(model, str) else model.id,
            platforms=platforms,
            engines=engines,
            options=options,
            data=data,
            name=name,
            despite_losses=despite_losses,
        )
        return self._loop.run(asked)

    def get_sweep(self, sweep_id: str, **filters: Any) -> Sweep:
        """Its matrix, as it is now. Filters: metric, latency_limit_s."""
        return self._loop.run(self._client.sweep(sweep_id, filters))

    def log_events(self, most: int = 100, **filters: Any) -> list[RecordedEvent]:
        """What happened, the newest first; see `client.events.EventCalls`."""
        return self._loop.run(self._client.log_events(most, **filters))

    def get_job(self, job_id: str) -> Job:
        return self._job(self._client.get_job(job_id))

    def get_jobs(self, most: int = 100, **filters: Any) -> list[Job]:
        """Newest first. Filters: state, platform, engine, model, project, tag, q, whose, …"""
        return [Job(one, self._loop) for one in self._loop.run(self._client.get_jobs(most, **filters))]
