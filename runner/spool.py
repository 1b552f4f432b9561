"""Orders and reports on disk: what was taken is known after any restart, and a report stays until the broker has it."""

import os
from collections import deque
from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError

from core.protocol.orders import AttemptRef, Report, WorkOrder

M = TypeVar("M", WorkOrder, Report)

_REMEMBERED = 1000
"""Ended attempts that are still known, so that an order that comes again is not run again."""


class Spool:
    """``orders/`` and ``reports/``, one file an attempt. An attempt has an order until it has a report."""

    def __init__(self, folder: Path) -> None:
        self._orders = folder / "orders"
        self._reports = folder / "reports"
        self._ended = folder / "ended"
        for place in (self._orders, self._reports, self._ended):
            place.mkdir(parents=True, exist_ok=True)
        self._recent = deque(sorted(self._ended.iterdir(), key=lambda path: path.stat().st_mtime))

    def knows(self, ref: AttemptRef) -> bool:
        return any((place / str(ref)).exists() for place in (self._orders, self._reports, self._ended))

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
        (self._reports / str(ref)).unlink(missing_ok=True)
        while len(self._recent) > _REMEMBERED:
            self._recent.popleft().unlink(missing_ok=True)

    def orders(self) -> list[WorkOrder]:
        """Orders without a report: after a start, these are attempts that the last run of this program left."""
        found = (_read(path, WorkOrder) for path in sorted(self._orders.iterdir()) if path.suffix != ".new")
        return [order for order in found if order is not None]

    def reports(self) -> list[Report]:
        found = (_read(path, Report) for path in sorted(self._reports.iterdir()) if path.suffix != ".new")
        return [report for report in found if report is not None]


def _write(path: Path, text: str) -> None:
    """On disk, whole, under its name, before this returns."""
    new = path.with_name(path.name + ".new")
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
    """None for a file of another version of this program: the lease will end that attempt."""
    try:
        return model.model_validate_json(path.read_text(encoding="utf-8"))
    except ValidationError:
        path.unlink()
        return None
