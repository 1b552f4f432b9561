"""`mgeprof projections`: looking at the read models, building them anew, and checking them against the log."""
"""`mgeprof projections`: are the tables that people read what the log says?"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Annotated, TypeVar

import typer
from rich.console import Console
from rich.table import Table

from core.nats.connection import BrokerUnreachableError
from core.nats.log import LogUnavailableError
from core.postgres.connection import DatabaseUnreachableError
from infra.cli.control_plane import DEFAULT_HOME, ControlPlane, HomeOption, control_plane, settings_of
from projections.projector import FAULTS
from projections.read_model import Projection
from projections.read_models import READ_MODELS
from projections.rebuild import renew_model
from projections.state import Lag, Listed, NotBuiltError, lag_of, listed
from projections.verify import Verdict, verify

app = typer.Typer(no_args_is_help=True)

T = TypeVar("T")
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]
# What a person can do something about; anything else is a defect and shows where it happened.
_EXPECTED = (BrokerUnreachableError, DatabaseUnreachableError, LogUnavailableError, NotBuiltError, *FAULTS)


def _model(name: str) -> str:
    if name not in {model.table for model in READ_MODELS}:
        raise typer.BadParameter(f"There are: {', '.join(model.table for model in READ_MODELS)}.")
    return name
from pathlib import Path
from typing import TYPE_CHECKING

import typer
from rich.console import Console

from infra.cli.installation import HomeOption, console_of_errors, places, run

if TYPE_CHECKING:
    from projections.rebuild import Difference

app = typer.Typer(no_args_is_help=True)
BESIDE = "verified"
"""The schema that is made for it, and taken away."""


@app.callback()
def projections() -> None:
    """Look at the tables that are made from the log, build them anew, check them."""


@app.command("list")
def list_models(as_json: JsonOption = False, home: HomeOption = DEFAULT_HOME) -> None:
    """List the read models: version, rows, size, since when, and whether they are of today's shape."""
    found = _run(home, lambda plane: listed(plane.pool, plane.live))
    if as_json:
        typer.echo(json.dumps([{**vars(one), "built_at": one.built_at.isoformat()} for one in found], indent=2))
    else:
        Console().print(_listing(found))


@app.command()
def lag(as_json: JsonOption = False, home: HomeOption = DEFAULT_HOME) -> None:
    """Say how far the read models are behind the log, and where and why the projector stopped if it did. Ends with 1 then."""
    found = _run(home, lambda plane: lag_of(plane.pool, plane.log, plane.live))
    if as_json:
        at = None if found.event_time is None else found.event_time.isoformat()
        typer.echo(json.dumps({**vars(found), "event_time": at, "behind": found.behind}, indent=2))
    else:
        typer.echo(_told(found))
    if found.fault is not None:
        raise typer.Exit(1)


@app.command()
def rebuild(
    name: Annotated[str, typer.Argument(help="As `list` calls it.", callback=_model)], home: HomeOption = DEFAULT_HOME
) -> None:
    """Build a read model anew from the whole log, beside the live one, and put it in its place when it has caught up."""
    [model] = (one for one in READ_MODELS if one.table == name)

    async def work(plane: ControlPlane) -> int:
        async with plane.pool.acquire() as connection:
            return await renew_model(connection, plane.log, plane.live, model)

    typer.echo(f"{name} was built anew, as of place {_run(home, work)} of the log")


@app.command("verify")
def verify_models(
    names: Annotated[list[str] | None, typer.Argument(help="Which ones; all if not given.", show_default=False)] = None,
    as_json: JsonOption = False,
    home: HomeOption = DEFAULT_HOME,
) -> None:
    """Fold the log anew, beside the live tables, and compare digests. Ends with 1 when a table is not what the log says."""
    chosen: list[Projection] = [one for one in READ_MODELS if one.table in {_model(name) for name in names or ()}]
    verdicts = _run(home, lambda plane: verify(plane.pool, plane.log, plane.live, chosen or READ_MODELS))
    if as_json:
        typer.echo(json.dumps([_document(one) for one in verdicts], indent=2))
    else:
        Console().print(_verdicts(verdicts))
    if not all(one.equal for one in verdicts):
        raise typer.Exit(1)


