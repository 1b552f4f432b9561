"""One attempt, from its order to its result: fetch, measure or look, analyse, upload."""

import asyncio
import json
import shutil
from collections.abc import Mapping
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, replace
from pathlib import Path

import structlog
from pydantic import ValidationError

from core.events.failure import FailureKind
from core.events.ids import Platform, Sha256
from core.events.task import Cancelled, Completed, Failed, Inspected, TaskKind
from core.events.values import Artifact, DevicePeaks
from core.nats.edge import ControlPlaneSilentError, RunnerLink
from core.profile.document import dump_document
from core.protocol.calls import URLS, Urls, UrlsRequest
from core.protocol.environment import ENVIRONMENT
from core.protocol.inspection import INSPECTION, STRUCTURE
from core.protocol.live import Phase
from core.protocol.orders import RequestDocument, WorkOrder
from runner.cache import Cache
from runner.engine.analysis import analyse_measurement
from runner.engine.drivers.driver import Driver
from runner.engine.job import EngineFailed, EngineJob, EngineLimits, Inspection, Measurement
from runner.engine.log import last_lines
from runner.engine.spares import Spares
from runner.environment import Circumstances, machine_now
from runner.input_data import input_data
from runner.live import LiveFeed
from runner.outputs import output_files
from runner.phases import Phases
from runner.results import completed, inspected, read_inspection
from runner.transfer import StorageFailedError, Transfer, Upload, prepare

logger = structlog.get_logger(__name__)

_URL_TRIES = 12
_URL_WAIT_S = 1.0
_LOG_TAIL_LINES = 40


Outcome = Completed | Inspected | Failed | Cancelled


class AttemptGoneError(Exception):
    """The control plane has given the attempt to somebody else, or ended it."""


@dataclass(frozen=True)
class Device:
    """What an attempt works with. ``drivers``: the engines by version, ``peaks`` what each was seen to reach at best; ``limits`` but for the time, which a task brings along."""

    link: RunnerLink
    transfer: Transfer
    cache: Cache
    drivers: Mapping[str, Driver]
    peaks: Mapping[str, DevicePeaks | None]
    spares: Spares
    scratch: Path
    limits: EngineLimits
    platform: Platform

    async def work(self, order: WorkOrder) -> Outcome:
        return await Attempt(self, order).run()

    async def keep(self) -> None:
        await self.spares.keep()


