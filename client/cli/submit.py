"""`mgeprof submit`: upload, ask for a run, and wait for it if wanted."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from client.cli import device_options, group_options, input_options
from client.cli.device_options import Wanted
from client.cli.input_options import Given, given, image_options
from client.cli.options import DespiteLosses, Home, Json, Url, existing_file
from client.cli.run_options import with_run_options
from client.ids import is_id

if TYPE_CHECKING:
    from client.cli.session import Session
    from client.client import Client
    from client.models import Model, Task


@dataclass(frozen=True)
class Order:
    """What the command line asks for. ``options`` holds what was given; the server knows the rest."""

    model: str
    inputs: Given
    dataset: str | None
    platform: str
    engine: str
    options: dict[str, Any]
    name: str | None
    output_names: tuple[str, ...] = ()
    device: Wanted = field(default_factory=Wanted)
    project: str | None = None
    tags: tuple[str, ...] = ()
    despite_losses: bool = False


@with_run_options
def submit(  # noqa: PLR0913, PLR0917  (a command's parameters are its options)
    model: Annotated[
        str,
        typer.Argument(
            metavar="MODEL", help="A dumped graph (.mge), or the id of an uploaded model.", show_default=False
        ),
    ],
    platform: Annotated[str, typer.Option(help="Where to run: x86, cuda or arm.", show_default=False)],
    engine: Annotated[str, typer.Option(help="The MegEngine version, such as 1.13.0.", show_default=False)],
    data: input_options.Data = None,
    random: input_options.Random = None,
    image_mean: input_options.Mean = None,
    image_scale: input_options.Scale = None,
    image_order: input_options.Order = None,
    image_layout: input_options.Layout = None,
    image_resize: input_options.Resize = None,
    dataset: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="A dataset that holds the rest of the inputs.", show_default=False),
    ] = None,
    name: Annotated[str | None, typer.Option(help="What to call the run.", show_default=False)] = None,
    output_name: input_options.OutputName = None,
    device: device_options.Device = None,
    label: device_options.Label = None,
    pool: device_options.Pool = None,
    project: group_options.Project = None,
    tag: group_options.Tag = None,
    despite_losses: DespiteLosses = False,
    wait: Annotated[
        bool, typer.Option("--wait", help="Wait for the end and show the result; exit code 1 unless it completed.")
    ] = False,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Show the engine's log while waiting.")] = False,
    as_json: Json = False,
    url: Url = None,
    home: Home = None,
    *,
    options: dict[str, Any],
) -> None:
    """Upload a model and its input data, and run it on a device."""
    if not is_id(model) or Path(model).exists():
        existing_file(Path(model))
    image = image_options(image_mean, image_scale, image_order, image_layout, image_resize)
    order = Order(
        model,
        given(data or [], random or [], image),
        dataset,
        platform,
        engine,
        options,
        name,
        tuple(output_name or ()),
        Wanted(device, tuple(label or ()), pool),
        project,
        tuple(tag or ()),
        despite_losses,
    )

    from client.cli.session import Session
    from client.cli.waiting import tell_new

    session = Session(url, home, as_json)
    task = session.run(lambda client: place(client, order, session))
    tell_new(session, task, wait=wait, verbose=verbose)


async def place(client: Client, order: Order, session: Session) -> Task:
    """Bring the files to the server and ask for the run."""
    from client.cli.given import bring
    from client.cli.group_options import grouped
    from client.fleet import Fleet

    groups = await grouped(client, order.project, list(order.tags))
    model = await bring_model(client, order.model, session)
    data = {**await bring(client, order.inputs, session), **groups}
    if order.dataset is not None:
        data["dataset"] = (await client.dataset(order.dataset)).id
    if order.output_names:
        data["output_names"] = list(order.output_names)
    if order.device != Wanted():
        data["device"] = await Fleet(client.http).wanted(order.device)
    return await client.submit(
        model,
        inputs=data.pop("inputs", {}),
        data=data,
        platform=order.platform,
        engine=order.engine,
        options=order.options,
        name=order.name,
        despite_losses=order.despite_losses,
    )


async def bring_model(client: Client, model: str, session: Session) -> Model:
    """The model of that file, uploaded, or of that id."""
    from client.progress import UploadProgress

    file = Path(model)
    if not file.exists():
        return await client.model(model)
    with UploadProgress(session.aside, shown=not session.as_json) as progress:
        return await client.upload_model(file, progress.watch(file))
