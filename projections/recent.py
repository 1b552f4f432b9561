"""The rows that were written last, kept in memory: what happens to a thing next mostly happens soon, and need not read it first."""

from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from projections.read_model import Change

ROOM: Final = 4 * 2**20
"""Characters that all rows kept make together as JSON: the rows of a thousand tasks. As objects they take about four bytes for each."""


class Recent:
    """Rows as they stand in the tables of a schema for as long as nobody else writes its checkpoint.

    ``mark``: of the checkpoint's row when the rows were known to stand there; a batch that finds another one writes nothing, and all is forgotten.
    So whoever writes tables beside the projector has to write the checkpoint with them: see ``checkpoint.hold_in``.
    """

    def __init__(self, mark: int | None = None, *, room: int = ROOM) -> None:
        self.mark = mark
        self._room, self._taken = room, 0
        self._rows: OrderedDict[tuple[str, UUID], tuple[Any, int]] = OrderedDict()

    def rows(self, table: str, ids: Iterable[UUID]) -> dict[UUID, Any]:
        """Those of the rows that are kept."""
        return {id_: kept[0] for id_ in ids if (kept := self._rows.get((table, id_)))}

    def committed(self, mark: int, changes: Sequence[Change]) -> None:
        """Keep what a batch has written, until what is written after it needs the room.

        What went in by COPY is not kept: so many new things at once come when there is much to catch up with.
        """
        self.mark = mark
        for change in changes:
            if change.written:
                self._keep(change.place.table, change.written, len(change.rows or "") // len(change.written))
        while self._taken > self._room:
            _, (_, size) = self._rows.popitem(last=False)
            self._taken -= size

    def forget(self, mark: int | None = None) -> None:
        """What stands in the tables is not known any more."""
        self.mark = mark
        self._rows.clear()
        self._taken = 0

    def _keep(self, table: str, rows: Mapping[UUID, Any], size: int) -> None:
        """``size``: of each, on an average; they are not measured one by one."""
        for id_, row in rows.items():
            _, before = self._rows.pop((table, id_), (None, 0))
            self._rows[table, id_] = row, size
            self._taken += size - before
