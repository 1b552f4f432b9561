"""`mgeprof submit`: upload, ask for a run, and wait for it if wanted."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from client.cli.device_options import Wanted
from client.cli.gathered import gathered
from client.cli.group_options import Groups
from client.cli.input_options import Given, RunInputs
from client.cli.options import DespiteLosses, Home, Json, Url, Verbose, Wait, existing_file
from client.cli.run_options import with_run_options
from client.ids import is_id

if TYPE_CHECKING:
    from client.cli.session import Session
    from client.client import Client
    from client.models import Model, Task


@dataclass(frozen=True)
class Order:
    """What runs are made of, whether one or a sweep of them: ``model`` is a file or an id."""

    model: str
    inputs: Given
    options: RunInputs
    device: Wanted
    groups: Groups

    @classmethod
    def of(cls, model: str, inputs: RunInputs, device: Wanted, groups: Groups) -> Order:
        """Raises typer.BadParameter for files that are not there."""
        if not is_id(model) or Path(model).exists():
            existing_file(Path(model))
        return cls(model, inputs.given(), inputs, device, groups)

    async def bring(self, client: Client, session: Session) -> tuple[Model, dict[str, Any]]:
        """Bring the files to the server; the model, and what else is to be asked for."""
        from client.cli.given import bring

        groups = await self.groups.told(client)
        model = await bring_model(client, self.model, session)
        asked = {**await bring(client, self.inputs, session), **groups}
        if self.options.dataset is not None:
            asked["dataset"] = (await client.dataset(self.options.dataset)).id
        if self.options.output_name:
            asked["output_names"] = list(self.options.output_name)
        return model, asked | await self.device.told(client)


@with_run_options
@gathered
def submit(  # noqa: PLR0913, PLR0917  (a command's parameters are its options)
    model: Annotated[
        str,
        typer.Argument(
            metavar="MODEL", help="A dumped graph (.mge), or the id of an uploaded model.", show_default=False
        ),
    ],
    platform: Annotated[str, typer.Option(help="Where to run: x86, cuda or arm.", show_default=False)],
    engine: Annotated[str, typer.Option(help="The MegEngine version, such as 1.13.0.", show_default=False)],
    inputs: RunInputs,
    device: Wanted,
    groups: Groups,
    name: Annotated[str | None, typer.Option(help="What to call the run.", show_default=False)] = None,
    despite_losses: DespiteLosses = False,
    wait: Wait = False,
    verbose: Verbose = False,
    as_json: Json = False,
    url: Url = None,
    home: Home = None,
    *,
    options: dict[str, Any],
) -> None:
    """Upload a model and its input data, and run it on a device."""
    order = Order.of(model, inputs, device, groups)

    from client.cli.session import Session
    from client.cli.waiting import tell_new

    session = Session(url, home, as_json)

    async def work(client: Client) -> Task:
        brought, asked = await order.bring(client, session)
        return await client.submit(
            brought,
            inputs=asked.pop("inputs", {}),
            data=asked,
            platform=platform,
            engine=engine,
            options=options,
            name=name,
            despite_losses=despite_losses,
        )

    tell_new(session, session.run(work), wait=wait, verbose=verbose)


async def bring_model(client: Client, model: str, session: Session) -> Model:
    """The model of that file, uploaded, or of that id."""
    from client.progress import UploadProgress

    file = Path(model)
    if not file.exists():
        return await client.model(model)
    with UploadProgress(session.aside, shown=not session.as_json) as progress:
        return await client.upload_model(file, progress.watch(file))
