"""Which events: the options of all commands that read the log. Loaded for `--help`: nothing slow is imported here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

import typer

Place = typer.Option(min=0, metavar="N", help="Begin after this place in the log.", show_default=False)
Moment = Annotated[datetime | None, typer.Option(help="By this machine's clock.", show_default=False)]


@dataclass(frozen=True)
class Wanted:
    """What an event has to be to be wanted, and the place in the log after which to look."""

    aggregate: Annotated[
        list[str] | None,
        typer.Option(help="task, runner, model, dataset, project, account; may be repeated."),
    ] = None
    platform: Annotated[list[str] | None, typer.Option(help="x86, cuda, arm; may be repeated.")] = None
    kind: Annotated[list[str] | None, typer.Option("--type", help="Such as task.completed; may be repeated.")] = None
    actor: Annotated[list[str] | None, typer.Option(metavar="ID", help="Who did it: an account or a device.")] = None
    thing: Annotated[
        list[str] | None, typer.Option(metavar="ID", help="What it happened to: a run, a model, a device …")
    ] = None
    after: Annotated[int | None, Place] = None

    def asked(self, **more: Any) -> dict[str, Any]:
        """As the server takes it, without what was not given."""
        told = {
            "aggregate": self.aggregate,
            "platform": self.platform,
            "type": self.kind,
            "actor": self.actor,
            "thing": self.thing,
            "after": self.after,
            **more,
        }
        return {name: value for name, value in told.items() if value is not None and value != []}


def written(at: datetime | None) -> str | None:
    """As the server takes it."""
    return None if at is None else at.astimezone().isoformat()


@dataclass(frozen=True)
class Part:
    """Which part of the log, and from which end."""

    since: Moment = None
    until: Moment = None
    before: Annotated[
        int | None, typer.Option(min=0, metavar="N", help="End before this place in the log.", show_default=False)
    ] = None
    newest: Annotated[bool, typer.Option("--newest", help="The newest first.")] = False
    limit: Annotated[int, typer.Option(min=1, max=500, help="How many.")] = 50

    def asked(self) -> dict[str, Any]:
        """As the server takes it."""
        order = "desc" if self.newest else None
        return {
            "since": written(self.since),
            "until": written(self.until),
            "before": self.before,
            "limit": self.limit,
            "order": order,
        }