class Attempt:
    """Runs once. Cancelling the task that runs it kills the engine and leaves nothing."""

    def __init__(self, device: Device, order: WorkOrder) -> None:
        self._device = device
        self._order = order
        self._circumstances: Circumstances | None = None
        self._folder = device.scratch / str(order.ref)

    async def run(self) -> Outcome:
        """Raises AttemptGoneError, or ControlPlaneSilentError when nobody answers for long."""
        self._make_folders()
        self._feed = LiveFeed(self._device.link, self._order.ref)
        self._phases = Phases(self._feed.phase)
        try:
            with self._device.spares.busy():
                return await self._work()
        except EngineFailed as failure:
            self._phases.leave()
            self._phases.seconds |= failure.phases
            logger.info("attempt failed", action="attempt_failed", ref=str(self._order.ref), kind=failure.kind)
            return await self._failed(failure)
        except StorageFailedError as error:
            logger.warning("storage failed", action="storage_failed", ref=str(self._order.ref), error=str(error))
            return self._fact_of_failure(FailureKind.STORAGE_UNAVAILABLE, None, ())
        finally:
            self._phases.tell()
            await self._leave_nothing()

    async def _leave_nothing(self) -> None:
        """Each beat may say stop again: a second cancellation does not hurry this, and one that comes now is too late."""
        removed = asyncio.to_thread(shutil.rmtree, self._folder, ignore_errors=True)
        rest = asyncio.gather(self._feed.close(), removed)
        while not rest.done():
            with suppress(asyncio.CancelledError):
                await asyncio.shield(rest)
        rest.result()

    async def _work(self) -> Completed | Inspected:
        async with AsyncExitStack() as files:
            self._phases.enter(Phase.FETCHING)
            job = await self._fetch(files)
            self._phases.leave()
            left = await self._run_engine(job)
        return await (self._inspected(left) if isinstance(left, Inspection) else self._completed(left))

    async def _completed(self, measurement: Measurement) -> Completed:
        self._phases.seconds |= measurement.phases
        self._phases.enter(Phase.ANALYSING)
        document = await asyncio.to_thread(analyse_measurement, measurement, self._device.peaks.get(self._order.engine))
        profile = self._folder / "profile.json"
        await asyncio.to_thread(profile.write_bytes, dump_document(document))
        self._phases.enter(Phase.UPLOADING)
        outputs = await asyncio.to_thread(output_files, measurement.outputs)
        raw = {f"raw-{n}.json": path for n, path in enumerate(measurement.raw_profiles, 1)}
        files = {"profile.json": profile, "log.txt": measurement.log, **raw, **outputs}
        files |= self._environment(measurement)
        artifacts = await self._upload(files)
        self._phases.leave()
        return completed(self._order.ref.attempt, document, measurement, self._phases.seconds, artifacts)

    async def _fetch(self, files: AsyncExitStack) -> EngineJob:
        order = self._order
        urls = await self._urls()
        request = await self._request_document(urls)
        model = await files.enter_async_context(self._device.cache.file(order.model, urls.model))

        async def fetched(sha256: Sha256) -> Path:
            return await files.enter_async_context(self._device.cache.file(sha256, urls.inputs.get(sha256, "")))

        inputs = {name: await fetched(wanted.sha256) for name, wanted in request.inputs.items()}
        data = input_data(request, tuple([await fetched(sha256) for sha256 in request.archives]))
        self._inputs = {name: wanted.sha256 for name, wanted in request.inputs.items()}
        self._output_names = request.output_names
        return EngineJob(
            model=model,
            inputs=inputs,
            output=self._folder / "output",
            scratch=self._folder / "scratch",
            options=order.options,
            kind=order.kind.value,
            data=data,
            output_names=request.output_names,
        )

    async def _request_document(self, urls: Urls) -> RequestDocument:
        path = self._folder / "request.json"
        await self._device.transfer.download(urls.request, self._order.request, path)
        try:
            return RequestDocument.model_validate_json(path.read_bytes())
        except ValidationError as error:
            raise EngineFailed(FailureKind.INTERNAL, f"The request document cannot be read: {error}") from error

    async def _inspected(self, inspection: Inspection) -> Inspected:
        self._phases.seconds |= inspection.phases
        self._phases.enter(Phase.ANALYSING)
        document = await asyncio.to_thread(read_inspection, inspection.document)
        self._phases.enter(Phase.UPLOADING)
        files = {INSPECTION: inspection.document, "log.txt": inspection.log, **self._environment(inspection)}
        files |= {STRUCTURE: inspection.structure} if inspection.structure else {}
        artifacts = await self._upload(files)
        self._phases.leave()
        return inspected(self._order.ref.attempt, document, inspection, self._phases.seconds, artifacts)

    async def _run_engine(self, job: EngineJob) -> Inspection | Measurement:
        driver = self._device.drivers.get(self._order.engine)
        if driver is None:
            raise EngineFailed(FailureKind.UNSUPPORTED, f"This runner has no MegEngine {self._order.engine} any more.")
        now = await asyncio.to_thread(machine_now)
        told = (self._order, self._device.platform, driver.name, self._inputs, now, self._output_names)
        self._circumstances = Circumstances(*told)
        work = driver.inspect if self._order.kind is TaskKind.INSPECT else driver.measure
        return await work(
            job,
            limits=replace(self._device.limits, wall_s=self._order.options.time_limit_s),
            on_phase=lambda phase: self._phases.begin(Phase(phase)),
            on_line=self._feed.line,
        )

    async def _failed(self, failure: EngineFailed) -> Failed:
        """The engine's words go into an artifact; without them the kind alone has to do."""
        log = self._folder / "output" / "engine.log"
        text = self._folder / "failure.json"
        tail = last_lines(log, _LOG_TAIL_LINES) if log.exists() else []
        text.write_text(json.dumps({"message": failure.message, "log_tail": tail}), encoding="utf-8")
        files = {"failure.json": text, **self._environment(None)} | ({"log.txt": log} if log.exists() else {})
        try:
            artifacts = await self._upload(files)
        except (StorageFailedError, ControlPlaneSilentError) as error:
            logger.warning("failure text not stored", action="failure_text_lost", error=str(error))
            artifacts = ()
        return self._fact_of_failure(failure.kind, failure.exit_code, artifacts)

    def _environment(self, left: Inspection | Measurement | None) -> dict[str, Path]:
        if self._circumstances is None:
            return {}
        path = self._folder / ENVIRONMENT
        path.write_text(self._circumstances.document(left).model_dump_json(), encoding="utf-8")
        return {ENVIRONMENT: path}

    def _fact_of_failure(self, kind: FailureKind, exit_code: int | None, artifacts: tuple[Artifact, ...]) -> Failed:
        return Failed(
            attempt=self._order.ref.attempt,
            kind=kind,
            exit_code=exit_code,
            phases=self._phases.seconds,
            artifacts=artifacts,
        )

    async def _upload(self, files: Mapping[str, Path]) -> tuple[Artifact, ...]:
        uploads: list[Upload] = [await asyncio.to_thread(prepare, name, path) for name, path in files.items()]
        urls = await self._urls(tuple(files))
        await asyncio.gather(*(self._device.transfer.upload(urls.put[one.artifact.name], one) for one in uploads))
        return tuple(one.artifact for one in uploads)

    async def _urls(self, put: tuple[str, ...] = ()) -> Urls:
        """Asks again for a while: a scheduler that restarts is back in seconds."""
        for tries_left in reversed(range(_URL_TRIES)):
            try:
                urls = await self._device.link.call(URLS, UrlsRequest(ref=self._order.ref, put=put), Urls)
            except ControlPlaneSilentError:
                if not tries_left:
                    raise
                await asyncio.sleep(_URL_WAIT_S)
                continue
            if urls.refused:
                raise AttemptGoneError(str(self._order.ref))
            return urls
        raise AssertionError("the last try returns or raises")

    def _make_folders(self) -> None:
        shutil.rmtree(self._folder, ignore_errors=True)
        for name in ("output", "scratch"):
            (self._folder / name).mkdir(parents=True)
