"""`mgeprof replay`: how a run was at any moment."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from client.cli.options import Home, Json, TaskId, Url

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import RenderableType
    from rich.text import Text

    from client.client import Client
    from client.replay import Change, Choice, FleetThen, Moment, Replay, ReplayStep, TaskMoment

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command()
def replay(  # noqa: PLR0913, PLR0917  (a command's parameters are its options)
    task_id: TaskId,
    at: Annotated[
        str | None,
        typer.Option(
            metavar="N|TIME", help="Stop after this place in the log or this time; a time without a zone is yours."
        ),
    ] = None,
    since: Annotated[
        str | None,
        typer.Option(metavar="N|TIME", help="Begin after this place or time; shows what differs between the two."),
    ] = None,
    step: Annotated[
        bool, typer.Option("--step", help="Show one event after the other, and wait for Enter between.")
    ] = False,
    fleet: Annotated[
        bool,
        typer.Option("--fleet", help="Show the devices at that moment, or when the last attempt began; and why there."),
    ] = False,
    as_json: Json = False,
    url: Url = None,
    home: Home = None,
) -> None:
    """Show how a run was at any moment, and what each event changed."""
    from client.cli.session import Session

    until, after = moment_of(at, "--at"), moment_of(since, "--since")
    session = Session(url, home, as_json)
    if fleet:
        found = session.run(lambda client: _fleet(client, task_id, until))
        session.show(found, lambda: fleet_report(found))
        return

    told = session.run(lambda client: client.replay(task_id, since=after, until=until))
    if not step or as_json:
        session.show(told, lambda: replay_report(told))
        return
    for one in told.steps:
        session.out.print(step_report(one))
        if one is not told.steps[-1]:
            typer.prompt("", default="", show_default=False, prompt_suffix="")


async def _fleet(client: Client, task_id: str, until: Moment | None) -> FleetThen:
    if isinstance(until, datetime):
        steps = (await client.replay(task_id, until=until)).steps
        until = steps[-1].event.sequence if steps else 0
    return await client.fleet_then(task_id, sequence=until)


def moment_of(text: str | None, option: str) -> Moment | None:
    """A place in the log or a time. Raises typer.BadParameter."""
    if text is None:
        return None
    if text.isdecimal():
        return int(text)
    try:
        return datetime.fromisoformat(text).astimezone()
    except ValueError:
        raise typer.BadParameter(
            f"{text!r} is neither a sequence like 120 nor a time like 2026-01-31T12:00:00.", param_hint=option
        ) from None


def replay_report(told: Replay) -> RenderableType:
    """What differs between the two moments, and the events between, one a line."""
    from rich.console import Group
    from rich.text import Text

    from client.cli import units
    from client.cli.tables import plain_table

    table = plain_table()
    table.add_column("sequence", justify="right")
    for name in ("time", "event", "what it changed"):
        table.add_column(name, overflow="fold")
    for one in told.steps:
        event = one.event
        table.add_row(str(event.sequence), units.moment(event.time), Text(event.short_type), _changed(one.changes))
    lines = [Text.assemble((f"{told.after.status}", "bold"), f", {_standing(told.after)}")]
    if told.before.status != "new":
        lines.append(Text.assemble("since then: ", _changed(told.changes)))
    if told.more:
        lines.append(Text(f"{told.more} more events came later", "dim"))
    return Group(*lines, Text(), table)


def step_report(one: ReplayStep) -> RenderableType:
    """One event, why it was decided so, what it changed, and how the run stands after it."""
    from rich.console import Group
    from rich.text import Text

    from client.cli import units

    event = one.event
    why = {
        name: event.data[name]
        for name in ("reason", "kind", "waiting", "beat_age_s")
        if event.data.get(name) is not None
    }
    lines = [Text.assemble((f"{event.sequence} {event.short_type}", "bold"), f"  {units.moment(event.time)}")]
    if why:
        lines.append(Text("  because: " + ", ".join(f"{name} {units.brief(value)}" for name, value in why.items())))
    lines.append(Text.assemble("  changes: ", _changed(one.changes)))
    lines.append(Text(f"  stands: {one.state.status}, {_standing(one.state)}", "dim"))
    return Group(*lines)


def fleet_report(found: FleetThen) -> RenderableType:
    """Why the attempt began where it did, and every device as it was."""
    from rich.console import Group
    from rich.text import Text

    from client.cli.tables import plain_table

    table = plain_table()
    for name in ("device", "platform", "pool", "engines", "software", "ran", "state", ""):
        table.add_column(name, overflow="fold")
    for one in found.runners:
        engines = ", ".join(str(offer.get("version", "")) for offer in one.engines)
        state = "usable" if one.usable else next((word for word in _WORDS if getattr(one, word)), "away")
        chosen = "chosen" if one.chosen else ""
        table.add_row(
            one.id,
            one.platform,
            one.pool,
            Text(engines),
            Text(one.software),
            f"{one.running} of {one.slots}",
            state,
            chosen,
        )
    return Group(*_why(found.choice), Text(), table)


_WORDS = ("removed", "disabled", "drained")


def _why(choice: Choice | None) -> list[Text]:
    from rich.text import Text

    from client.cli import units

    if choice is None:
        return [Text("No attempt was under way then.")]
    return [
        Text(
            f"Attempt {choice.attempt} was given to {choice.runner} at {units.moment(choice.time)} (sequence {choice.sequence})."
        ),
        Text(
            f"Why: {choice.reason}; {choice.waiting} could have gone there; its last beat was {choice.beat_age_s:.1f} s old."
        ),
    ]


def _changed(changes: Sequence[Change]) -> Text:
    from rich.text import Text

    from client.cli import units

    if not changes:
        return Text("nothing", "dim")
    return Text("; ".join(f"{one.field} {units.brief(one.before)} → {units.brief(one.after)}" for one in changes))


def _standing(moment: TaskMoment) -> str:
    asked = ", cancel requested" if moment.cancel_requested else ""
    return f"attempt {moment.attempt}, {moment.losses} lost{asked}"
