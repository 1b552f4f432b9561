"""`list_flatness`, `list_best_flatness`: pages of a list with a million runs against those of one with ten thousand."""

from __future__ import annotations

import random
import statistics
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from time import perf_counter

from bench.frame import Figure, Goal
from core.events.ids import Platform
from core.postgres.connection import Connection, open_pool
from infra.embedded.services import Services
from projections import schema
from projections.task_list.fold import TASK_LIST
from projections.task_list.queries import Filter, Sort, tasks
from projections.task_state import State

Tries = list[float]
"""Of one page, in milliseconds."""
SMALL, LARGE = 10_000, 1_000_000
MOST_RATIO = 1.3
_PAGES = 2_000
_TRIES = 3
"""What else runs on the machine hits some tries of a page, hardly ever all."""
_DEPTH = 5
"""Pages that are turned from the beginning of a list."""
_FILL = """
INSERT INTO task_list
SELECT gen_random_uuid(), (ARRAY['x86','cuda','arm'])[1 + n % 3], md5('owner ' || n % 50)::uuid, 'profile', md5('model ' || n % 500)::uuid, repeat('ab', 32),
    '1.13.0', NULL, CASE WHEN n % 10 < 8 THEN 'completed' WHEN n % 10 = 8 THEN 'failed' ELSE 'cancelled' END, 1, md5('runner ' || n % 20)::uuid,
    at, at + interval '1 s', at + interval '2 s', at + interval '9 s', CASE WHEN n % 10 = 8 THEN 'bad_input' END,
    CASE WHEN n % 10 < 8 THEN random() END, CASE WHEN n % 10 < 8 THEN random() END, 'private', NULL, '{}', NULL, n
FROM (SELECT n, timestamptz '2026-01-01' + n * interval '10 s' AS at FROM generate_series(1, $1::bigint) n) numbered
"""


async def run() -> Sequence[Figure]:
    """The 99th percentile over pages of all orders, by turns in both lists; ten groups of pages each. Once over first tries, once over each page's best try."""
    with tempfile.TemporaryDirectory(prefix="mgeprof-bench-") as folder:
        async with Services(Path(folder), {"postgres"}) as services:
            url = services.environment["MGEPROF_DATABASE_URL"]
            async with await open_pool(url, size=1) as pool, pool.acquire() as connection:
                for name, rows in (("small", SMALL), ("large", LARGE)):
                    await schema.create(connection, name, [TASK_LIST], indexed=False)
                    await connection.execute(_FILL, rows)
                    await schema.index(connection, [TASK_LIST])
                    await connection.execute("VACUUM ANALYZE task_list")
                small, large = await _measured(connection)
    return [
        Figure("list_flatness", "ms", _p99s(map(_first, large)), _p99s(map(_first, small)), Goal(MOST_RATIO)),
        Figure("list_best_flatness", "ms", _p99s(map(min, large)), _p99s(map(min, small)), Goal(MOST_RATIO)),
    ]


async def _measured(connection: Connection) -> tuple[list[Tries], list[Tries]]:
    taken: dict[str, list[Tries]] = {"small": [], "large": []}
    for number in range(_PAGES // _DEPTH):
        for name in _chance(number).sample(sorted(taken), 2):
            await schema.use(connection, name)
            taken[name] += await _turn_pages(connection, _chance(number))
    return taken["small"], taken["large"]


def _chance(number: int) -> random.Random:
    """The same for both lists."""
    return random.Random(number)  # noqa: S311 - nobody is to be kept from guessing


async def _turn_pages(connection: Connection, chance: random.Random) -> list[Tries]:
    where = chance.choice(
        (
            Filter(),
            Filter(state=(State.COMPLETED,)),
            Filter(platform=(Platform.X86,)),
            Filter(state=(State.FAILED, State.CANCELLED), platform=(Platform.ARM,)),
        )
    )
    sort, descending = chance.choice(list(Sort)), chance.random() < 0.5
    cursor: str | None = None
    taken = []
    for _ in range(_DEPTH):
        tries = []
        for _ in range(_TRIES):
            begin = perf_counter()
            page = await tasks(connection, where, sort=sort, descending=descending, limit=50, cursor=cursor)
            tries.append((1000 * (perf_counter() - begin), page.next_cursor))
        taken.append([milliseconds for milliseconds, _ in tries])
        cursor = tries[0][1]
    return taken


def _first(tries: Tries) -> float:
    return tries[0]


def _p99s(pages: Iterable[float]) -> list[float]:
    taken = list(pages)
    size = len(taken) // 10
    return [statistics.quantiles(taken[place : place + size], n=100)[98] for place in range(0, 10 * size, size)]
