"""Where an operator's commands find log and database: in the environment, as the processes do, or in the home of a running `mgeprof up`."""

from __future__ import annotations

import json
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer
from pydantic import SecretStr

from core.configuration import configured
from core.nats.connection import connect
from core.nats.log import EventLog
from core.postgres.connection import Pool, open_pool
from infra.embedded.home import running_stack
from infra.embedded.ports import HOST
from infra.embedded.postgres_server import database_url
from projections.settings import Settings

DEFAULT_HOME = Path(".mgeprof")
HomeOption = Annotated[
    Path, typer.Option("--home", help="The home of a running `mgeprof up`, where no MGEPROF_ variables are set.")
]
_PATIENCE_S = 10.0


@dataclass(frozen=True)
class ControlPlane:
    """``live``: the schema of the read models."""

    log: EventLog
    pool: Pool
    live: str


def settings_of(home: Path) -> Settings:
    """Raises typer.Exit: 1 when neither the environment nor a running stack says where things are."""
    if "MGEPROF_DATABASE_URL" in os.environ:
        return configured(Settings)
    stack = running_stack(home)
    if stack is None:
        typer.echo(f"Nothing runs on {home}: name a home with --home, or set the MGEPROF_ variables.", err=True)
        raise typer.Exit(1)
    secrets, ports = json.loads((home / "secrets.json").read_text()), stack["ports"]
    return Settings(
        nats_url=f"nats://{HOST}:{ports['nats']}",
        nats_core_seed=SecretStr(secrets["nats_core"]),
        database_url=SecretStr(database_url(ports["postgres"], secrets["postgres_password"])),
    )


@asynccontextmanager
async def control_plane(settings: Settings) -> AsyncIterator[ControlPlane]:
    """Raises BrokerUnreachableError and DatabaseUnreachableError."""
    seed = settings.nats_core_seed.get_secret_value()
    nc = await connect(settings.nats_url, seed, name="operator", timeout_s=_PATIENCE_S)
    try:
        pool = await open_pool(settings.database_url.get_secret_value(), size=3, timeout_s=_PATIENCE_S)
        try:
            yield ControlPlane(EventLog(nc), pool, settings.projector_schema)
        finally:
            await pool.close()
    finally:
        await nc.close()
