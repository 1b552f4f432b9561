"""What operators' commands share: which installation is meant, and errors as one line."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Coroutine
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer
from rich.console import Console

if TYPE_CHECKING:
    from infra.backup.places import Places

T = TypeVar("T")

DEFAULT_HOME = Path(".mgeprof")
HomeOption = Annotated[
    Path | None,
    typer.Option(
        "--home",
        metavar="DIR",
        help="The home of a `mgeprof up`. Without it: what the MGEPROF_ variables of the api name, else .mgeprof.",
        show_default=False,
    ),
]


def places(home: Path | None) -> AbstractAsyncContextManager[Places]:
    """Broker, database and bucket."""
    from infra.backup.places import of_environment, of_home

    return of_home(home or DEFAULT_HOME) if on_a_home(home) else of_environment()


def on_a_home(home: Path | None) -> bool:
    """Whether that of a `mgeprof up` is meant."""
    return home is not None or not ("MGEPROF_NATS_URL" in os.environ or "MGEPROF_SECRETS_DIR" in os.environ)


def run(work: Callable[[], Coroutine[None, None, T]], console: Console) -> T:
    """Do it; an expected error becomes a line and the exit code 1."""
    from core.nats.connection import BrokerUnreachableError
    from core.nats.snapshot import SnapshotError
    from core.postgres.connection import DatabaseUnreachableError
    from core.postgres.copying import TablesBusyError
    from core.s3.errors import DigestMismatchError, StorageUnavailableError
    from infra.backup.folder import BackupError
    from infra.embedded.home import HomeInUseError

    try:
        return asyncio.run(work())
    except (
        *(BackupError, SnapshotError, TablesBusyError, HomeInUseError, OSError, LookupError, ValueError),
        *(BrokerUnreachableError, DatabaseUnreachableError, StorageUnavailableError, DigestMismatchError),
    ) as error:
        console.print(f"mgeprof: {error}", style="red", markup=False)
        raise typer.Exit(1) from error


def console_of_errors() -> Console:
    """For everything but results."""
    return Console(stderr=True, highlight=False, soft_wrap=True)
