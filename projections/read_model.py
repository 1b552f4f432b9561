"""What a read model is: a table whose rows are a fold over one kind of aggregate; and how a batch of events is applied to it."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar, cast, get_type_hints
from uuid import UUID

from pydantic import TypeAdapter

from core.events.envelope import Fact, Recorded
from core.events.ids import Aggregate
from core.postgres.connection import Json

COPY_FROM = 100
"""So many new rows at once go in by COPY: PostgreSQL takes several times as long to read them out of JSON."""

if TYPE_CHECKING:
    from _typeshed import DataclassInstance


class UnappliableEventError(Exception):
    """An event, or a batch of them, cannot be applied to a read model. It is never skipped: the program has to be mended."""


class OrphanEventError(Exception):
    """An event of a thing that never began: the log holds no event that made it."""


class Row(Protocol):
    """A frozen row. ``id`` is the aggregate's and the table's key, ``sequence`` that of the last event folded into it."""

    @property
    def id(self) -> UUID: ...

    @property
    def sequence(self) -> int: ...


R = TypeVar("R", bound=Row)
E = TypeVar("E", bound=Fact)


@dataclass(frozen=True)
class Place:
    """Where rows go. ``conflict``: what becomes of a row that is there."""

    table: str
    columns: tuple[str, ...]
    conflict: str

    def statement(self, rows: str, source: str) -> str:
        """``rows``: the parameter that holds them, as JSON; ``source``: what has a row if they may be written, and none if not."""
        names = ", ".join(self.columns)
        return (
            f"INSERT INTO {self.table} ({names}) "  # noqa: S608 - our own names
            f"SELECT {', '.join(f'r.{name}' for name in self.columns)} "
            f"FROM {source}, jsonb_populate_recordset(NULL::{self.table}, {rows}::text::jsonb) r ON CONFLICT (id) {self.conflict}"
        )


@dataclass(frozen=True)
class Change:
    """What a batch makes of one table. ``rows``: JSON of those to write; ``fresh``: records of many that are not there yet, in the order of the columns.

    ``written``: those that stand in the table as they are here once ``rows`` are written.
    """

    place: Place
    rows: str | None
    fresh: Sequence[tuple[Any, ...]] = ()
    written: Mapping[UUID, Row] = field(default_factory=dict)


class Projection(Protocol):
    """A read model as the projector sees it."""

    @property
    def table(self) -> str: ...

    @property
    def columns(self) -> tuple[str, ...]: ...

    @property
    def definition(self) -> str: ...

    @property
    def version(self) -> int: ...

    def concerned(self, events: Iterable[Recorded[Fact]]) -> list[Recorded[Any]]:
        """Those of the events that are to be folded."""

    def wanted(self, events: Sequence[Recorded[Any]]) -> list[UUID]:
        """Rows that have to be known before these events can be folded."""

    def rows_of(self, stored: str) -> dict[UUID, Row]:
        """By id, out of their JSON."""

    def change(self, known: Mapping[UUID, Any], events: Sequence[Recorded[Any]]) -> Change | None:
        """What these events make of the table. ``known``: the wanted rows, as far as they are there. Raises UnappliableEventError."""


class ReadModel(Generic[R, E]):
    """One table, one fold.

    ``module_file``: the ``__file__`` of the fold's module; ``table.sql`` stands beside it and names no schema. ``row``: a frozen
    dataclass with one field for each column. ``fold`` answers the row after an event, or None while there is nothing to show; an
    event whose sequence the row has passed changes nothing. ``begins``: the facts before which there is never a row. ``concerns``: the facts that the fold looks at,
    all if not given. ``version``: to be raised whenever the fold gives other rows than before.
    """

    def __init__(
        self,
        module_file: str,
        row: type[R],
        aggregate: Aggregate,
        fold: Callable[[R | None, Recorded[E]], R | None],
        *,
        begins: type[Fact],
        concerns: tuple[type[Fact], ...] = (),
        version: int = 1,
    ) -> None:
        folder = Path(module_file).parent
        self.table = folder.name
        self.definition = (folder / "table.sql").read_text(encoding="utf-8")
        self.columns = tuple(field.name for field in fields(cast("type[DataclassInstance]", row)))
        self.version = version
        self.aggregate = aggregate
        self._fold = fold
        self._begins, self._concerns = begins, concerns
        self._rows: TypeAdapter[list[R]] = TypeAdapter(list[row])  # type: ignore[valid-type] # the class is known at run time only
        self._place = Place(self.table, self.columns, _update(self.columns))
        self._writers = _writers(row, self.columns, self.definition)

    def fold(self, rows: Mapping[UUID, R], events: Iterable[Recorded[Fact]]) -> dict[UUID, R]:
        """The rows that the events change, as they are after them. ``rows``: those that were there, by id.

        Raises UnappliableEventError.
        """
        return self._folded(rows, self.concerned(events))

    def _folded(self, rows: Mapping[UUID, R], mine: Iterable[Recorded[E]]) -> dict[UUID, R]:
        changed: dict[UUID, R] = {}
        for event in mine:
            before = changed.get(event.key.id, rows.get(event.key.id))
            try:
                after = self._fold(before, event)
            except Exception as error:
                raise UnappliableEventError(
                    f"event {event.sequence} ({event.name} of {event.key.id}) cannot be applied to {self.table}: {error!r}"
                ) from error
            if after is not None and after is not before:
                changed[event.key.id] = after
        return changed

    def concerned(self, events: Iterable[Recorded[Fact]]) -> list[Recorded[E]]:
        mine, concerns = self.aggregate, self._concerns
        return [
            cast("Recorded[E]", event)
            for event in events
            if event.key.aggregate is mine and (not concerns or isinstance(event.data, concerns))
        ]

    def wanted(self, events: Sequence[Recorded[E]]) -> list[UUID]:
        """Of what only begins now there is no row."""
        firsts: dict[UUID, Recorded[E]] = {}
        for event in events:
            firsts.setdefault(event.key.id, event)
        return [id_ for id_, event in firsts.items() if not isinstance(event.data, self._begins)]

    def rows_of(self, stored: str) -> dict[UUID, Row]:
        return {row.id: row for row in self._rows.validate_json(stored)}

    def change(self, known: Mapping[UUID, R], events: Sequence[Recorded[E]]) -> Change | None:
        changed = self._folded(known, events)
        if not changed:
            return None
        fresh = [row for id_, row in changed.items() if id_ not in known]
        if len(fresh) < COPY_FROM:
            fresh, rest = [], changed
        else:
            rest = {id_: row for id_, row in changed.items() if id_ in known}
        rows = self._rows.dump_json(list(rest.values())).decode() if rest else None
        return Change(self._place, rows, list(map(self._record, fresh)), rest)

    def _record(self, row: R) -> tuple[Any, ...]:
        return tuple([write(getattr(row, name)) if write else getattr(row, name) for name, write in self._writers])


def _writers(
    row: type, columns: Sequence[str], definition: str
) -> list[tuple[str, Callable[[Any], Json | None] | None]]:
    """For each column what makes JSON of its value, if it holds JSON."""
    types = get_type_hints(row, include_extras=True)
    as_json = set(re.findall(r"^\s+(\w+)\s+jsonb\b", definition, re.MULTILINE))
    return [(name, _json_writer(TypeAdapter(types[name])) if name in as_json else None) for name in columns]


def _json_writer(values: TypeAdapter[Any]) -> Callable[[Any], Json | None]:
    return lambda value: None if value is None else Json(values.dump_json(value))


def _update(columns: Sequence[str]) -> str:
    return "DO UPDATE SET " + ", ".join(f"{name} = excluded.{name}" for name in columns if name != "id")
