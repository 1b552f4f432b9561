"""A scheduler on real services, and a runner that does as it is told, in the place of the device daemon."""

import asyncio
import contextlib
import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID

import asyncpg
import pytest
from nats.aio.client import Client

from core.domain.model import MODEL, Upload
from core.domain.task import TASK, Cancel, Status, Submit
from core.events.envelope import Fact, Origin, Recorded
from core.events.ids import AccountId, CommandId, ModelId, Platform, RunnerId, TaskId, new_id
from core.events.model import Uploaded
from core.events.subjects import AggregateKey, model_key, task_key
from core.events.task import TaskKind
from core.events.values import ProfileOptions
from core.nats.connection import connect
from core.nats.edge import OrderMessage, RunnerLink
from core.nats.execute import Known, execute
from core.nats.log import EventLog
from core.nats.streams import StreamSettings, ensure_events
from core.process import cancel_all
from core.protocol.calls import BEAT, HELLO, READY, Beat, BeatAnswer, Hello, Ready, Welcome
from core.protocol.orders import AttemptRef, InputFile, Report, RequestDocument, Result
from core.s3 import keys
from core.s3.settings import S3Settings
from core.s3.store import ObjectStore
from core.scheduler.serve import serve
from core.scheduler.settings import Periods, SchedulerSettings
from infra.embedded.services import Services
from tests.unit.domain.task_facts import SUBMITTED
from tests.unit.domain.test_runner import DESCRIBED

_LOOK_AGAIN_S = 0.02
_WITHIN_S = 120.0
_NEW = Known(TASK.initial, 0)
OWNER = AccountId(UUID(int=7))
PERIODS = Periods(lease_s=1.0, order_retry_s=0.2, tick_s=0.05)


@pytest.fixture
async def broker(make_broker: Callable[[], Awaitable[Services]]) -> Services:
    return await make_broker()


