"""What is shown while many runs are analysed again."""

from __future__ import annotations

from types import TracebackType

from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
from rich.text import Text

from client.cli import units
from client.cli.session import Session
from client.errors import ProblemError
from client.profiles import AnalysisList
from client.progress import Shown


class Again(Shown):
    """A line for each run, and how many there are."""

    def __init__(self, session: Session) -> None:
        columns = TextColumn("analysing again"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
        super().__init__(session.aside, *columns, shown=not session.as_json)
        self._session, self._console = session, session.aside
        self._bar = self._progress.add_task("", total=None)
        self._done = self._failed = 0
        self._total: int | None = None

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        super().__exit__(kind, error, trace)
        left = f"; {self._failed} could not be" if self._failed else ""
        self._session.say(f"{self._done} runs were analysed again{left}")

    def total(self, count: int) -> None:
        """As it was at first: what is done is not counted any more."""
        if self._total is None:
            self._total = count
            self._progress.update(self._bar, total=count)

    def done(self, found: AnalysisList) -> None:
        self._done += 1
        self._progress.advance(self._bar)
        if self._session.as_json:
            self._session.write_json(found.document, indent=None)
        else:
            self._session.out.print(line_of(found))

    def failed(self, task_id: str, problem: ProblemError) -> None:
        self._failed += 1
        self._progress.advance(self._bar)
        self._console.print(Text(f"{task_id}: {problem}", "yellow"), soft_wrap=True)


def line_of(found: AnalysisList) -> Text:
    """What the newest analyser sees differently from the one before it."""
    now, before = found.items[0], found.items[1] if len(found.items) > 1 else None
    if before is None:
        return Text(f"{found.task_id}  analyser {now.analyser}: {units.duration(now.totals.device_s)}")
    was, sums = before.totals, now.totals
    change = f"{100 * (sums.device_s / was.device_s - 1):+.1f} %" if was.device_s else "–"
    operators = "" if sums.operators == was.operators else f", operators {was.operators} → {sums.operators}"
    times = f"{units.duration(was.device_s)} → {units.duration(sums.device_s)}  {change}"
    return Text(f"{found.task_id}  analyser {before.analyser} → {now.analyser}: {times}{operators}")