def _run(home: HomeOption, work: Callable[[ControlPlane], Awaitable[T]]) -> T:
    settings = settings_of(home)

    async def with_plane() -> T:
        async with control_plane(settings) as plane:
            return await work(plane)

    try:
        return asyncio.run(with_plane())
    except _EXPECTED as error:
        Console(stderr=True, highlight=False).print(f"mgeprof: {error}", style="red", markup=False, soft_wrap=True)
        raise typer.Exit(1) from error


def _listing(found: list[Listed]) -> Table:
    table = Table(box=None, header_style="bold")
    for column in ("name", "version", "rows", "MiB", "built", ""):
        table.add_column(column, justify="right" if column in {"version", "rows", "MiB"} else "left")
    for one in found:
        state = "" if one.current else "of another shape: the projector builds it anew when it starts"
        built = one.built_at.astimezone().strftime("%Y-%m-%d %H:%M:%S")
        table.add_row(one.name, str(one.version), str(one.rows), f"{one.bytes / 2**20:.1f}", built, state)
    return table


def _told(found: Lag) -> str:
    lines = [f"place {found.sequence} of {found.last}: {found.behind} events behind"]
    if found.behind and found.event_time is not None:
        age = (datetime.now(UTC) - found.event_time).total_seconds()
        lines.append(f"the last event that was applied is {age:.0f} s old")
    if found.fault is not None:
        lines.append(f"the projector stopped: {found.fault}")
    return "\n".join(lines)


def _verdicts(found: list[Verdict]) -> Table:
    table = Table(box=None, header_style="bold")
    for column in ("name", "at", "rows", "digest", ""):
        table.add_column(column, justify="right" if column in {"at", "rows"} else "left", overflow="fold")
    for one in found:
        named = ", ".join(map(str, one.differing))
        word = "as the log says" if one.equal else f"NOT as the log says: {one.fresh.rows} rows were right; {named}"
        table.add_row(one.table, str(one.sequence), str(one.live.rows), one.live.sha256[:16], word)
    return table


def _document(one: Verdict) -> dict[str, object]:
    return {
        "name": one.table,
        "sequence": one.sequence,
        "equal": one.equal,
        "live": vars(one.live),
        "fresh": vars(one.fresh),
        "differing": [str(id_) for id_ in one.differing],
    }
    """Hold the tables that people read against the event log."""


@app.command()
def verify(home: HomeOption = None) -> None:
    """Make every table anew from the log, beside the live ones, and compare row by row. Ends with 1 when any differs."""
    sequence, found = run(lambda: _verified(home), console_of_errors())
    console = Console(highlight=False, soft_wrap=True)
    for one in found:
        console.print(f"{one.table}: {one.id or 'the checkpoint'} differs", markup=False)
    if found:
        raise typer.Exit(1)
    console.print(f"equal, at event {sequence}")


async def _verified(home: Path | None) -> tuple[int, list[Difference]]:
    from core.postgres.connection import open_pool
    from projections import schema
    from projections.rebuild import differences, rebuild
    from projections.settings import SCHEMA

    async with places(home) as there, await open_pool(there.database_url, size=1) as pool, pool.acquire() as connection:
        live = f'SELECT sequence FROM "{SCHEMA}".projection_checkpoint'  # noqa: S608 - our own name
        try:
            while True:
                upto = await connection.fetchval(live)
                await rebuild(there.events, there.database_url, BESIDE, upto)
                found = await differences(connection, SCHEMA, BESIDE)
                # The projector may have gone on while we looked.
                if await connection.fetchval(live) == upto:
                    return upto, found
                await asyncio.sleep(0)
        finally:
            await schema.drop(connection, BESIDE)
