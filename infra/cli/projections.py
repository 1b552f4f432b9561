"""`mgeprof projections`: looking at the read models, building them anew, and checking them against the log."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, TypeVar

import typer
from rich.console import Console
from rich.table import Table

from core.nats.log import EventLog, LogUnavailableError
from core.postgres.connection import Pool, open_pool
from infra.cli.installation import HomeOption, console_of_errors, places, run
from projections.projector import FAULTS
from projections.read_model import Projection
from projections.read_models import READ_MODELS
from projections.rebuild import renew_model
from projections.settings import SCHEMA
from projections.state import Lag, Listed, lag_of, listed
from projections.verify import Verdict, verify

app = typer.Typer(no_args_is_help=True)

T = TypeVar("T")
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def _model(name: str) -> str:
    if name not in {model.table for model in READ_MODELS}:
        raise typer.BadParameter(f"There are: {', '.join(model.table for model in READ_MODELS)}.")
    return name


@app.callback()
def projections() -> None:
    """Look at the tables that are made from the log, build them anew, check them."""


@app.command("list")
def list_models(as_json: JsonOption = False, home: HomeOption = None) -> None:
    """List the read models: version, rows, size, since when, and whether they are of today's shape."""
    found = _run(home, lambda _, pool: listed(pool, SCHEMA))
    if as_json:
        typer.echo(json.dumps([{**vars(one), "built_at": one.built_at.isoformat()} for one in found], indent=2))
    else:
        Console().print(_listing(found))


@app.command()
def lag(as_json: JsonOption = False, home: HomeOption = None) -> None:
    """Say how far the read models are behind the log, and where and why the projector stopped if it did. Ends with 1 then."""
    found = _run(home, lambda log, pool: lag_of(pool, log, SCHEMA))
    if as_json:
        at = None if found.event_time is None else found.event_time.isoformat()
        typer.echo(json.dumps({**vars(found), "event_time": at, "behind": found.behind}, indent=2))
    else:
        typer.echo(_told(found))
    if found.fault is not None:
        raise typer.Exit(1)


@app.command()
def rebuild(
    name: Annotated[str, typer.Argument(help="As `list` calls it.", callback=_model)], home: HomeOption = None
) -> None:
    """Build a read model anew from the whole log, beside the live one, and put it in its place when it has caught up."""
    [model] = (one for one in READ_MODELS if one.table == name)

    async def work(log: EventLog, pool: Pool) -> int:
        async with pool.acquire() as connection:
            return await renew_model(connection, log, SCHEMA, model)

    typer.echo(f"{name} was built anew, as of place {_run(home, work)} of the log")


@app.command("verify")
def verify_models(
    names: Annotated[list[str] | None, typer.Argument(help="Which ones; all if not given.", show_default=False)] = None,
    as_json: JsonOption = False,
    home: HomeOption = None,
) -> None:
    """Fold the log anew, beside the live tables, and compare digests. Ends with 1 when a table is not what the log says."""
    chosen: list[Projection] = [one for one in READ_MODELS if one.table in {_model(name) for name in names or ()}]
    verdicts = _run(home, lambda log, pool: verify(pool, log, SCHEMA, chosen or READ_MODELS))
    if as_json:
        typer.echo(json.dumps([_document(one) for one in verdicts], indent=2))
    else:
        if all(one.equal for one in verdicts):
            typer.echo(f"equal, at event {max(one.sequence for one in verdicts)}")
        Console().print(_verdicts(verdicts))
    if not all(one.equal for one in verdicts):
        raise typer.Exit(1)


def _run(home: Path | None, work: Callable[[EventLog, Pool], Awaitable[T]]) -> T:
    """With the log, and a database pool of its own. Raises typer.Exit: 1 when something does not answer, or cannot be folded."""
    console = console_of_errors()

    async def with_places() -> T:
        async with places(home) as there, await open_pool(there.database_url, size=3) as pool:
            return await work(there.events, pool)

    try:
        return run(with_places, console)
    except (LogUnavailableError, *FAULTS) as error:
        console.print(f"mgeprof: {error}", style="red", markup=False)
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
