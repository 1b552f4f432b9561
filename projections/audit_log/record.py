"""From events to rows: an event is a row for good, so there is nothing to fold."""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from core.events.envelope import Fact, Recorded
from core.events.task import Submitted
from projections.read_model import COPY_FROM, Change, Place, Row

_FOLDER: Final = Path(__file__).parent
_OF_MACHINES: Final = frozenset(
    {
        "task.queued",
        "task.started",
        "task.completed",
        "task.inspected",
        "task.failed",
        "task.expired",
        "task.attempt_lost",
        "task.late_report_kept",
        "task.reanalysed",
        "runner.described",
        "runner.appeared",
        "runner.left",
        "model.inspected",
    }
)
"""What scheduler and runners tell."""
_CONTROL_PLANE: Final = UUID(int=0)


class AuditLog:
    table: Final = "audit_log"
    columns: Final = ("id", "sequence", "at", "actor", "owner", "aggregate", "thing", "type", "detail")
    definition: Final = (_FOLDER / "table.sql").read_text(encoding="utf-8")
    version: Final = 1

    def concerned(self, events: Iterable[Recorded[Fact]]) -> list[Recorded[Any]]:
        return [event for event in events if is_an_act(event)]

    def wanted(self, _: Sequence[Recorded[Any]]) -> list[UUID]:
        return []

    def rows_of(self, _: str) -> dict[UUID, Row]:
        return {}

    def change(self, _: Mapping[UUID, Row], events: Sequence[Recorded[Any]]) -> Change:
        """What is there already stays as it is."""
        rows = [row_of(event) for event in events]
        if len(rows) >= COPY_FROM:
            return Change(_PLACE, None, list(map(_record, rows)))
        return Change(_PLACE, json.dumps(rows))


def is_an_act(event: Recorded[Fact]) -> bool:
    """Whether somebody did it. That the actor is an account, or a device that removed itself, shows when it is read."""
    return event.name not in _OF_MACHINES and event.actor != _CONTROL_PLANE


def row_of(event: Recorded[Fact]) -> dict[str, Any]:
    """In the order of the table's columns."""
    but = {"type", "options", "inputs"} if isinstance(event.data, Submitted) else {"type"}
    return {
        "id": str(event.id),
        "sequence": event.sequence,
        "at": event.time.isoformat(),
        "actor": str(event.actor),
        "owner": str(event.owner),
        "aggregate": event.key.aggregate,
        "thing": str(event.key.id),
        "type": event.name,
        "detail": event.data.model_dump(mode="json", exclude=but),
    }


def _record(row: dict[str, Any]) -> tuple[Any, ...]:
    return tuple({**row, "at": datetime.fromisoformat(row["at"])}.values())


_PLACE: Final = Place(AuditLog.table, AuditLog.columns, "DO NOTHING")
AUDIT_LOG: Final = AuditLog()
