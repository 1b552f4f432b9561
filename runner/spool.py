"""Orders and reports on disk: what was taken is known after any restart, and a report stays until it is settled."""

from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

import structlog
from pydantic import ValidationError

from core.protocol.orders import AttemptRef, Report, WorkOrder
from runner.journal import Journal

logger = structlog.get_logger(__name__)
M = TypeVar("M", AttemptRef, WorkOrder, Report)

JOURNAL = "journal"
_ORDER, _REPORT, _ENDED = b"order", b"report", b"ended"
_REMEMBERED = 1000
"""Ended attempts that are still known, so that an order that comes again is not run again."""


class Spool:
    """What this runner holds, in memory, and in ``journal`` as a line for each step: ``order {…}``, ``report {…}``, ``ended {…}``. An attempt has an order until it has a report.

    A step is on disk when ``written`` has returned after it, and goes there by itself with the next steps or the next beat. Whatever part of the last lines a machine that stops leaves behind, what they leave is right.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._answered = folder / "answered"
        self._orders: dict[AttemptRef, WorkOrder] = {}
        self._reports: dict[AttemptRef, Report] = {}
        self._ended: dict[AttemptRef, None] = {}
        self._journal = Journal(folder / JOURNAL, self._lines)
        for line in self._journal.read():
            self._recall(line)
        self._journal.begin_anew()

    def answered(self) -> None:
        """The control plane has answered a beat: whoever looks after this process sees it by the file's age. And what nobody waits for goes to disk."""
        self._answered.touch()
        self._journal.go_on()

    def knows(self, ref: AttemptRef) -> bool:
        return ref in self._orders or ref in self._reports or ref in self._ended

    def take(self, order: WorkOrder) -> None:
        self._note_order(order)
        self._write(_ORDER, order)

    def report(self, report: Report) -> None:
        self._note_report(report)
        self._write(_REPORT, report)
        self._journal.go_on()

    def settled(self, ref: AttemptRef) -> None:
        """What follows from the report is in the log. This need not be on disk soon: a report that is sent again counts once."""
        self._note_ended(ref)
        self._write(_ENDED, ref)

    async def written(self) -> None:
        """Returns when every step so far is on disk. Raises OSError, then and ever after, when one cannot be kept."""
        await self._journal.written()

    def orders(self) -> list[WorkOrder]:
        """Orders without a report: after a start, these are attempts that the last run of this program left."""
        return list(self._orders.values())

    def reports(self) -> list[Report]:
        return list(self._reports.values())

    def ended(self) -> list[AttemptRef]:
        return list(self._ended)

    def _note_order(self, order: WorkOrder) -> None:
        self._orders[order.ref] = order

    def _note_report(self, report: Report) -> None:
        self._orders.pop(report.ref, None)
        self._reports[report.ref] = report

    def _note_ended(self, ref: AttemptRef) -> None:
        self._orders.pop(ref, None)
        self._reports.pop(ref, None)
        self._ended[ref] = None
        while len(self._ended) > _REMEMBERED:
            del self._ended[next(iter(self._ended))]

    def _write(self, word: bytes, step: AttemptRef | WorkOrder | Report) -> None:
        self._journal.add(_line(word, step))

    def _lines(self) -> Iterator[bytes]:
        yield from (_line(_ENDED, ref) for ref in self._ended)
        yield from (_line(_ORDER, order) for order in self._orders.values())
        yield from (_line(_REPORT, report) for report in self._reports.values())

    def _recall(self, line: bytes) -> None:
        word, _, rest = line.partition(b" ")
        if word == _ORDER and (order := _read(WorkOrder, rest)) is not None:
            self._note_order(order)
        elif word == _REPORT and (report := _read(Report, rest)) is not None:
            self._note_report(report)
        elif word == _ENDED and (ref := _read(AttemptRef, rest)) is not None:
            self._note_ended(ref)


def _line(word: bytes, step: AttemptRef | WorkOrder | Report) -> bytes:
    return word + b" " + step.model_dump_json().encode()


def _read(model: type[M], line: bytes) -> M | None:
    """None for a line that is broken off, or one of another version of this program: the lease will end that attempt."""
    try:
        return model.model_validate_json(line)
    except ValidationError as error:
        logger.warning(
            "line of the spool passed over", action="spool_unreadable", kind=model.__name__, error=str(error)
        )
        return None
