"""Whether the live read models are what the log says: folded anew beside them, and compared."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from core.nats.log import EventLog
from core.postgres.connection import Connection, Pool
from projections import checkpoint, schema
from projections.read_model import Projection
from projections.read_models import READ_MODELS
from projections.rebuild import build, fill

MOST_NAMED = 20


@dataclass(frozen=True)
class Difference:
    """A row that stands in one schema and not, or not the same, in the other. ``id`` is None for the checkpoint."""

    table: str
    id: UUID | None


@dataclass(frozen=True)
class Digest:
    """Of a table's rows in the order of their ids, however they came there: SHA-256 over the MD5 of each row as text."""

    rows: int
    sha256: str


@dataclass(frozen=True)
class Verdict:
    """``sequence``: the place in the log at which the table was looked at. ``differing``: ids of rows that are not as they should be, not all if they are many."""

    table: str
    sequence: int
    live: Digest
    fresh: Digest
    differing: tuple[UUID, ...] = ()

    @property
    def equal(self) -> bool:
        return self.live == self.fresh


async def verify(pool: Pool, log: EventLog, live: str, models: Sequence[Projection] = READ_MODELS) -> list[Verdict]:
    """Fold the log anew as far as the live read models are and compare; they are written meanwhile. Needs two connections of the pool.

    Raises one of ``projector.FAULTS`` when the log cannot be folded.
    """
    beside = f"{live}_verify"
    async with pool.acquire() as builder, pool.acquire() as reader:
        await schema.drop(builder, beside)
        await build(builder, log, beside, models, (await checkpoint.read_in(reader, live)).sequence)
        async with reader.transaction(isolation="repeatable_read", readonly=True):
            sequence = (await checkpoint.read_in(reader, live)).sequence
            digests = {model.table: await digest(reader, live, model) for model in models}
        await fill(builder, log, sequence, models)
        verdicts = []
        for model in models:
            fresh = await digest(builder, beside, model)
            named = await _differing(builder, live, beside, model, sequence) if fresh != digests[model.table] else ()
            verdicts.append(Verdict(model.table, sequence, digests[model.table], fresh, named))
        await schema.drop(builder, beside)
    return verdicts


async def digest(connection: Connection, name: str, model: Projection) -> Digest:
    columns = ", ".join(model.columns)
    over = "encode(sha256(convert_to(coalesce(string_agg(md5(t::text), '' ORDER BY id), ''), 'UTF8')), 'hex')"
    source = f'(SELECT {columns} FROM "{name}".{model.table})'  # noqa: S608 - our own names
    row = await connection.fetchrow(f"SELECT count(*) AS rows, {over} AS sha256 FROM {source} t")  # noqa: S608
    if row is None:
        raise LookupError(f"{name}.{model.table} could not be read")
    return Digest(**dict(row))


async def _differing(
    connection: Connection, live: str, fresh: str, model: Projection, sequence: int
) -> tuple[UUID, ...]:
    """Rows that changed since are left out: what they were is gone."""
    columns = ", ".join(model.columns)
    rows = await connection.fetch(
        f'''
        WITH live AS (SELECT {columns} FROM "{live}".{model.table}), fresh AS (SELECT {columns} FROM "{fresh}".{model.table})
        SELECT id FROM (
            (SELECT * FROM live WHERE sequence <= $1 EXCEPT SELECT * FROM fresh)
            UNION ALL
            (SELECT * FROM fresh WHERE NOT EXISTS (SELECT FROM live WHERE live.id = fresh.id))
        ) differing LIMIT $2
        ''',  # noqa: S608 - our own names
        sequence,
        MOST_NAMED,
    )
    return tuple(row["id"] for row in rows)


async def differences(connection: Connection, one: str, other: str) -> list[Difference]:
    """Where two schemas differ, checkpoints included; empty when every row is equal."""
    found: list[Difference] = []
    for table, columns in [("projection_checkpoint", "NULL::uuid AS id, sequence")] + [
        (model.table, ", ".join(model.columns)) for model in READ_MODELS
    ]:
        left, right = (f'SELECT {columns} FROM "{name}".{table}' for name in (one, other))  # noqa: S608 - our own names
        rows = await connection.fetch(
            f"SELECT DISTINCT id FROM (({left} EXCEPT {right}) UNION ALL ({right} EXCEPT {left})) differing"  # noqa: S608
        )
        found += [Difference(table, row["id"]) for row in rows]
    return found
