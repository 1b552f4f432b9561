"""Which device a run asks for. Loaded for `--help`: nothing slow is imported here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import typer

Device = Annotated[
    str | None,
    typer.Option(metavar="NAME", help="This device and no other, by its name or id.", show_default=False),
]
Label = Annotated[
    list[str] | None, typer.Option(help="A label that the device has to have; may be repeated.", show_default=False)
]
Pool = Annotated[str | None, typer.Option(help="Only public devices, or only private ones.", show_default=False)]


@dataclass(frozen=True)
class Wanted:
    """``device``: name or id. Nothing given: any device that the caller may use."""

    device: str | None = None
    labels: tuple[str, ...] = ()
    pool: str | None = None
