"""`mgeprof backup` and `mgeprof restore`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from infra.cli.installation import HomeOption, console_of_errors, on_a_home, places, run

if TYPE_CHECKING:
    from infra.backup.folder import Manifest
    from infra.backup.sealed import Sealed

app = typer.Typer()


@app.command()
def backup(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="A folder that is not there yet.")],
    home: HomeOption = None,
    earlier: Annotated[
        Path | None,
        typer.Option(metavar="FOLDER", help="An earlier backup on the same disk: its models and inputs are linked."),
    ] = None,
) -> None:
    """Write the event log, the tables and all files into a folder, as they are at one moment. Everything may go on running."""
    from infra.backup.folder import Folder
    from infra.backup.sealed import sealed
    from infra.backup.take import take

    console = console_of_errors()

    async def work() -> tuple[Manifest, Sealed]:
        async with places(home) as there:
            taken = await take(there, folder.absolute(), earlier=earlier, say=_say(console))
            return taken, sealed(Folder(folder.absolute()), taken, there.sealer)

    done, secrets = run(work, console)
    size = done.object_bytes / 2**20
    console.print(f"{folder}: {done.sequence} events, {len(done.tables)} tables, {done.objects} files ({size:.1f} MiB)")
    keys = (
        "secrets.json of the home"
        if on_a_home(home)
        else "the folder of `mgeprof deploy keys`, or wherever you keep them"
    )
    console.print(f"The installation's own keys are not in it, on purpose: keep {keys} elsewhere.", markup=False)
    if secrets.webhooks:
        console.print(f"Without MGEPROF_WEBHOOKS_KEY the secrets of its {secrets.webhooks} webhooks cannot be opened.")
    _warn(console, secrets)


@app.command()
def restore(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="A backup.", exists=True, file_okay=False)],
    home: HomeOption = None,
) -> None:
    """Put a backup back, where nothing is yet: an empty home, or an empty broker, database and bucket."""
    from infra.backup.restore import checked
    from infra.backup.restore import restore as put_back
    from infra.backup.sealed import sealed

    console = console_of_errors()

    async def work() -> Manifest:
        _say(console)("checking the backup")
        found, manifest = checked(folder.absolute())
        async with places(home) as there:
            _warn(console, sealed(found, manifest, there.sealer))
            await put_back(there, found, manifest, say=_say(console))
        return manifest

    done = run(work, console)
    console.print(f"Restored as it was at {done.taken_at}, up to event {done.sequence}.")
    console.print("Start mgeprof: the lists that people read are made anew from the log.")


def _warn(console: Console, secrets: Sealed) -> None:
    if (warning := secrets.warning()) is not None:
        console.print(warning, style="yellow", markup=False)


def _say(console: Console) -> Callable[[str], None]:
    return lambda words: console.print(words, style="dim", markup=False)
