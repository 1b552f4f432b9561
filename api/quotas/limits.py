"""What an account may still use. Numbers are the tables' own, so that a submission sees the one before it."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import ceil
from typing import Final

from api.errors.problem import RefusedError
from api.parts import Parts
from core.domain.told import Told
from core.events.ids import AccountId
from core.postgres.queries import Queries
from projections.account_directory import queries as accounts

_SQL: Final = Queries.beside(__file__)
_DAY: Final = timedelta(days=1)


@dataclass(frozen=True)
class Quota:
    """None: without end."""

    tasks_a_day: int | None
    running: int | None
    stored_bytes: int | None


@dataclass(frozen=True)
class Usage:
    """``oldest``: the first submission of the last 24 hours."""

    tasks_today: int
    oldest: datetime | None
    running: int
    stored_bytes: int


async def quota_of(parts: Parts, account: AccountId) -> Quota:
    """The account's own numbers, and the installation's where it has none."""
    entry = (await accounts.entries(parts.pool, [account])).get(account)
    everybody = parts.settings.quota
    if entry is None:
        return Quota(everybody.tasks_a_day, everybody.running, everybody.stored_bytes)
    return Quota(
        everybody.tasks_a_day if entry.tasks_a_day is None else entry.tasks_a_day,
        everybody.running if entry.running is None else entry.running,
        everybody.stored_bytes if entry.stored_bytes is None else entry.stored_bytes,
    )


async def usage_of(parts: Parts, account: AccountId) -> Usage:
    tasks, oldest = await _tasks(parts, account)
    running = await parts.pool.fetchval(_SQL["running"], account)
    return Usage(tasks, oldest, int(running), await _stored(parts, account))


async def check_submission(parts: Parts, account: AccountId) -> None:
    """Raises RefusedError with ``quota_tasks``."""
    limit = (await quota_of(parts, account)).tasks_a_day
    if limit is None:
        return
    tasks, oldest = await _tasks(parts, account)
    if tasks < limit:
        return
    again = max(1, ceil(((oldest or datetime.now(UTC)) + _DAY - datetime.now(UTC)).total_seconds()))
    raise RefusedError(
        "quota_tasks",
        Told(
            "{tasks} of {limit} tasks were submitted in the last 24 hours; the next one fits in {again} s.",
            tasks=tasks,
            limit=limit,
            again=again,
        ),
    )


async def check_upload(parts: Parts, account: AccountId, size: int) -> None:
    """Raises RefusedError with ``quota_bytes``."""
    limit = (await quota_of(parts, account)).stored_bytes
    if limit is None:
        return
    stored = await _stored(parts, account)
    if stored + size > limit:
        raise RefusedError(
            "quota_bytes",
            Told("{stored} of {limit} bytes are used; this file has {size}.", stored=stored, limit=limit, size=size),
        )


async def _tasks(parts: Parts, account: AccountId) -> tuple[int, datetime | None]:
    row = await parts.pool.fetchrow(_SQL["tasks_today"], account)
    return (0, None) if row is None else (row["tasks"], row["oldest"])


async def _stored(parts: Parts, account: AccountId) -> int:
    return int(await parts.pool.fetchval(_SQL["stored_bytes"], account))
