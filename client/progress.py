"""What is shown while files are hashed and uploaded and while a run is waited for."""

from __future__ import annotations

from collections import deque
from pathlib import Path
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    ProgressColumn,
    SpinnerColumn,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TransferSpeedColumn,
)
from rich.text import Text

from client.live import LiveItem, LogLine, Phase
from client.models import RecordedEvent
from client.uploads import Step, Watch

TAIL_LINES = 20
PHASES = {
    "fetching": "fetching files",
    "starting": "starting the engine",
    "loading": "loading the model",
    "warming_up": "warming up",
    "timing": "timing",
    "profiling": "profiling",
    "analysing": "analysing",
    "uploading": "uploading results",
}
EVENTS = {
    "submitted": "submitted",
    "queued": "waiting for a device",
    "started": "started",
    "cancel_requested": "cancelling",
    "attempt_lost": "the device was lost, waiting for another",
}
WAITING = frozenset({"submitted", "queued", "attempt_lost"})
STEPS: dict[Step, str] = {"hashing": "hashing", "sending": "uploading"}


class Shown:
    """Bars or spinners for as long as the context lasts. Nothing unless the console is a terminal and `shown`."""

    def __init__(self, console: Console, *columns: ProgressColumn | str, shown: bool) -> None:
        disabled = not (shown and console.is_terminal)
        self._progress = Progress(*columns, console=console, transient=True, disable=disabled)

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._progress.stop()


class UploadProgress(Shown):
    """One line for each file."""

    def __init__(self, console: Console, *, shown: bool) -> None:
        columns = TextColumn("{task.description}", markup=False), BarColumn()
        super().__init__(console, *columns, DownloadColumn(binary_units=True), TransferSpeedColumn(), shown=shown)

    def watch(self, path: Path) -> Watch:
        """What to give to an upload of this file."""
        lines: dict[Step, TaskID] = {}

        def tell(step: Step, done: int, total: int) -> None:
            if step not in lines:
                lines[step] = self._progress.add_task(f"{STEPS[step]} {path.name}", total=total)
            self._progress.update(lines[step], completed=done, total=total)

        return tell


class RunProgress(Shown):
    """Where a waited run is: a spinner on a terminal, else a line for each change.

    Keeps the log's last lines (`tail`), and prints all of them when `verbose`.
    """

    def __init__(self, console: Console, *, shown: bool, verbose: bool) -> None:
        self.tail: deque[str] = deque(maxlen=TAIL_LINES)
        self._console, self._shown, self._verbose = console, shown, verbose
        columns = SpinnerColumn(), TextColumn("{task.description}", markup=False), TimeElapsedColumn()
        super().__init__(console, *columns, shown=shown)
        self._line = self._progress.add_task("submitted", total=None)
        self._said = ""
        self._waits = True

    def tell(self, item: LiveItem) -> None:
        """Take one item of a run's live stream."""
        match item:
            case LogLine():
                self.tail.append(item.line)
                if self._verbose:
                    self._console.print(Text(item.line, "dim"))
            case Phase():
                self._say(PHASES.get(item.phase, item.phase))
            case RecordedEvent():
                if item.short_type == "queued":
                    self.tail.clear()
                self._waits = item.short_type in WAITING
                if item.short_type in EVENTS:
                    self._say(EVENTS[item.short_type])

    @property
    def waits(self) -> bool:
        """Whether no device has the run yet, or none any more."""
        return self._waits

    def explain(self, why: str) -> None:
        """Why it waits, in words."""
        self._say(f"{EVENTS['queued']}: {why}")

    def _say(self, what: str) -> None:
        if what == self._said:
            return
        self._said = what
        self._progress.update(self._line, description=what)
        if self._shown and not self._console.is_terminal:
            self._console.print(Text(what))
