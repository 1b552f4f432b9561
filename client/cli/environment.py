"""`mgeprof environment`: what a run ran on and with, and the same run by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from client.cli.options import Home, Json, TaskId, Url

if TYPE_CHECKING:
    from rich.console import RenderableType

    from client.environment import Environment, Machine

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command()
def environment(task_id: TaskId, as_json: Json = False, url: Url = None, home: Home = None) -> None:
    """Show what a run ran on and with: device, engine, digests, options, and the commands that do the same by hand."""
    from client.cli.session import Session

    session = Session(url, home, as_json)
    found = session.run(lambda client: client.environment(task_id))
    session.show(found, lambda: environment_report(found))


def environment_report(found: Environment) -> RenderableType:
    """Facts, one a line; then the commands, unfolded, so that they can be copied."""
    from rich.console import Group
    from rich.table import Table
    from rich.text import Text

    facts = Table.grid(padding=(0, 2))
    facts.add_column(style="dim", no_wrap=True)
    facts.add_column(overflow="fold")
    for name, value in machine_facts(found.machine):
        facts.add_row(name, Text(value))
    engine = found.engine
    up = {True: ", up before the attempt began", False: ", started for it", None: ""}[engine.warm]
    facts.add_row(
        "engine", Text(f"MegEngine {engine.build or engine.version} on {found.platform} ({engine.driver}){up}")
    )
    facts.add_row("mgeprof", found.software)
    facts.add_row("model", f"SHA-256 {found.model}")
    for name, digest in found.inputs.items():
        facts.add_row("input", Text(f"{name}  SHA-256 {digest}"))
    chosen = {name: value for name, value in found.options.items() if value not in (None, False)}
    facts.add_row("options", Text(", ".join(f"{name} {_said(value)}" for name, value in chosen.items())))
    by_hand = [
        line
        for tool, command in (
            ("load_network_and_run", found.commands.load_network_and_run),
            ("load_and_run", found.commands.load_and_run),
        )
        for line in (
            Text(),
            Text(f"By hand, with {tool}:", "bold"),
            Text(command or "It cannot do what this run did.", no_wrap=True, overflow="ignore"),
        )
    ]
    return Group(facts, *by_hand)


def machine_facts(machine: Machine) -> list[tuple[str, str]]:
    """What the machine tells of itself, by name; what it does not tell is left out."""
    from client.cli import units

    facts = [("cpu", f"{machine.cpu}, {machine.cores} cores"), ("memory", units.size(machine.memory))]
    if machine.governor is not None or machine.frequency_hz is not None:
        hertz = "" if machine.frequency_hz is None else units.quantity(machine.frequency_hz, "Hz")
        facts.append(("frequency", " ".join(one for one in (hertz, machine.governor) if one)))
    if machine.load is not None:
        facts.append(("load", f"{machine.load:.2f} (one minute, just before)"))
    if machine.temperature is not None:
        facts.append(("temperature", f"{machine.temperature:.0f} °C"))
    facts.append(("kernel", machine.kernel))
    for gpu in machine.gpus or ():
        warm = "" if gpu.temperature is None else f", {gpu.temperature:.0f} °C"
        facts.append(("gpu", f"{gpu.name}, driver {gpu.driver}{warm}"))
    return facts


def _said(value: object) -> str:
    return "on" if value is True else str(value)
