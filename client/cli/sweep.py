"""`mgeprof sweep` and `mgeprof sweeps`: many runs at once, as a matrix."""

from __future__ import annotations

import asyncio
from itertools import product
from typing import TYPE_CHECKING, Annotated, Any

import typer

from client.cli.device_options import Wanted
from client.cli.gathered import gathered
from client.cli.group_options import Groups
from client.cli.input_options import RunInputs
from client.cli.options import DespiteLosses, Everybody, Home, Json, Url
from client.cli.run_options import FLAGS, with_varied_options
from client.cli.submit import Order

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
@with_varied_options
@gathered
def sweep(  # noqa: PLR0913, PLR0917  (a command's parameters are its options)
    model: Annotated[
        str, typer.Argument(metavar="MODEL", help="A dumped graph (.mge), or the id of an uploaded model.")
    ],
    platform: Annotated[list[str], typer.Option(help="Where to run; may be repeated.", show_default=False)],
    engine: Annotated[list[str], typer.Option(help="A MegEngine version; may be repeated.", show_default=False)],
    inputs: RunInputs,
    device: Wanted,
    groups: Groups,
    option: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME=V,V...", help="Values of an option, such as batch=1,2,4; may be repeated.", show_default=False
        ),
    ] = None,
    name: Annotated[str | None, typer.Option(help="What to call the sweep.", show_default=False)] = None,
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
    """Run a model on every platform with every engine and every combination of option values. Options of numbers may be repeated, too: --iterations 5 --iterations 10."""
    order, sets = Order.of(model, inputs, device, groups), option_sets(option or [], options)

    from client.cli.session import Session

    session = Session(url, home, as_json)

    async def work(client: Client) -> Sweep:
        brought, asked = await order.bring(client, session)
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


def option_sets(varied: list[str], flags: dict[str, Any]) -> list[dict[str, Any]]:
    """Every combination of the values of ``NAME=V,V…`` and of flags (a list: several); the last name changes fastest.

    Raises:
        typer.BadParameter: for a name or value that is not one.
    """
    axes = {name: value if isinstance(value, list) else [value] for name, value in flags.items()}
    for text in varied:
        spelt, equals, values = text.partition("=")
        name = spelt.strip().replace("-", "_")
        name = SHORT.get(name, name)
        if not equals or name not in FLAGS:
            raise typer.BadParameter(f"{text!r} is not NAME=VALUE,VALUE with one of: {', '.join(FLAGS)}.")
        if name in axes:
            raise typer.BadParameter(f"{name} is given twice. All its values go together: --option {name}=V,V.")
        axes[name] = [_value(FLAGS[name].kind, value.strip(), name) for value in values.split(",")]
    return [dict(zip(axes, point, strict=True)) for point in product(*axes.values())]


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
