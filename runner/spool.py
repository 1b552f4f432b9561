"""Orders and reports on disk: what was taken is known after any restart, and a report stays until the broker has it."""

import os
from collections import deque
from pathlib import Path
from typing import TypeVar

import structlog
from pydantic import ValidationError

from core.protocol.orders import AttemptRef, Report, WorkOrder

logger = structlog.get_logger(__name__)
M = TypeVar("M", WorkOrder, Report)

_UNFINISHED = ".new"

_REMEMBERED = 1000
"""Ended attempts that are still known, so that an order that comes again is not run again."""


class Spool:
    """``orders/`` and ``reports/``, one file an attempt. An attempt has an order until it has a report.

    Each step leaves the folder right also when the machine stops in the middle of it.
    """

    def __init__(self, folder: Path) -> None:
        self._orders = folder / "orders"
        self._reports = folder / "reports"
        self._ended = folder / "ended"
        self._answered = folder / "answered"
        for place in (self._orders, self._reports, self._ended):
            place.mkdir(parents=True, exist_ok=True)
            for broken_off in place.glob(f"*{_UNFINISHED}"):
                broken_off.unlink()
        self._recent = deque(sorted(_files(self._ended), key=lambda path: path.stat().st_mtime))

    def answered(self) -> None:
        """The control plane has answered a beat: whoever looks after this process sees it by the file's age."""
        self._answered.touch()

    def knows(self, ref: AttemptRef) -> bool:
        return (self._orders / str(ref)).exists() or self._reported(ref)

    def take(self, order: WorkOrder) -> None:
        _write(self._orders / str(order.ref), order.model_dump_json())

    def report(self, report: Report) -> None:
        _write(self._reports / str(report.ref), report.model_dump_json())
        (self._orders / str(report.ref)).unlink(missing_ok=True)

    def sent(self, ref: AttemptRef) -> None:
        """The broker has the report."""
        mark = self._ended / str(ref)
        mark.touch()
        self._recent.append(mark)
        for place in (self._orders, self._reports):
            (place / str(ref)).unlink(missing_ok=True)
        while len(self._recent) > _REMEMBERED:
            self._recent.popleft().unlink(missing_ok=True)

    def orders(self) -> list[WorkOrder]:
        """Orders without a report: after a start, these are attempts that the last run of this program left."""
        orders = [order for path in _files(self._orders) if (order := _read(path, WorkOrder)) is not None]
        return [order for order in orders if not self._reported(order.ref)]

    def reports(self) -> list[Report]:
        return [report for path in _files(self._reports) if (report := _read(path, Report)) is not None]

    def _reported(self, ref: AttemptRef) -> bool:
        """An order can outlive its report by a moment in which the machine stops: the report counts."""
        return any((place / str(ref)).exists() for place in (self._reports, self._ended))


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if path.is_file() and path.suffix != _UNFINISHED)


def _write(path: Path, text: str) -> None:
    """On disk, whole, under its name, before this returns."""
    new = path.with_name(path.name + _UNFINISHED)
    with new.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    new.rename(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _read(path: Path, model: type[M]) -> M | None:
    """None for a damaged file, or one of another version of this program: the lease will end that attempt."""
    try:
        found = model.model_validate_json(path.read_bytes())
    except ValidationError as error:
        logger.warning("file in the spool passed over", action="spool_unreadable", file=path.name, error=str(error))
    else:
        if str(found.ref) == path.name:
            return found
    path.unlink()
    return None
