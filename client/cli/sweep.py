"""`mgeprof sweep` and `mgeprof sweeps`: many runs at once, as a matrix."""

from __future__ import annotations

import asyncio
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from client.cli import device_options, group_options, input_options
from client.cli.device_options import Wanted
from client.cli.input_options import given, image_options
from client.cli.options import DespiteLosses, Everybody, Home, Json, Url, existing_file
from client.cli.run_options import FLAGS, with_run_options
from client.ids import is_id

if TYPE_CHECKING:
    from client.cli.session import Session
    from client.client import Client
    from client.sweeps import Sweep

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)

SHORT = {"batch": "batch_size", "passes": "profiled_passes"}
LOOK_S = 1.0
METRICS = ("latency_p50", "latency_min", "throughput", "device_s", "peak_memory")

Metric = Annotated[
    str | None,
    typer.Option(help=f"What the best run is judged by: {', '.join(METRICS)}.", show_default=False),
]
Limit = Annotated[
    float | None,
    typer.Option(
        "--latency-limit", metavar="SECONDS", help="The best run's median is at most this.", show_default=False
    ),
]


@app.command()
@with_run_options
def sweep(  # noqa: PLR0913, PLR0917  (a command's parameters are its options)
    model: Annotated[
        str, typer.Argument(metavar="MODEL", help="A dumped graph (.mge), or the id of an uploaded model.")
    ],
    platform: Annotated[list[str], typer.Option(help="Where to run; may be repeated.", show_default=False)],
    engine: Annotated[list[str], typer.Option(help="A MegEngine version; may be repeated.", show_default=False)],
    option: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME=V,V...", help="Values of an option, such as batch=1,2,4; may be repeated.", show_default=False
        ),
    ] = None,
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
    name: Annotated[str | None, typer.Option(help="What to call the sweep.", show_default=False)] = None,
    output_name: input_options.OutputName = None,
    device: device_options.Device = None,
    label: device_options.Label = None,
    pool: device_options.Pool = None,
    project: group_options.Project = None,
    tag: group_options.Tag = None,
    despite_losses: DespiteLosses = False,
    wait: Annotated[bool, typer.Option("--wait", help="Wait until all runs have ended, and show the matrix.")] = False,
    metric: Metric = None,
    latency_limit: Limit = None,
    as_json: Json = False,
    url: Url = None,
    home: Home = None,
    *,
    options: dict[str, Any],
) -> None:
    """Run a model on every platform with every engine and every combination of option values."""
    if not is_id(model) or Path(model).exists():
        existing_file(Path(model))
    sets = option_sets(option or [], options)
    image = image_options(image_mean, image_scale, image_order, image_layout, image_resize)
    inputs = given(data or [], random or [], image)
    wanted = Wanted(device, tuple(label or ()), pool)

    from client.cli.given import bring
    from client.cli.session import Session
    from client.cli.submit import bring_model
    from client.fleet import Fleet

    session = Session(url, home, as_json)

    async def work(client: Client) -> Sweep:
        groups = await group_options.grouped(client, project, tag)
        brought = await bring_model(client, model, session)
        asked = {**await bring(client, inputs, session), **groups}
        if dataset is not None:
            asked["dataset"] = (await client.dataset(dataset)).id
        if output_name:
            asked["output_names"] = output_name
        if wanted != Wanted():
            asked["device"] = await Fleet(client.http).wanted(wanted)
        made = await client.submit_sweep(
            brought.id,
            platforms=platform,
            engines=engine,
            options=sets,
            data=asked,
            name=name,
            despite_losses=despite_losses,
        )
        return await _ended(client, made.id, _judged(metric, latency_limit)) if wait else made

    _show(session, session.run(work))


@app.command()
def sweeps(  # noqa: PLR0913, PLR0917  (a command's parameters are its options)
    sweep_id: Annotated[str | None, typer.Argument(metavar="[ID]", help="One sweep, with its matrix.")] = None,
    cancel: Annotated[bool, typer.Option("--cancel", help="Give up those of its runs that have not ended.")] = False,
    metric: Metric = None,
    latency_limit: Limit = None,
    everybody: Everybody = False,
    as_json: Json = False,
    url: Url = None,
    home: Home = None,
) -> None:
    """List sweeps, or show one."""
    from client.cli.session import Session
    from client.cli.sweep_tables import sweep_table

    session = Session(url, home, as_json)
    if sweep_id is None:
        if cancel:
            raise typer.BadParameter("Name the sweep that is to be cancelled.")
        page = session.run(lambda client: client.sweeps({"whose": "anyone" if everybody else None}))
        session.show(page, lambda: sweep_table(page.items))
        return
    if cancel:
        session.run(lambda client: client.cancel_sweep(sweep_id))
    _show(session, session.run(lambda client: client.sweep(sweep_id, _judged(metric, latency_limit))))


def option_sets(varied: list[str], fixed: dict[str, Any]) -> list[dict[str, Any]]:
    """Every combination of the values of ``NAME=V,V…``, each with what is fixed; the last name changes fastest.

    Raises:
        typer.BadParameter: for a name or value that is not one.
    """
    axes: dict[str, list[Any]] = {}
    for text in varied:
        spelt, equals, values = text.partition("=")
        name = spelt.strip().replace("-", "_")
        name = SHORT.get(name, name)
        if not equals or name not in FLAGS:
            raise typer.BadParameter(f"{text!r} is not NAME=VALUE,VALUE with one of: {', '.join(FLAGS)}.")
        if name in axes or name in fixed:
            raise typer.BadParameter(f"{name} is given twice.")
        axes[name] = [_value(FLAGS[name].kind, value.strip(), name) for value in values.split(",")]
    return [{**fixed, **dict(zip(axes, point, strict=True))} for point in product(*axes.values())]


def _value(kind: type, text: str, name: str) -> Any:
    try:
        return {"true": True, "false": False}[text.lower()] if kind is bool else kind(text)
    except (KeyError, ValueError):
        raise typer.BadParameter(f"{text!r} is no value of {name}, which is {kind.__name__}.") from None


def _judged(metric: str | None, latency_limit_s: float | None) -> dict[str, Any]:
    return {"metric": metric, "latency_limit_s": latency_limit_s}


async def _ended(client: Client, sweep_id: str, judged: dict[str, Any]) -> Sweep:
    while True:
        found = await client.sweep(sweep_id, judged)
        if found.ended:
            return found
        await asyncio.sleep(LOOK_S)


def _show(session: Session, found: Sweep) -> None:
    from client.cli.sweep_tables import sweep_report

    session.show(found, lambda: sweep_report(found))
