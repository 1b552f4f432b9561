"""One screen that shows every part of the stack; plain lines where there is no terminal."""

from __future__ import annotations

import time
from types import TracebackType
from typing import Self

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from infra.embedded.part import State
from infra.embedded.supervisor import Keeper

MARKS = {
    State.WAITING: ("·", "dim"),
    State.STARTING: ("○", "yellow"),
    State.READY: ("●", "green"),
    State.BACKING_OFF: ("▲", "red"),
    State.STOPPING: ("○", "yellow"),
    State.STOPPED: ("·", "dim"),
}


class Screen:
    """Shows keepers as they change: `changed` is what the supervisor calls. A context manager."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self._keepers: dict[str, Keeper] = {}
        self._since: dict[str, float] = {}
        self._shown: dict[str, State] = {}
        self._footer: list[str] = []
        self._live = Live(console=console, get_renderable=self._render, refresh_per_second=8, transient=False)

    def __enter__(self) -> Self:
        if self.console.is_terminal:
            self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._live.stop()

    def show(self, keepers: dict[str, Keeper]) -> None:
        """Show these parts, in this order."""
        self._keepers = dict(keepers)

    def say(self, *lines: str) -> None:
        """Lines below the parts, in rich's markup; they stay."""
        self._footer += lines
        if not self.console.is_terminal:
            for line in lines:
                self.console.print(line, soft_wrap=True)

    def changed(self, keeper: Keeper) -> None:
        """A part has a new state or status."""
        name = keeper.part.name
        if self._shown.get(name) is keeper.state:
            return
        self._shown[name] = keeper.state
        self._since[name] = time.monotonic()
        if not self.console.is_terminal:
            self.console.print(f"{name}: {keeper.state} {escape(keeper.status)}".rstrip(), soft_wrap=True)

    def _render(self) -> RenderableType:
        table = Table(box=None, show_header=False, padding=(0, 1))
        for name, keeper in self._keepers.items():
            mark, style = MARKS[keeper.state]
            lasted = f"{time.monotonic() - self._since[name]:.0f} s" if name in self._since else ""
            pid = f"pid {keeper.pid}" if keeper.pid else ""
            status = Text(keeper.status, style="dim", overflow="ellipsis", no_wrap=True)
            table.add_row(Text(mark, style), name, Text(keeper.state, style), lasted, pid, status)
        return Group(table, *(Text.from_markup(line) for line in self._footer))
