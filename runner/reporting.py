"""Reports on their way to the log: each is kept on disk, and told until it is settled."""

import asyncio
from collections.abc import Awaitable, Callable
from time import monotonic

import structlog

from core.events.ids import new_id
from core.nats.edge import ControlPlaneSilentError, RunnerLink
from core.protocol.orders import AttemptRef, Report, Result
from core.trace import Point
from runner.spool import Spool

logger = structlog.get_logger(__name__)

_AGAIN_S = 1.0
_AT_ONCE = 32
"""Reports that are on their way to the broker together."""


class Reporting:
    """``patience_s``: a report that the broker took, and that is not settled after this long, may be lost with the broker and is told again."""

    def __init__(self, link: RunnerLink, spool: Spool, patience_s: float) -> None:
        self._link = link
        self._spool = spool
        self._patience_s = patience_s
        self._due = asyncio.Event()
        self._told: dict[AttemptRef, float] = {}
        """Reports that the broker has in its memory, and since when (monotonic seconds)."""
        self._places: dict[AttemptRef, Point] = {}
        """Of attempts in their traces, until their reports are settled; what an earlier run left has none."""

    @property
    def unsettled(self) -> tuple[AttemptRef, ...]:
        """What the broker has, and the log perhaps not."""
        return tuple(self._told)

    def keep(self, ref: AttemptRef, result: Result, at: Point | None = None) -> None:
        """``at``: the attempt's place in its trace."""
        if at is not None:
            self._places[ref] = at
        self._spool.report(Report(id=new_id(), ref=ref, result=result))
        self._due.set()

    def begin(self) -> None:
        """What an earlier run of this program left is due at once."""
        self._due.set()

    async def tell_for_ever(self, told: Callable[[AttemptRef], None], after: Callable[[], Awaitable[None]]) -> None:
        """``told`` hears of each report that the broker has, ``after`` of each crowd of them. Raises OSError when one cannot be kept (a full disk)."""
        while True:
            await self._due.wait()
            self._due.clear()
            reports = self._untold()
            for first in range(0, len(reports), _AT_ONCE):
                crowd = reports[first : first + _AT_ONCE]
                await asyncio.gather(self._spool.written(), *(self._tell(report, told) for report in crowd))
            await after()

    async def tell_last(self) -> None:
        """Once each, for this program ends. Raises ControlPlaneSilentError or TimeoutError."""
        for report in self._untold():
            await asyncio.wait_for(self._link.send_report(report), 2.0)

    def settle(self, settled: tuple[AttemptRef, ...]) -> None:
        """What the control plane has answered: these are in the log, or can never be."""
        for ref in settled:
            if self._told.pop(ref, None) is not None:
                self._places.pop(ref, None)
                self._spool.settled(ref)
        long_ago = monotonic() - self._patience_s
        for ref in [ref for ref, at in self._told.items() if at < long_ago]:
            del self._told[ref]
            self._due.set()

    def _untold(self) -> list[Report]:
        return [report for report in self._spool.reports() if report.ref not in self._told]

    async def _tell(self, report: Report, told: Callable[[AttemptRef], None]) -> None:
        while True:
            try:
                await self._link.send_report(report, self._places.get(report.ref))
            except ControlPlaneSilentError as error:
                logger.warning("report not taken yet", action="report_unsent", ref=str(report.ref), error=str(error))
                await asyncio.sleep(_AGAIN_S)
                continue
            break
        self._told[report.ref] = monotonic()
        told(report.ref)
        logger.info("reported", action="reported", ref=str(report.ref), result=report.result.type)
