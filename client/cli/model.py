"""`mgeprof model ID` and `mgeprof inspect ID`: one model, and what is known of it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from client.cli.options import Home, Json, Url
from client.cli.saving import save

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.table import Table

    from client.client import Client
    from client.inspections import InspectedOperator, Inspection
    from client.models import Model

ModelId = Annotated[str, typer.Argument(metavar="ID", help="The model's id.", show_default=False)]


def model(
    model_id: ModelId,
    operators: Annotated[
        int, typer.Option(min=0, metavar="N", help="Show the N operators that compute most.", show_default=False)
    ] = 0,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output", "-o", dir_okay=False, help="Write the model's file here, instead.", show_default=False
        ),
    ] = None,
    without_values: Annotated[
        bool,
        typer.Option(
            "--without-values",
            help="With --output: leave out what its tensors hold; viewers draw it, no engine loads it.",
            show_default=False,
        ),
    ] = False,
    as_json: Json = False,
    url: Url = None,
    home: Home = None,
) -> None:
    """Show a model: its inputs and outputs, and what its inspection counted."""
    from client.cli.session import Session

    session = Session(url, home, as_json)
    if output is not None:
        session.run(lambda client: save(client.model_file(model_id, values=not without_values), output))
        return

    async def work(client: Client) -> None:
        found = await client.model(model_id)
        inspection = None if found.inspected is None else await client.inspection(model_id)
        if as_json:
            session.write_json({"model": found.document, "inspection": inspection and inspection.document})
        else:
            session.out.print(card(found, inspection, operators), crop=False)

    session.run(work)


def inspect(model_id: ModelId, as_json: Json = False, url: Url = None, home: Home = None) -> None:
    """Have a model inspected again, and wait for it. Uploaded models are inspected by themselves."""
    from client.cli.session import Session
    from client.cli.waiting import wait_for

    session = Session(url, home, as_json)
    wait_for(session, session.run(lambda client: client.inspect(model_id)), verbose=False)


def card(model: Model, inspection: Inspection | None, operators: int) -> RenderableType:
    """Everything about a model, with its ``operators`` costliest operators."""
    from rich.console import Group
    from rich.table import Table
    from rich.text import Text

    from client.cli import units

    facts = Table.grid(padding=(0, 2))
    facts.add_column(style="dim", no_wrap=True)
    facts.add_column(overflow="fold")
    facts.add_row("model", Text(model.name or "", "bold"))
    facts.add_row("id", model.id)
    facts.add_row("size", "" if model.size is None else units.size(model.size))
    facts.add_row("uploaded", units.moment(model.uploaded_at))
    if model.project is not None:
        facts.add_row("project", Text(model.project.name))
    if model.tags:
        facts.add_row("tags", Text(", ".join(model.tags)))
    for one in model.loaded_by:
        facts.add_row("loaded by", Text(f"MegEngine {one.engine} on {one.platform}"))
    if inspection is None:
        return Group(facts, Text(_standing(model)))
    for kind, variables in (("input", inspection.inputs), ("output", inspection.outputs)):
        for variable in variables:
            facts.add_row(kind, Text(f"{variable.name}  {units.shape(variable.shape)} {variable.dtype}"))
    _add_totals(facts, inspection)
    return Group(facts, _operators(inspection.operators, operators)) if operators else facts


def _add_totals(facts: Table, inspection: Inspection) -> None:
    from client.cli import units

    sums = inspection.totals
    at = "" if inspection.batch_size is None else f" at batch size {inspection.batch_size}"
    facts.add_row("operators", str(sums.operators))
    facts.add_row("parameters", f"{units.quantity(sums.parameters, '')}in {units.size(sums.parameter_bytes)}")
    facts.add_row("computation", f"{units.quantity(sums.computation, 'FLOP')}{at}")
    facts.add_row("activations", f"{units.quantity(sums.activations, '')}in {units.size(sums.activation_bytes)}{at}")


def _standing(model: Model) -> str:
    """Why there is no inspection to show, and what to do."""
    last = model.inspection
    again = f"Ask for an inspection: mgeprof inspect {model.id}"
    if last is None:
        return f"It was not inspected. {again}"
    if last.failure:
        return f"Its inspection failed ({last.failure}): mgeprof show {last.task_id} says why. {again}"
    return f"Its inspection is {last.state}: mgeprof show {last.task_id}"


def _operators(operators: Sequence[InspectedOperator], count: int) -> RenderableType:
    from rich.text import Text

    from client.cli import units
    from client.cli.tables import plain_table

    table = plain_table("Operators that compute most")
    table.add_column("name", overflow="fold", ratio=1)
    for column in ("type", "output"):
        table.add_column(column, overflow="fold")
    table.add_column("FLOP", justify="right", no_wrap=True)
    for one in sorted(operators, key=lambda one: -(one.flops or 0.0))[:count]:
        flops = "–" if one.flops is None else units.quantity(one.flops, "")
        table.add_row(Text(one.name), Text(one.type), units.shapes([out.shape for out in one.outputs]), flops)
    return table