@pytest.fixture
def surroundings(environment: dict[str, str], broker: Services, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """The shared PostgreSQL and S3 with the test's own broker, also as this process's environment."""
    nats = {name: value for name, value in broker.environment.items() if name.startswith("MGEPROF_NATS_")}
    together = {**environment, **nats}
    for name, value in together.items():
        monkeypatch.setenv(name, value)
    return together


@dataclass
class SchedulerRun:
    """Start and stop the scheduler at will."""

    periods: Periods = PERIODS
    _stop: asyncio.Event = field(default_factory=asyncio.Event)
    _task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._stop = asyncio.Event()
        self._task = asyncio.create_task(serve(SchedulerSettings(), self.periods, S3Settings(), self._stop))

    async def stop(self) -> None:
        self._stop.set()
        if self._task is not None:
            await self._task


@pytest.fixture
def periods() -> Periods:
    """What a module may put others in the place of."""
    return PERIODS


@pytest.fixture
async def scheduler(surroundings: dict[str, str], periods: Periods) -> AsyncIterator[SchedulerRun]:
    assert surroundings["MGEPROF_NATS_URL"]
    run = SchedulerRun(periods)
    run.start()
    yield run
    await run.stop()


@pytest.fixture
async def objects(surroundings: dict[str, str]) -> AsyncIterator[ObjectStore]:
    assert surroundings["MGEPROF_NATS_URL"]
    async with ObjectStore.open(S3Settings()) as store:
        await store.ensure_bucket()
        yield store


@pytest.fixture
async def core(surroundings: dict[str, str]) -> AsyncIterator[Client]:
    client = await connect(surroundings["MGEPROF_NATS_URL"], surroundings["MGEPROF_NATS_CORE_SEED"], name="test")
    await ensure_events(client.jetstream(), StreamSettings())
    yield client
    await client.close()


@dataclass
class Tasks:
    """What people do with tasks, straight on the log."""

    log: EventLog
    objects: ObjectStore
    database_url: str

    async def submit(
        self,
        *,
        engine: str = "1.13.0",
        kind: TaskKind = TaskKind.PROFILE,
        model_id: ModelId = SUBMITTED.model_id,
        **options: float,
    ) -> AggregateKey:
        task_id = TaskId(new_id())
        request = RequestDocument(inputs={"data": InputFile(sha256="b" * 64)}).model_dump_json().encode()
        await self.objects.put_bytes(keys.request(task_id), request)
        changes = {
            "options": ProfileOptions.model_validate(options),
            "request": hashlib.sha256(request).hexdigest(),
            "engine": engine,
            "kind": kind,
            "model_id": model_id,
        }
        key = task_key(Platform.X86, task_id)
        await self._command(key, Submit(SUBMITTED.model_copy(update=changes)))
        return key

    async def place(self, owner: AccountId) -> AggregateKey:
        """A task of somebody's; what it is to run is of no concern."""
        key, id_ = task_key(Platform.X86, TaskId(new_id())), CommandId(new_id())
        await execute(self.log, TASK, key, Submit(SUBMITTED), Origin(id_, owner, owner, id_), _now, _NEW)
        return key

    async def until_queued(self, task: TaskId) -> None:
        """Until it waits for a runner, however many are in front of it."""
        async with asyncio.timeout(_WITHIN_S):
            while True:
                if len(await self.log.history(task_key(Platform.X86, task))) > 1:
                    return
                await asyncio.sleep(0.2)

    async def upload(self, model_id: ModelId) -> None:
        id_ = CommandId(new_id())
        upload = Upload(Uploaded(sha256=SUBMITTED.model, size=10))
        await execute(self.log, MODEL, model_key(model_id), upload, Origin(id_, OWNER, OWNER, id_), _now)

    async def forget_board(self) -> None:
        """As if nothing of the log had been folded yet."""
        connection = await asyncpg.connect(self.database_url)
        await connection.execute("TRUNCATE scheduler.open_tasks, scheduler.runners")
        await connection.execute("UPDATE scheduler.checkpoint SET sequence = 0")
        await connection.close()

    async def cancel(self, key: AggregateKey) -> None:
        await self._command(key, Cancel())

    async def _command(self, key: AggregateKey, command: Submit | Cancel) -> None:
        id_ = CommandId(new_id())
        await execute(self.log, TASK, key, command, Origin(id_, OWNER, OWNER, id_), _now)

    async def until(self, key: AggregateKey, *types: str) -> list[Recorded[Fact]]:
        """The task's history as soon as its types are these."""
        async with asyncio.timeout(_WITHIN_S):
            while True:
                history = await self.log.history(key)
                if [event.type for event in history] == list(types):
                    return history
                await asyncio.sleep(_LOOK_AGAIN_S)

    async def until_ended(self, key: AggregateKey) -> Status:
        async with asyncio.timeout(_WITHIN_S):
            while True:
                status = TASK.fold(await self.log.history(key)).status  # type: ignore[arg-type] # the filter lets only tasks through
                if status.ended:
                    return status
                await asyncio.sleep(_LOOK_AGAIN_S)


@pytest.fixture
def tasks(core: Client, objects: ObjectStore, surroundings: dict[str, str]) -> Tasks:
    return Tasks(EventLog(core), objects, surroundings["MGEPROF_DATABASE_URL"])


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass
class ScriptedRunner:
    """Speaks the runners' protocol over account EDGE; beats only while ``beating``."""

    id: RunnerId
    link: RunnerLink
    attempts: list[AttemptRef] = field(default_factory=list)
    stopped: list[AttemptRef] = field(default_factory=list)
    taken: set[AttemptRef] = field(default_factory=set)
    """Also what has ended since: its order may come once more, published again before a beat listed it."""
    beating: bool = True

    async def hello(self) -> Welcome:
        async with asyncio.timeout(_WITHIN_S):
            while True:
                with contextlib.suppress(Exception):
                    return await self.link.call(HELLO, Hello(platform=Platform.X86, description=DESCRIBED), Welcome)
                await asyncio.sleep(0.05)

    async def ready(self) -> None:
        await self.link.tell(READY, Ready(free=1))

    async def beat_for_ever(self) -> None:
        while True:
            if self.beating:
                with contextlib.suppress(Exception):
                    await self.beat()
            await asyncio.sleep(0.1)

    async def beat(self, *reported: AttemptRef) -> BeatAnswer:
        free = 0 if self.attempts else 1
        beat = Beat(free=free, attempts=tuple(self.attempts), reported=reported, load=0.0)
        answer = await self.link.call(BEAT, beat, BeatAnswer)
        self.stopped.extend(answer.stop)
        return answer

    async def take(self) -> OrderMessage:
        """Take one order and list it in the beats from now on."""
        async with asyncio.timeout(_WITHIN_S), contextlib.aclosing(self.link.orders()) as orders:
            async for message in orders:
                await message.accept()
                if message.ref not in self.taken:
                    self.taken.add(message.ref)
                    self.attempts.append(message.ref)
                    return message
        raise AssertionError("orders never end")

    async def report(self, ref: AttemptRef, result: Result, id_: UUID | None = None) -> Report:
        report = Report(id=id_ or new_id(), ref=ref, result=result)
        await self.link.send_report(report)
        with contextlib.suppress(ValueError):
            self.attempts.remove(ref)
        return report


@pytest.fixture
async def runner(scheduler: SchedulerRun, broker: Services) -> AsyncIterator[ScriptedRunner]:
    assert scheduler.periods.lease_s
    id_ = RunnerId(UUID(broker.secrets.runner_id))
    client = await connect(
        broker.environment["MGEPROF_NATS_URL"],
        broker.secrets.nats_edge,
        name="scripted runner",
        inbox_prefix=f"_INBOX_{id_}",
    )
    scripted = ScriptedRunner(id_, RunnerLink(client, id_, timeout_s=1.0))
    assert (await scripted.hello()).refused is None
    beats = asyncio.create_task(scripted.beat_for_ever())
    yield scripted
    await cancel_all([beats])
    await client.close()
